"""PDF → Article, by pypdf."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PdfReader

from index.articles.model import Article
from index.articles.record import MAX_FIELD_CHARS, Fields, make_article
from index.articles.text import MAX_ARTICLE_BYTES, is_blank, shorten
from index.errors import ArticleError, ArticleTooLarge, EmptyArticle, MalformedArticle

MAX_PAGES = 2_000
"""A page may be listed again and again in a few bytes, and each costs time."""


def read_pdf(data: bytes, *, where: str, stem: str) -> Article:
    """Read a PDF's text layer, pages joined by a newline; offsets are into `Article.text`.

    `published` stays None: a PDF's creation date is when the file was made, which may be years
    after publication.

    Raises:
        ArticleError: Not a PDF, locked by a password, or without a text layer.
    """
    try:
        title, text = _extract(data, where)
    except ArticleError:
        raise
    except Exception as error:  # pypdf raises many built-in errors on broken files
        raise MalformedArticle(f"{where}: broken PDF: {type(error).__name__}: {error}") from error
    if is_blank(text):
        raise EmptyArticle(f"{where}: no text layer in the PDF (scanned pages need OCR first)")
    return make_article(Fields(title=title), text, where=where, stem=stem)


def _extract(data: bytes, where: str) -> tuple[str | None, str]:
    """The title that the metadata states, if any, and the text."""
    from pypdf import PasswordType, PdfReader  # late: a quarter second that few commands need

    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise MalformedArticle(f"{where}: the PDF is encrypted; save it without a password")
    text = _pages(reader, where)
    title = reader.metadata.title if reader.metadata else None
    return shorten(_clean(str(title or "")), MAX_FIELD_CHARS) or None, _clean(text)


def _pages(reader: "PdfReader", where: str) -> str:
    if len(reader.pages) > MAX_PAGES:
        raise ArticleTooLarge(f"{where}: over {MAX_PAGES:,} pages")
    pages: list[str] = []
    length = 0
    for page in reader.pages:
        pages.append(page.extract_text())
        length += len(pages[-1])
        if length > MAX_ARTICLE_BYTES:
            raise ArticleTooLarge(f"{where}: over {MAX_ARTICLE_BYTES:,} characters of text")
    return "\n".join(pages)


def _clean(text: str) -> str:
    """Mend what fonts with a wrong character map leave: NULs go, halved characters become "�"."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", "")
