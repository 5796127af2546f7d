"""Errors of access: requests that are turned away before anything is asked, and API keys."""

from index.errors import DatelineError


class AccessError(DatelineError):
    """A request that is turned away before it reaches what it asks for."""

    code = "access_denied"
    public = None


class UnknownHost(AccessError):
    """A Host header with a name that is not this service's: a page may have made it up."""

    code = "unknown_host"
    hint = "Use the machine's address, or put the name into DATELINE_HOSTS."


class ForeignOrigin(AccessError):
    """A request that a page of another site has made."""

    code = "foreign_origin"
    hint = "Open the service's own page, or call it from a program instead of a page."


class MalformedHttp(AccessError):
    """Bytes that are not HTTP, or headers that contradict each other."""

    code = "malformed_http"
    hint = "Send one Content-Length or a chunked body, in HTTP/1.1."


class HeadTooLarge(AccessError):
    """An address or headers over their limit."""

    code = "head_too_large"
    hint = "Send a shorter address and fewer headers."


class ClientTooSlow(AccessError):
    """A body that did not arrive in time."""

    code = "client_too_slow"
    retryable = True
    hint = "Send the body at once; DATELINE_CLIENT_TIMEOUT_S is how long the service waits."


class TooManyConnections(AccessError):
    """As many connections as may be open are."""

    code = "too_many_connections"
    retryable = True
    hint = "Try again in a while; DATELINE_CONNECTIONS says how many may be open."


class KeyMissing(AccessError):
    """A request without an API key, where one is needed."""

    code = "key_missing"
    hint = "Send `Authorization: Bearer dl_…`; `dateline keys add NAME` makes a key."


class KeyUnknown(AccessError):
    """An API key that this service does not know, or no longer."""

    code = "key_unknown"
    hint = "Make a key with `dateline keys add NAME` on the machine of the service."


class ScopeMissing(AccessError):
    """An API key that may read, but not change the articles."""

    code = "scope_missing"
    hint = "Use a key that was made with `dateline keys add NAME --scope write`."


class KeysError(DatelineError):
    """The API keys of a service."""

    code = "keys_error"
    public = "the API keys of the service cannot be used"


class KeysRequired(KeysError):
    """A service that others could reach, without a key that lets anybody in."""

    code = "keys_required"
    hint = "Make one with `dateline keys add NAME --scope write`, or keep --host on 127.0.0.1."


class KeysCorrupt(KeysError):
    """A file of keys that cannot be read or is not one; nobody is let in."""

    code = "keys_corrupt"
    hint = "Remove the file keys.json from the data folder and make the keys anew."


class KeyExists(KeysError):
    """A name that another key has."""

    code = "key_exists"
    hint = "Choose another name, or remove that key first."


class NoSuchKey(KeysError):
    """A name that no key has."""

    code = "no_such_key"
    hint = "`dateline keys list` prints the names."


class BadKeyName(KeysError):
    """A name that a key cannot have."""

    code = "bad_key_name"
    hint = "Use up to 64 letters, digits, dots, dashes and underscores."
