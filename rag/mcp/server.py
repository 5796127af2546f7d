"""The protocol's server: which requests there are, and how an error is told."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote

from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
)

from index.articles import Article
from rag.errors import DatelineError, RequestError
from rag.mcp.calls import CALLS, Context, article_of, current
from rag.mcp.source import Source
from rag.mcp.tools import INSTRUCTIONS, Name, all_tools
from rag.mcp.words import error_in_words

LOG = logging.getLogger(__name__)

SCHEME = "dateline://articles/"
PAGE = 100  # articles that `resources/list` returns at once
UNEXPECTED = "internal_error: something unexpected went wrong. The log of the server says what."


class Handlers:
    """What the protocol's requests do.

    Args:
        source: What all of them answer from.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tools = {tool.name: tool for tool in all_tools()}

    def input_schema(self, name: str) -> dict[str, Any] | None:
        """A tool's input schema, which the transport wants before a call; None if there is none."""
        tool = self._tools.get(name)
        return tool.input_schema if tool else None

    async def list_tools(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        """Every tool, in one page."""
        return ListToolsResult(tools=[*self._tools.values()])

    async def call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        """Call a tool; whatever goes wrong in it is a result that the model can read.

        Raises:
            MCPError: If there is no such tool.
        """
        if params.name not in self._tools:
            raise MCPError(INVALID_PARAMS, f"there is no tool {params.name!r}")
        try:
            return await CALLS[Name(params.name)](self._source, context, params.arguments or {})
        except DatelineError as error:
            return _failed(error_in_words(error))
        except Exception as error:  # a bug: what it was goes to the log alone
            LOG.error("unexpected error", exc_info=error)
            return _failed(UNEXPECTED)

    async def list_resources(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        """The articles by id, a page at a time; the cursor is the last id of the page before."""
        after = params.cursor if params and params.cursor else ""
        with _told():
            articles = (await current(self._source)).articles
        later = [article for article in articles if article.id > after]
        page = later[:PAGE]
        return ListResourcesResult(
            resources=[_resource(article) for article in page],
            next_cursor=page[-1].id if len(later) > PAGE else None,
        )

    async def list_templates(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """The one form that an article's address has."""
        template = ResourceTemplate(
            name="article",
            title="A news article",
            uri_template=SCHEME + "{article_id}",
            mime_type="text/plain",
        )
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(
        self, context: Context, params: ReadResourceRequestParams
    ) -> ReadResourceResult:
        """An article's canonical text.

        Raises:
            MCPError: If the address is not that of an article.
        """
        with _told():
            generation = await current(self._source)
            article = article_of(generation, unquote(params.uri.removeprefix(SCHEME)))
        text = TextResourceContents(uri=params.uri, mime_type="text/plain", text=article.text)
        return ReadResourceResult(contents=[text])


@contextmanager
def _told() -> Iterator[None]:
    """Make our errors the protocol's, for requests whose results have no place for them.

    Raises:
        MCPError: In the place of any other; a bug says nothing of its cause.
    """
    try:
        yield
    except DatelineError as error:
        code = INVALID_PARAMS if isinstance(error, RequestError) else INTERNAL_ERROR
        raise MCPError(code, error_in_words(error)) from None
    except Exception as error:
        LOG.error("unexpected error", exc_info=error)
        raise MCPError(INTERNAL_ERROR, UNEXPECTED) from None


def server_of(source: Source, version: str) -> Server[Any]:
    """A server of the tools and the articles; it may serve many connections."""
    handlers = Handlers(source)
    return Server(
        "dateline",
        version=version,
        title="Dateline",
        instructions=INSTRUCTIONS,
        get_tool_input_schema=handlers.input_schema,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
    )


def _failed(words: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=words)], is_error=True)


def _resource(article: Article) -> Resource:
    return Resource(
        uri=SCHEME + quote(article.id, safe=""),
        name=article.id,
        title=article.title,
        description=", ".join(
            [article.outlet or "outlet unknown", str(article.published or "undated")]
        ),
        mime_type="text/plain",
        size=len(article.text.encode()),
    )
