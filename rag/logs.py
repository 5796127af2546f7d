"""The log: an event a line, as JSON for programs or as text for people; set up by the command line.

Our own code logs through `logging`: the message is the event's name, `extra` has its fields. What
other libraries log comes out in the same form.
"""

import logging
import re
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer
from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor, WrappedLogger

from rag.settings import LogFormat, LogLevel

LOG = logging.getLogger(__name__)

OWN = ("rag", "index", "eval")
"""Loggers that obey the setting; others are heard from warnings on, since what they tell of their
work may hold the words of a question."""

Event = MutableMapping[str, Any]

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What ends a line, is obeyed by a terminal instead of shown, or cannot be written."""


@contextmanager
def logging_to(
    stream: TextIO, form: LogFormat, level: LogLevel, with_texts: bool
) -> Iterator[None]:
    """Everything that is logged inside goes to the stream.

    Args:
        stream: Written line by line.
        form: How a line looks.
        level: The least grave event of our own that is written.
        with_texts: Whether errors may be told in words that may be those of a question.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(form, with_texts, colors=stream.isatty()))
    root, thread_hook = logging.getLogger(), threading.excepthook
    before = root.handlers[:], {name: logging.getLogger(name).level for name in OWN}
    root.handlers[:] = [handler]
    for name in OWN:
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)
    threading.excepthook = _thread_died
    try:
        yield
    finally:
        threading.excepthook = thread_hook
        logging.captureWarnings(False)
        for name, old in before[1].items():
            logging.getLogger(name).setLevel(old)
        root.handlers[:] = before[0]


def format_for(form: LogFormat, stream: TextIO) -> LogFormat:
    """The form itself; in place of `auto`, text for a terminal and JSON for all else."""
    if form is LogFormat.AUTO:
        return LogFormat.TEXT if stream.isatty() else LogFormat.JSON
    return form


def formatter(form: LogFormat, with_texts: bool, colors: bool) -> logging.Formatter:
    """Makes a line of a record; `form` is not `auto`."""
    in_json = form is LogFormat.JSON
    last: list[Processor] = (
        [JSONRenderer()] if in_json else [_unbroken, ConsoleRenderer(colors=colors)]
    )
    return ProcessorFormatter(
        processors=[ProcessorFormatter.remove_processors_meta, *last],
        foreign_pre_chain=[
            TimeStamper(fmt="iso", utc=True, key="time"),
            add_log_level,
            add_logger_name,
            merge_contextvars,
            ExtraAdder(),
            ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            _wordless(with_texts),
        ],
    )


def _wordless(with_texts: bool) -> Processor:
    """Leave out what an error says, where it may repeat a client's words: inside a request."""

    def wordless(logger: WrappedLogger, method: str, event: Event) -> Event:
        event.pop("color_message", None)  # uvicorn's own
        if "request_id" in event and not with_texts:
            for stack in event.get("exception", ()):
                for words in ("exc_value", "exc_notes", "syntax_error", "exceptions"):
                    stack.pop(words, None)
        return event

    return wordless


def _unbroken(logger: WrappedLogger, method: str, event: Event) -> Event:
    """Every text on one line; an error as lines that are indented."""
    stacks = event.pop("exception", None)
    safe = {name: _safe(value) for name, value in event.items()}
    return safe if stacks is None else safe | {"exception": "\n".join(_lines(stacks))}


def _safe(value: object) -> object:
    if isinstance(value, int | float | None):
        return value
    return _BREAKS.sub(lambda found: f"\\u{ord(found.group()):04x}", str(value))


def _lines(stacks: list[dict[str, Any]]) -> Iterator[str]:
    for stack in stacks:
        yield f"  {stack['exc_type']} {_safe(stack.get('exc_value', ''))}".rstrip()
        for frame in stack["frames"]:
            yield f"    {frame['filename']}:{frame['lineno']} in {frame['name']}"


def _thread_died(died: threading.ExceptHookArgs) -> None:
    if died.exc_value is not None:
        error = (died.exc_type, died.exc_value, died.exc_traceback)
        LOG.error("thread_died", exc_info=error)
