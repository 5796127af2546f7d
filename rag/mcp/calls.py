"""What the tools do: arguments in, structured results and words out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from mcp.server.context import ServerRequestContext
from mcp.types import CallToolResult, TextContent
from starlette.requests import Request

from index.generation import Generation
from rag.desk import Desk
from rag.errors import ArticleNotFound
from rag.mcp.arguments import ArticleArguments, AskArguments, SearchArguments, SearchOut, taken
from rag.mcp.source import Source
from rag.mcp.tools import Name
from rag.mcp.words import answer_in_words, article_in_words, evidence_in_words
from rag.pipeline import EvidenceFound, Finished, SentenceVerified
from rag.schemas import AnswerOut, ArticleText, EvidenceOut, Wire
from rag.types import Question
from rag.underway import Underway

T = TypeVar("T")
Context = ServerRequestContext[Any, Any]
Arguments = Mapping[str, object]
Call = Callable[[Source, Context, Arguments], Awaitable[CallToolResult]]


async def ask(source: Source, context: Context, arguments: Arguments) -> CallToolResult:
    """Answer a question; a client that goes away or cancels stops it.

    Raises:
        DatelineError: As the desk does, and what is wrong with the arguments.
    """
    question = taken(AskArguments, arguments).to_question(source.settings)
    await context.session.report_progress(told := 1, message="the question waits for the model")
    underway = Underway(await source.desk(), question, source.threads)
    async with _watched(context.request, underway):
        while not isinstance(event := await underway.next(), Finished):
            await context.session.report_progress(told := told + 1, message=_stage(event))
    answer = AnswerOut.of(event.answer)
    return _result(answer, answer_in_words(answer))


async def search(source: Source, context: Context, arguments: Arguments) -> CallToolResult:
    """Find evidence.

    Raises:
        DatelineError: As the index and the retriever do, and what is wrong with the arguments.
    """
    given = taken(SearchArguments, arguments)
    question = given.to_question(source.settings)
    desk = await source.desk()
    found = await _in_thread(source, lambda: _found(desk, question, given.limit))
    return _result(found, evidence_in_words(found.evidence))


async def get_article(source: Source, context: Context, arguments: Arguments) -> CallToolResult:
    """Give a whole article.

    Raises:
        DatelineError: As the index does.
        ArticleNotFound: If the current generation does not hold it.
    """
    article_id = taken(ArticleArguments, arguments).article_id
    article = article_of(await current(source), article_id)
    return _result(article, article_in_words(article))


CALLS: Mapping[Name, Call] = {
    Name.ASK: ask,
    Name.SEARCH: search,
    Name.GET_ARTICLE: get_article,
}


async def current(source: Source) -> Generation:
    """The newest generation, loaded outside the event loop."""
    return await _in_thread(source, source.reader.current)


def article_of(generation: Generation, article_id: str) -> ArticleText:
    """One article of a generation.

    Raises:
        ArticleNotFound.
    """
    article = generation.by_id.get(article_id)
    if article is None:
        raise ArticleNotFound(f"there is no article {article_id!r}")
    return ArticleText.of(article)


def _found(desk: Desk, question: Question, limit: int) -> SearchOut:
    pipeline = desk.pipeline
    generation = pipeline.reader.current()
    evidence = pipeline.retriever.retrieve(generation, question, limit)
    return SearchOut(
        index_generation=generation.id, evidence=[EvidenceOut.of(item) for item in evidence]
    )


def _stage(event: EvidenceFound | SentenceVerified) -> str:
    if isinstance(event, SentenceVerified):
        return f"sentence verified: {event.sentence.text}"
    return f"sentences found: {len(event.evidence)}; the model reads them"


def _result(structured: Wire, words: str) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(text=words)], structured_content=structured.model_dump(mode="json")
    )


async def _in_thread(source: Source, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(source.threads, work)


@asynccontextmanager
async def _watched(request: Request | None, underway: Underway) -> AsyncIterator[None]:
    """Stop the question when this ends, and before if the client's connection does.

    Over HTTP a client that has gone is not noticed by the protocol: its session lives on.
    """
    watch = asyncio.create_task(_stop_when_gone(request, underway)) if request else None
    try:
        yield
    finally:
        underway.stop()
        if watch is not None:
            watch.cancel()


async def _stop_when_gone(request: Request, underway: Underway) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    underway.stop()
