"""Articles → a new generation, published: what changed is embedded, what did not is carried over.

`sync` makes the index hold exactly the articles that it is given; `revise` puts some in and takes
some out. Both hold the right to write from reading the old generation to publishing the new one,
so that of changes at the same time none is lost.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.articles import Article
from index.assemble import ProgressBar, assemble
from index.embed import Embedder
from index.errors import (
    DuplicateArticle,
    IndexCorrupt,
    IndexMismatch,
    IndexMissing,
    NoArticles,
    TooManyArticles,
)
from index.generation import Generation, load_generation
from index.store import Store

__all__ = ["Change", "ProgressBar", "revise", "sync"]


@dataclass(frozen=True, slots=True)
class Change:
    """What one indexing run did: article ids, each list sorted.

    Attributes:
        unchanged: Those that were given and were there already.
        generation: Id of the generation that is current afterwards.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    generation: str

    @property
    def is_empty(self) -> bool:
        """Whether the index was already up to date."""
        return not (self.added or self.updated or self.removed)


def sync(
    store: Store,
    articles: Sequence[Article],
    embedder: Callable[[], Embedder],
    progress: Callable[[int], ProgressBar],
    *,
    rebuild: bool = False,
) -> Change:
    """Make the index hold exactly these articles.

    Args:
        store: Where generations are published.
        articles: All of them, with unique ids.
        embedder: Called only when something must be embedded or cut.
        progress: Given the number of texts to embed, opens a progress bar.
        rebuild: Carry nothing over.

    Raises:
        NoArticles: If the list is empty: an index is never emptied by accident.
        DuplicateArticle: If two articles share an id.
        IndexBusy, DiskFull: As the store says; the previous generation stays current.
    """
    if not articles:
        raise NoArticles("there is no article to index")
    _check_ids(articles)
    with store.writing():
        current = None if rebuild else _whole(store)
        after = {article.id: article for article in articles}
        return _published(store, current, after, embedder, progress)


def revise(
    store: Store,
    puts: Sequence[Article],
    removals: Collection[str],
    embedder: Callable[[], Embedder],
    progress: Callable[[int], ProgressBar],
    *,
    at_most: int | None = None,
    known: Generation | None = None,
) -> Change:
    """Put articles into the index, in the place of those with their ids, and take others out.

    The index may be empty afterwards. All is done, or nothing.

    Args:
        store: Where generations are published.
        puts: With unique ids.
        removals: Ids; one that the index does not hold is passed over.
        embedder: Called only when something changes.
        progress: Given the number of texts to embed, opens a progress bar.
        at_most: How many articles the index may hold; it may shrink to a number that is larger.
        known: A generation in memory; where it is the newest, nothing is loaded.

    Returns:
        The change; `unchanged` names only articles that were put.

    Raises:
        DuplicateArticle: If two of `puts` share an id.
        TooManyArticles: If there would be more than `at_most`.
        IndexMissing: If there is no index, and nothing to put.
        IndexCorrupt: If the newest generation is: what it held would be lost.
        IndexMismatch: If another embedder made it.
        IndexBusy, DiskFull: As the store says; the previous generation stays current.
    """
    _check_ids(puts)
    with store.writing():
        current = _newest(store, known) if store.exists() or not puts else None
        before = current.by_id if current else {}
        kept = {name: article for name, article in before.items() if name not in removals}
        after = kept | {article.id: article for article in puts}
        if at_most is not None and max(at_most, len(before)) < len(after):
            raise TooManyArticles(f"{len(after):,} articles; {at_most:,} are allowed")
        return _published(store, current, after, _same(embedder, current), progress, puts)


def _check_ids(articles: Sequence[Article]) -> None:
    ids = sorted(article.id for article in articles)
    for one, next_one in pairwise(ids):
        if one == next_one:
            raise DuplicateArticle(f"two articles have the id {one!r}")


def _whole(store: Store) -> Generation | None:
    """The current generation; None where there is none that can be carried over."""
    try:
        return load_generation(store)
    except (IndexMissing, IndexCorrupt):
        return None


def _newest(store: Store, known: Generation | None) -> Generation:
    if known is not None and known.id == store.newest().id:
        return known
    return load_generation(store)


def _same(embedder: Callable[[], Embedder], current: Generation | None) -> Callable[[], Embedder]:
    """The embedder, once it has been seen that it made the current generation as well."""

    def checked() -> Embedder:
        model = embedder()
        if current is not None and current.embedder != model.name:
            raise IndexMismatch(f"the index was made by {current.embedder}, not by {model.name}")
        return model

    return checked


def _published(
    store: Store,
    current: Generation | None,
    after: Mapping[str, Article],
    embedder: Callable[[], Embedder],
    progress: Callable[[int], ProgressBar],
    puts: Sequence[Article] | None = None,
) -> Change:
    """Publish a generation of the articles in `after`, by id, unless they are those of `current`.

    Only ids of `puts` are called unchanged; where it is None, all are that did not change.
    """
    hashes = {name: article.content_hash for name, article in after.items()}
    before = {name: a.content_hash for name, a in current.by_id.items()} if current else {}
    given = hashes.keys() if puts is None else {article.id for article in puts}
    if current is not None and before == hashes:
        return _change(before, hashes, given, current.id)
    model = embedder()
    generation = assemble(tuple(after.values()), model, current, progress)
    published = store.publish(generation.write, embedder=model.name, articles=hashes)
    return _change(before, hashes, given, published.id)


def _change(
    before: Mapping[str, str], after: Mapping[str, str], given: Collection[str], generation: str
) -> Change:
    both = before.keys() & after.keys()
    return Change(
        added=tuple(sorted(after.keys() - before.keys())),
        updated=tuple(sorted(i for i in both if before[i] != after[i])),
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=tuple(sorted(i for i in both if before[i] == after[i] and i in given)),
        generation=generation,
    )
