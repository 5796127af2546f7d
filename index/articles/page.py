"""HTML → Article: text by trafilatura, and only the metadata that the page declares.

trafilatura would also guess an outlet from the address or title, and a date from any number in
the page; a guess is worse than None here, so `declared` reads the declarations instead.
"""

from index.articles.declared import declared_fields
from index.articles.model import Article
from index.articles.record import make_article
from index.errors import ArticleError, ArticleTooLarge, EmptyArticle, MalformedArticle

MAX_TAGS = 40_000
"""Opening and closing tags together. trafilatura's time is quadratic in the elements of one
paragraph: about 15 s for the worst page of this many, and milliseconds for a usual one."""


def read_page(html: str, *, where: str, stem: str) -> Article:
    """Read a saved page without comments and navigation; offsets are into `Article.text`.

    Nothing is fetched: what a script would have loaded is not there.

    Raises:
        ArticleError: No article text was found in the page, or it has too many elements.
    """
    from trafilatura import extract, load_html  # late: half a second that few commands need

    if html.count("<") > MAX_TAGS:
        raise ArticleTooLarge(f"{where}: over {MAX_TAGS:,} HTML tags")
    try:
        tree = load_html(_document(html))
        if tree is None:
            raise EmptyArticle(f"{where}: no HTML elements")
        fields = declared_fields(tree)
        text = extract(tree, include_comments=False, with_metadata=False)
    except ArticleError:
        raise
    except Exception as error:  # trafilatura and lxml raise many built-in errors on broken pages
        raise MalformedArticle(f"{where}: broken HTML: {type(error).__name__}: {error}") from error
    if not text:
        raise EmptyArticle(f"{where}: no article text found in the page")
    return make_article(fields, text, where=where, stem=stem)


def _document(html: str) -> str:
    """A fragment made a document, for load_html refuses a lone element."""
    return html if "<html" in html.lower() else f"<html>{html}</html>"
