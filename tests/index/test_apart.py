"""Files that are read in another process: the same articles, and bounds that hold."""

from pathlib import Path

import pytest

from index.articles import Article, File, ReadingLimits, read_apart, read_article_bytes
from index.errors import ArticleError, ArticleTooLarge, DuplicateArticle
from tests.index.test_articles import pdf

PAGE = "<html><body><article><p>The mayor said that the bridge is closed until the end of May."
BOMB = b"[" + b"[]," * 6_000_000 + b"[]]"
"""18 MB of JSON that are several hundred as lists."""

FILES = [
    File("rain.txt", "date 2025-04-08 It rained. “Stay calm,” he said.".encode()),
    File("front.md", b"---\ntitle: Front\noutlet: BBC\n---\nThe front moved.\n"),
    File("page.html", PAGE.encode()),
    File("list.json", b'[{"text": "One."}, {"id": "two", "text": "Two.", "url": "http://a.b"}]'),
    File("lines.jsonl", b'{"text": "Three."}\n\n{"text": "Four."}\n'),
    File("paper.pdf", pdf("A printed page.")),
]


def test_files_give_the_articles_that_they_give_in_this_process() -> None:
    expected = [article for file in FILES for article in read_article_bytes(file.name, file.data)]
    assert list(read_apart(FILES, ReadingLimits())) == expected
    assert [article.id for article in expected] == [
        *("rain", "front", "page", "list-1", "two", "lines-1", "lines-3", "paper")
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b" "),
        ("a.txt", b"a\0b"),
        ("a.txt", b"\xff"),
        ("a.json", b"{"),
        ("a.json", b"[" * 100_000),
        ("a.pdf", b"no pdf"),
        ("a.md", b"---\na: *b\n---\nText."),
        ("\ud800.txt", b"Text."),
        (".txt", b"Text."),
    ],
)
def test_a_bad_file_is_the_error_that_it_is_in_this_process(name: str, data: bytes) -> None:
    with pytest.raises(ArticleError) as expected:
        read_article_bytes(name, data)
    with pytest.raises(ArticleError) as caught:
        read_apart([FILES[0], File(name, data), FILES[1]], ReadingLimits())
    assert type(caught.value) is type(expected.value)
    assert str(caught.value).encode(errors="backslashreplace") == str(expected.value).encode(
        errors="backslashreplace"
    )


def test_names_are_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The secret.")
    assert read_apart([File(str(secret), b"Harmless.")], ReadingLimits()) == (
        Article("secret", "Harmless.", "Harmless."),
    )


def test_two_files_with_one_id_are_refused() -> None:
    files = [File("a.txt", b"One."), File("a.md", b"Two.")]
    with pytest.raises(DuplicateArticle, match="'a'"):
        read_apart(files, ReadingLimits())


def test_a_file_that_takes_too_much_memory_is_named() -> None:
    files = [FILES[0], File("bomb.json", BOMB)]
    with pytest.raises(ArticleTooLarge, match=r"^bomb\.json: reading it takes more than .* 256 MB"):
        read_apart(files, ReadingLimits(memory_mb=256))


def test_a_file_that_takes_too_long_is_named() -> None:
    with pytest.raises(ArticleTooLarge, match=r"^rain\.txt: reading it takes more than 0\.001 s"):
        read_apart(FILES, ReadingLimits(seconds=0.001))


def test_files_that_hold_too_much_text_together_are_refused() -> None:
    files = [File(f"{n}.txt", b"word " * 2_000_000) for n in range(3)]
    with pytest.raises(ArticleTooLarge, match=r"^2\.txt: over 20,000,000 characters together"):
        read_apart(files, ReadingLimits())
