"""API keys over HTTP: which requests need one, with which scope, and how that is described."""

from typing import Any

from fastapi import FastAPI
from starlette.types import Scope as Request

from rag.errors import KeyMissing, KeysRequired, KeyUnknown, ScopeMissing
from rag.keys import PREFIX, KeyRing, Scope
from rag.service.heads import value_of
from rag.settings import Settings

OPEN = ("/", "/healthz", "/readyz")
OPEN_BELOW = "/static/"

ASKING = ("/v1/answer", "/v1/chat/completions", "/mcp", "/mcp/")
"""Where a POST changes nothing: it asks. What is sent anywhere else may change the articles."""

SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": f"{PREFIX}…",
    "description": "A key of `dateline keys add NAME --scope read|write`; `write` is needed to add"
    " and remove articles. A service that listens on this machine alone asks for none.",
}


def ring_of(settings: Settings) -> KeyRing | None:
    """The keys that a service asks for; None if it asks for none."""
    return KeyRing(settings.keys_path) if settings.needs_keys else None


def require_keys(settings: Settings) -> None:
    """See that somebody can use the service before it listens.

    Raises:
        KeysRequired: If it asks for keys and there is none.
        KeysCorrupt: If the keys cannot be read.
    """
    ring = ring_of(settings)
    if ring is not None and not ring.known():
        raise KeysRequired(f"{settings.host} asks for API keys, and none has been made")


def check_key(request: Request, ring: KeyRing) -> None:
    """See that a request shows a key with the scope that it needs.

    Raises:
        KeyMissing, KeyUnknown, ScopeMissing.
        KeysCorrupt: If the keys cannot be read: then nobody is let in.
    """
    path = request["path"]
    if path in OPEN or path.startswith(OPEN_BELOW):
        return
    scheme, _, shown = (value_of(request, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not shown.strip():
        raise KeyMissing("this needs an API key")
    key = ring.find(shown.strip())
    if key is None:
        raise KeyUnknown("the API key is not known")
    wanted = scope_of(request["method"], path)
    if not key.scope.allows(wanted):
        raise ScopeMissing(f"the key {key.name!r} has the scope {key.scope}; {wanted} is needed")


def scope_of(method: str, path: str) -> Scope:
    """The scope that a request needs; what is not known to change nothing needs `write`."""
    return Scope.READ if method in ("GET", "HEAD") or path in ASKING else Scope.WRITE


def describe_keys(app: FastAPI, required: bool) -> None:
    """Declare the keys in the app's OpenAPI document."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        document.setdefault("components", {})["securitySchemes"] = {"key": SCHEME}
        document["security"] = [{"key": []}] if required else [{}, {"key": []}]
        for path, operations in document["paths"].items():
            if path in OPEN:
                for operation in operations.values():
                    operation["security"] = []
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it
