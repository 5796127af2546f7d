"""The head of a request: its size, and what it says of the body, before any of that is read."""

from python_multipart.multipart import parse_options_header
from starlette.types import Scope

from rag.errors import BodyTooLarge, HeadTooLarge, MalformedHttp, UnsupportedMediaType

MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 64 * 1024

UPLOAD = ("POST", "/v1/articles")
"""The one request that may be large."""


def values_of(scope: Scope, name: bytes) -> list[bytes]:
    """Every value of a header, in order."""
    return [value for given, value in scope["headers"] if given.lower() == name]


def value_of(scope: Scope, name: bytes) -> str | None:
    """The value of a header that may stand once.

    Raises:
        MalformedHttp: If it stands several times.
    """
    values = values_of(scope, name)
    if len(values) > 1:
        raise MalformedHttp(f"{len(values)} headers {name.decode()}")
    return values[0].decode("latin-1").strip() if values else None


def check_head(scope: Scope) -> None:
    """See that the head is bounded, and does not contradict itself on where the body ends.

    Raises:
        HeadTooLarge, MalformedHttp.
    """
    address = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if address + sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEAD_BYTES:
        raise HeadTooLarge(f"address and headers have more than {MAX_HEAD_BYTES} bytes")
    length = value_of(scope, b"content-length")
    if length is not None and values_of(scope, b"transfer-encoding"):
        raise MalformedHttp("a chunked body has no Content-Length")
    if length is not None and not (length.isascii() and length.isdigit()):
        raise MalformedHttp("Content-Length is not a number")


def body_limit(scope: Scope, upload_bytes: int) -> int:
    """How many bytes the body may have."""
    is_upload = (scope["method"], scope["path"]) == UPLOAD
    return upload_bytes if is_upload else MAX_BODY_BYTES


def check_length(scope: Scope, limit: int) -> None:
    """See that the body is not larger than it may be, as far as the head says.

    Raises:
        BodyTooLarge.
    """
    length = value_of(scope, b"content-length")
    digits = (length or "").lstrip("0")
    if len(digits) > len(str(limit)) or int(digits or "0") > limit:
        raise too_large(limit)


def too_large(limit: int) -> BodyTooLarge:
    """A body over its limit."""
    return BodyTooLarge(f"the body has more than {limit} bytes")


def has_body(scope: Scope) -> bool:
    """Whether something follows the head."""
    length = value_of(scope, b"content-length")
    return bool(values_of(scope, b"transfer-encoding")) or length not in (None, "", "0")


def check_media(scope: Scope) -> None:
    """See that a body is JSON, or a form where articles are uploaded.

    A page of another site may send text and forms without asking; JSON it may not.

    Raises:
        UnsupportedMediaType.
    """
    if not has_body(scope):
        return
    types = values_of(scope, b"content-type")
    kind, options = parse_options_header(types[0] if len(types) == 1 else b"")
    is_upload = (scope["method"], scope["path"]) == UPLOAD
    if kind == b"multipart/form-data" and is_upload:
        return
    charset = options.get(b"charset", b"utf-8").lower()
    if kind != b"application/json" or charset not in (b"utf-8", b"utf8"):
        shown = b", ".join(types).decode("latin-1") or "nothing"
        raise UnsupportedMediaType(f"the body is called {shown}; it has to be application/json")
