"""HTTP: the API and the chat page, one module a surface."""

from rag.service.app import create_app, create_mcp_app
from rag.service.keys import require_keys
from rag.service.server import server_of

__all__ = ["create_app", "create_mcp_app", "require_keys", "server_of"]
