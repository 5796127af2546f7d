"""The terminal: `dateline ask|index|serve|mcp|settings|keys|eval|models`."""

from rag.cli.commands import app, change_fields, change_in_words, in_words, main
from rag.cli.mcp import serve_mcp
from rag.cli.terminal import EXIT_STATUS, exit_status_of

__all__ = [
    "EXIT_STATUS",
    "app",
    "change_fields",
    "change_in_words",
    "exit_status_of",
    "in_words",
    "main",
    "serve_mcp",
]
