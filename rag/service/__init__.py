"""HTTP: the API and the chat page, one module a surface."""

from rag.service.app import create_app, create_mcp_app

__all__ = ["create_app", "create_mcp_app"]
