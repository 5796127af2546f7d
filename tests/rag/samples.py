"""Small articles and evidence that the tests of this room share."""

from datetime import date

from index.articles import Article
from index.chunks import Chunk
from index.sentences import split_sentences
from rag.types import Evidence

NEWS = Article(
    id="news",
    title="The ferry",
    text=(
        "The ferry Aurora left Port Halven on Tuesday with 212 passengers. "
        "“We saw the fire too late,” Captain Marta Olsen said. "
        "She was not happy about the harbour, accusing Minister Jon Abara of “doing nothing”."
    ),
    outlet="Halven Post",
    published=date(2025, 3, 4),
    url="https://example.org/ferry",
)


def evidence_of(article: Article, similarity: float = 0.8) -> list[Evidence]:
    """Every sentence of an article as evidence, in order, in one chunk."""
    sentences = split_sentences(article)
    start, end = sentences[0].start, sentences[-1].end
    chunk = Chunk(article.id, start, end, article.text[start:end], 0, len(sentences) - 1)
    return [
        Evidence(sentence, chunk, article, score=1 / (60 + rank), similarity=similarity)
        for rank, sentence in enumerate(sentences, start=1)
    ]


def single(text: str, article_id: str = "a", similarity: float = 0.8) -> Evidence:
    """One sentence that is a whole article."""
    (evidence,) = evidence_of(Article(id=article_id, title="", text=text), similarity)
    return evidence
