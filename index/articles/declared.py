"""What a page declares about itself: JSON-LD first, then meta tags, then `<time>`.

Enters: an lxml tree. Leaves: `Fields`, None wherever the page is silent or unclear.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol

from index.articles.record import MAX_FIELD_CHARS, MAX_URL_CHARS, Fields, to_day
from index.articles.text import shorten

_DATE_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "citation_publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publish-date",
    "publishdate",
    "pubdate",
    "dc.date",
    "date",
)
_OUTLET_NAMES = ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher")
_TITLE_NAMES = ("og:title", "headline", "citation_title", "dc.title", "dcterms.title")


class Element(Protocol):
    """As much of an lxml element as is used here; lxml itself comes without types."""

    def xpath(self, path: str) -> list[str]:
        """The strings that a path ending in `@name` or `text()` selects, in document order."""
        ...


def declared_fields(tree: Element) -> Fields:
    """Collect the declarations, most explicit first; a malformed one is as good as none."""
    meta = _meta(tree)
    linked = list(_linked_articles(tree))
    return Fields(
        title=_title(tree, meta, linked),
        outlet=_outlet(meta, linked),
        published=_published(tree, meta, linked),
        url=_url(tree, meta, linked),
    )


def _meta(tree: Element) -> dict[str, str]:
    """Meta tags by name, property or itemprop in lower case; the first of a name wins."""
    meta: dict[str, str] = {}
    for key in ("property", "name", "itemprop"):
        names = tree.xpath(f"//meta[@content]/@{key}")
        values = tree.xpath(f"//meta[@{key}][@content]/@content")
        for name, value in zip(names, values, strict=True):
            meta.setdefault(name.strip().lower(), value)
    return meta


def _linked_articles(tree: Element) -> Iterator[dict[str, object]]:
    """The JSON-LD objects that are articles."""
    for script in tree.xpath('//script[@type="application/ld+json"]/text()'):
        try:
            value = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _listed(value):
            graph = _listed(item.get("@graph"))
            yield from (thing for thing in [item, *graph] if _is_article(thing))


def _listed(value: object) -> list[dict[str, object]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _is_article(thing: dict[str, object]) -> bool:
    kinds = thing.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(str(name).endswith(("Article", "BlogPosting")) for name in names)


def _title(tree: Element, meta: dict[str, str], linked: list[dict[str, object]]) -> str | None:
    candidates: list[object] = [item.get("headline") for item in linked]
    candidates += [meta.get(name) for name in _TITLE_NAMES]
    candidates += ["".join(tree.xpath("(//h1)[last()=1]//text()"))]  # of several, none is the title
    candidates += ["".join(tree.xpath("//head/title//text()"))]
    return _first_words(candidates)


def _outlet(meta: dict[str, str], linked: list[dict[str, object]]) -> str | None:
    publishers = [maker for item in linked for maker in _listed(item.get("publisher"))]
    candidates: list[object] = [maker.get("name") for maker in publishers]
    return _first_words([*candidates, *(meta.get(name) for name in _OUTLET_NAMES)])


def _published(tree: Element, meta: dict[str, str], linked: list[dict[str, object]]) -> date | None:
    candidates: list[object] = [item.get("datePublished") for item in linked]
    candidates += [meta.get(name) for name in _DATE_NAMES]
    candidates += tree.xpath('//*[@itemprop="datePublished"]/@datetime')
    candidates += tree.xpath("//time[@pubdate]/@datetime")
    days = [day for day in map(_day, candidates) if day]
    return days[0] if days else _only(map(_day, tree.xpath("//time/@datetime")))


def _url(tree: Element, meta: dict[str, str], linked: list[dict[str, object]]) -> str | None:
    candidates: list[object] = [*tree.xpath('//link[@rel="canonical"]/@href'), meta.get("og:url")]
    candidates += [item.get("url") for item in linked]
    return next(filter(None, map(_address, candidates)), None)


def _address(value: object) -> str | None:
    """An absolute http(s) address, else None."""
    address = value.strip() if isinstance(value, str) else ""
    good = address.startswith(("http://", "https://")) and len(address) <= MAX_URL_CHARS
    return address if good else None


def _first_words(candidates: Iterable[object]) -> str | None:
    words = (shorten(value, MAX_FIELD_CHARS) for value in candidates if isinstance(value, str))
    return next((value for value in words if value), None)


def _only(days: Iterable[date | None]) -> date | None:
    """The day on which all agree; a page with several times does not say which one is its own."""
    distinct = set(days)
    return distinct.pop() if len(distinct) == 1 else None


def _day(value: object) -> date | None:
    """The day of an ISO date or datetime (slashes allowed), else None."""
    try:
        day = to_day(value.strip().replace("/", "-") if isinstance(value, str) else None)
    except ValueError:
        return None
    return day if isinstance(day, date) else None
