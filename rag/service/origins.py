"""Who may have made a request: the service's own page, or a program; never a page of another site.

A page can have its name point to this machine (DNS rebinding), so that names are accepted only if
they are known; an address that stands for itself cannot be turned.
"""

import ipaddress
import re
from collections.abc import Collection

from starlette.types import Scope

from rag.errors import ForeignOrigin, UnknownHost
from rag.service.heads import value_of
from rag.settings import Settings

HOST = re.compile(
    r"(?:(?P<name>[A-Za-z0-9._-]{1,253})|\[(?P<ipv6>[0-9A-Fa-f:.]{2,45})\])(?::\d{1,5})?"
)

READS = {"GET", "HEAD"}
SESSIONS = "/mcp"
"""Where a GET opens a stream of a session, which is more than reading."""

OWN_SITES = {None, "same-origin", "none"}
"""What a browser says of requests by the service's page, or by its user; others say nothing."""


def names_of(settings: Settings) -> frozenset[str]:
    """The names by which a service is known."""
    return frozenset({"localhost", settings.host.lower(), *settings.hosts})


def check_host(scope: Scope, names: Collection[str]) -> None:
    """See that the Host header names this service, or is an address.

    Raises:
        UnknownHost.
    """
    given = value_of(scope, b"host") or ""
    found = HOST.fullmatch(given)
    name = "" if found is None else found["ipv6"] or found["name"].lower()
    if name not in names and not _is_address(name):
        raise UnknownHost(f"the host {given!r} is not known here")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_origin(scope: Scope) -> None:
    """See that what may do something was not sent by a page of another site.

    Raises:
        ForeignOrigin.
    """
    if scope["method"] in READS and scope["path"] != SESSIONS:
        return
    host = (value_of(scope, b"host") or "").lower()
    origin = value_of(scope, b"origin")
    if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
        raise ForeignOrigin(f"a page of {origin!r} may not do this")
    if value_of(scope, b"sec-fetch-site") not in OWN_SITES:
        raise ForeignOrigin("a page of another site may not do this")
