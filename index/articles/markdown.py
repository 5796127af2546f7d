"""Markdown → Article: front matter by python-frontmatter, the body untouched."""

import re

import yaml
from frontmatter.default_handlers import YAMLHandler

from index.articles.model import Article
from index.articles.record import Fields, check_fields, make_article
from index.articles.text import OPENING_CHARS, shorten
from index.errors import MalformedArticle

MAX_FRONT_MATTER_CHARS = 64_000
MAX_FRONT_MATTER_DEPTH = 20

_ALIASES = {"outlet": ("outlet", "source", "publisher"), "published": ("published", "date")}
_FENCE = re.compile(r"^-{3,}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)  # the default eats blank lines too
_HEADING = re.compile(r"^ {0,3}#[ \t]+(?P<title>\S[^\n]*)", re.MULTILINE)
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def read_markdown(text: str, *, where: str, stem: str) -> Article:
    """Read front matter and body.

    The article's text is all that follows the closing `---` line, unchanged, so offsets are into
    `Article.text` and not into the file. Without front matter the text is the whole file.

    Raises:
        ArticleError: The front matter is broken, or the body is empty.
    """
    front, body = _split(text, where)
    fields = check_fields(Fields, _named(_load(front, where), where), where)
    return make_article(fields, body, where=where, stem=stem, title=_heading(body))


def _split(text: str, where: str) -> tuple[str, str]:
    """Front matter and body; a fence that never closes is an error, not a rule in the text."""
    handler = YAMLHandler(fm_boundary=_FENCE)
    if not handler.detect(text):
        return "", text
    try:
        front, body = handler.split(text)
    except ValueError as error:
        raise MalformedArticle(f"{where}: front matter without a closing '---' line") from error
    return front, body


def _heading(body: str) -> str | None:
    """The first heading of the first rank, without marks."""
    found = _HEADING.search(body)
    return re.sub(r" #+$", "", shorten(found["title"], OPENING_CHARS)) if found else None


def _load(front: str, where: str) -> object:
    """YAML → plain values, by the safe loader; None for blank front matter."""
    if len(front) > MAX_FRONT_MATTER_CHARS:
        raise MalformedArticle(f"{where}: front matter over {MAX_FRONT_MATTER_CHARS:,} characters")
    try:
        _check_shape(front, where)
        return YAMLHandler().load(front, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as error:
        reason = " ".join(str(error).split())
        raise MalformedArticle(f"{where}: broken front matter: {reason}") from error


def _check_shape(front: str, where: str) -> None:
    """Refuse bombs before they are built: aliases multiply, and depth overflows libyaml's stack."""
    depth = 0
    for event in yaml.parse(front, Loader=yaml.CSafeLoader):
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if isinstance(event, yaml.AliasEvent):
            raise MalformedArticle(f"{where}: front matter with a YAML alias (*{event.anchor})")
        if depth > MAX_FRONT_MATTER_DEPTH:
            raise MalformedArticle(f"{where}: front matter nested too deeply")


def _named(values: object, where: str) -> dict[object, object]:
    """The values under Dateline's names; the first alias that is there wins."""
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise MalformedArticle(f"{where}: front matter is not a list of `name: value` lines")
    named = dict(values)
    for field, aliases in _ALIASES.items():
        named[field] = next((values[name] for name in aliases if name in values), None)
    return named
