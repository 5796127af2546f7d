"""One client, which started this process and speaks with it over standard input and output."""

import asyncio
import logging
from collections.abc import Callable

from mcp.server.stdio import stdio_server

from index.generation import Reader
from rag.mcp.server import server_of
from rag.mcp.source import Loading
from rag.pipeline import Pipeline
from rag.settings import Settings

LOG = logging.getLogger(__name__)


def serve_stdio(
    settings: Settings, reader: Reader, load: Callable[[], Pipeline], version: str
) -> None:
    """Serve until the client closes our input.

    The models load meanwhile: a client that starts us does not wait for them before it may ask
    which tools there are. Whatever else this process or a child of it prints goes to standard
    error.

    Args:
        settings: Which bound the questions.
        reader: The index, for what needs no model.
        load: Makes the pipeline; called in a thread.
        version: Told to the client.
    """
    source = Loading(settings, reader, load)
    try:
        asyncio.run(_serve(source, version))
    except* BrokenPipeError:
        LOG.info("the client has gone without closing our input")
    finally:
        source.close()


async def _serve(source: Loading, version: str) -> None:
    server = server_of(source, version)
    async with stdio_server() as (read, write):
        source.begin()  # only now does nothing that it prints enter the protocol
        await server.run(read, write, server.create_initialization_options())
