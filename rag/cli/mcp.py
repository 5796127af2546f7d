"""`dateline mcp`: the tools for language models, without the API and the chat page."""

import signal
from importlib.metadata import version
from typing import Annotated

import typer

from index.generation import Reader
from rag.cli.commands import app
from rag.cli.serving import serve_until_told
from rag.cli.terminal import ModelOption, say
from rag.compose import pipeline_of, store_of
from rag.settings import load_settings


@app.command("mcp")
def serve_mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve streamable HTTP at /mcp instead of stdio.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="With --http: address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="With --http: port; 0 takes a free one.")] = None,
    model: ModelOption = None,
) -> None:
    """Serve the tools ask, search and get_article to a language model (MCP)."""
    if not http and (host, port) != (None, None):
        raise typer.BadParameter("--host and --port belong to --http")
    settings = load_settings(host=host, port=port, model=model)
    if http:
        from rag.service import create_mcp_app

        serve_until_told(settings, create_mcp_app)
        return
    from rag.mcp.stdio import serve_stdio

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # else it waits for the next line of input
    reader = Reader(store_of(settings))
    serve_stdio(settings, reader, lambda: pipeline_of(settings, say), version("dateline"))
