import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from index.articles import (
    MAX_ARTICLE_BYTES,
    SUFFIXES,
    Article,
    read_article_bytes,
    read_articles,
)
from index.errors import (
    ArticleError,
    ArticleTooLarge,
    BinaryArticle,
    DatelineError,
    DuplicateArticle,
    EmptyArticle,
    MalformedArticle,
    NoArticles,
    UndecodableArticle,
)

SEEDS = Path(__file__).parents[2] / "seeds"
NOBODY = 65534


def one(name: str, data: bytes | str) -> Article:
    [article] = read_article_bytes(name, data.encode() if isinstance(data, str) else data)
    return article


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def pdf(text: str, title: str | None = None, lock: str | None = None) -> bytes:
    """A one-page PDF, written by hand so that no PDF writer is needed to make the text."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\n" % table
    body += b"startxref\n%d\n%%%%EOF" % body.index(b"xref\n")
    writer = PdfWriter(clone_from=PdfReader(BytesIO(body)))
    writer.add_metadata({"/Title": title or "", "/CreationDate": "D:20240101000000Z"})
    if lock is not None:
        writer.encrypt(lock, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def page(body: str = "<p>Kyiv has spoken today.</p>", head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body><article>{body}</article></body></html>"


# .txt


@pytest.mark.parametrize("path", sorted(SEEDS.iterdir()), ids=lambda path: path.stem)
def test_a_seed_is_its_file_byte_for_byte(path: Path) -> None:
    [article] = read_articles([path]).articles
    assert article.text.encode() == path.read_bytes()
    assert article.id == path.stem
    assert (article.outlet, article.url) == (None, None)


def test_the_seeds_say_their_dates_or_nothing() -> None:
    first, second = read_articles([SEEDS]).articles
    assert (first.published, second.published) == (date(2025, 4, 8), None)
    assert first.title == (
        "Ukrainian President Volodymyr Zelensky has publicly acknowledged for the first time that…"
    )


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_text_is_kept_byte_for_byte(text: str) -> None:
    data = ("Kyiv: " + text).encode()
    assert one("a.txt", data).text.encode() == data


def test_newlines_and_a_byte_order_mark_stay() -> None:
    article = one("a.txt", "\ufeffdate 2025-04-08 One\r\ntwo\rthree\n")
    assert article.text == "\ufeffdate 2025-04-08 One\r\ntwo\rthree\n"
    assert (article.title, article.published) == ("One two three", date(2025, 4, 8))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  Short  words.\n\nThen more.", "Short words."),
        ("Short words.\r\n\r\nThen more.", "Short words."),
        ("date 2025-04-08\nOn its own line.", "On its own line."),
        ("date 2025-04-08", "date 2025-04-08"),
        ("word " * 30, "word " * 16 + "word word…"),
        ("x" * 100, "x" * 89 + "…"),
        ("x" * 90, "x" * 90),
    ],
)
def test_title_is_the_opening_words(text: str, title: str) -> None:
    assert one("a.txt", text).title == title


@given(st.text(min_size=1))
def test_title_is_short_and_folded(text: str) -> None:
    title = one(
        "a.json",
        json.dumps({"text": "A" + text.encode("utf-8", "replace").decode().replace("\0", "")}),
    ).title
    assert 0 < len(title) <= 90
    assert " ".join(title.split()) == title


@pytest.mark.parametrize("text", ["The date 2025-04-08 is late.", "date 2025-04-08x", "date 8 May"])
def test_a_date_elsewhere_is_not_a_publication_date(text: str) -> None:
    assert one("a.txt", text).published is None


# .md


def test_front_matter() -> None:
    article = one(
        "a.md",
        "---\ntitle: 'A:  B'\nsource: BBC\ndate: 2025-04-08T23:00:00-05:00\nid: x1\n"
        "url: https://bbc.com/1\ntags: [a, b]\n---  \n\n  Body *here*.\n---\nMore.  \n",
    )
    assert article == Article(
        id="x1",
        text="\n  Body *here*.\n---\nMore.  \n",
        title="A: B",
        outlet="BBC",
        published=date(2025, 4, 8),
        url="https://bbc.com/1",
    )


def test_markdown_without_front_matter_is_its_file() -> None:
    text = "\n Intro.\r\n\r\n# The   heading of C# ##\r\n\nBody.\n"
    article = one("a.md", text)
    assert (article.text, article.title, article.id) == (text, "The heading of C#", "a")


def test_markdown_without_a_heading_is_titled_by_its_words() -> None:
    assert one("a.md", "---\noutlet: BBC\n---\nBody here.\n\nMore.").title == "Body here."


@pytest.mark.parametrize(
    "front",
    [
        "title: [",
        "title: 5",
        "- a\n- b",
        "just words",
        "published: 2025-13-45",
        "published: soon",
        "url: javascript:alert(1)",
        "title: " + "9" * 5_000,
        "a: &a x\nb: *a",
        "a: &a {x: 1}\nb: {<<: [*a, *a]}",
        "title: " + "[" * 30_000,
        "title: " + "- " * 30_000 + "x",
        "title: x\n" * 10_000,
        "id: a/b",
        'title: "\\ud800"',
        "? {a: 1}\n: 2",
        "!!python/object/apply:os.system [id]",
    ],
    ids=lambda front: front[:24],
)
def test_bad_front_matter(front: str) -> None:
    with pytest.raises(MalformedArticle, match=r"^bad\.md: "):
        read_article_bytes("bad.md", f"---\n{front}\n---\nBody.".encode())


def test_front_matter_that_never_closes() -> None:
    with pytest.raises(MalformedArticle, match=r"without a closing"):
        one("bad.md", "---\ntitle: x\n\nBody.")


# .html

LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Not this"},
        {
            "@type": ["NewsArticle"],
            "headline": "A headline",
            "datePublished": "2025-04-08T09:00:00Z",
            "publisher": {"@type": "Organization", "name": "The Post"},
        },
    ],
}


def test_html_by_json_ld() -> None:
    head = f'<script type="application/ld+json">{json.dumps(LINKED)}</script>'
    head += '<link rel="canonical" href="https://post.example/1"><title>Other | Post</title>'
    assert one("a.html", page("<h1>Big</h1><p>Kyiv has spoken.</p><p>So.</p>", head)) == Article(
        id="a",
        text="Big\nKyiv has spoken.\nSo.",
        title="A headline",
        outlet="The Post",
        published=date(2025, 4, 8),
        url="https://post.example/1",
    )


def test_html_by_meta_tags() -> None:
    head = (
        '<meta property="og:title" content="A title"><meta property="og:site_name" content="bbc">'
        '<meta property="og:url" content="https://bbc.example/1">'
        '<meta name="Date" content="2025/04/08">'
    )
    article = one("a.htm", page(head=head))
    assert (article.title, article.outlet) == ("A title", "bbc")
    assert (article.url, article.published) == ("https://bbc.example/1", date(2025, 4, 8))


@pytest.mark.parametrize(
    ("times", "day"),
    [
        ('<time datetime="2025-04-08T10:00">8 April</time>', date(2025, 4, 8)),
        ('<time datetime="2025-04-08">a</time><time datetime="2024-01-01">b</time>', None),
        (
            '<time datetime="2024-01-01">a</time>'
            '<time itemprop="datePublished" datetime="2025-04-08">b</time>',
            date(2025, 4, 8),
        ),
        ('<time datetime="yesterday">a</time>', None),
    ],
)
def test_html_by_time_elements(times: str, day: date | None) -> None:
    assert one("a.html", page(f"{times}<p>Kyiv has spoken today.</p>")).published == day


def test_html_that_declares_nothing_is_not_guessed_about() -> None:
    body = (
        "<p>Published on 8 April 2025. Copyright 2024 BBC.</p><p>Kyiv has spoken today.</p>"
        '<a href="https://bbc.com/2025/04/08/x">x</a>'
    )
    head = '<title>News - bbc.com</title><meta name="twitter:site" content="@bbc">'
    head += '<link rel="canonical" href="/2025/04/08/x">'
    article = one("a.html", page(body, head))
    assert (article.outlet, article.published, article.url) == (None, None, None)


@pytest.mark.parametrize(
    "html", ["<p>Kyiv has spoken.</p>", "Kyiv has spoken.", "<p>Kyiv has spoken."]
)
def test_html_fragment(html: str) -> None:
    assert one("a.html", html).text == "Kyiv has spoken."


def test_broken_json_ld_is_no_declaration() -> None:
    head = '<script type="application/ld+json">' + "[" * 100_000 + "</script>"
    head += '<script type="application/ld+json">{"@type": "Article", "headline": 5}</script>'
    assert one("a.html", page(head=head)).outlet is None


@pytest.mark.parametrize(
    ("html", "error"),
    [
        (page(""), EmptyArticle),
        ("<!-- only a comment -->", EmptyArticle),
        ("<div>" * 40_000, EmptyArticle),
        ("<p>a</p>" * 60_000, ArticleTooLarge),
        (page("<script>var x = 1</script>"), EmptyArticle),
    ],
    ids=["no words", "comment", "deep", "too many tags", "script"],
)
def test_bad_html(html: str, error: type[ArticleError]) -> None:
    with pytest.raises(error, match=r"^bad\.html: "):
        one("bad.html", html)


# .json, .jsonl


def test_json_object() -> None:
    fields = {
        "id": "x",
        "title": " A\n title ",
        "outlet": "",
        "published": "2025-04-08T23:30:00-05:00",
        "url": None,
        "text": "Kyiv has spoken.\r\n",
        "extra": [1],
    }
    assert one("a.json", "\ufeff" + json.dumps(fields)) == Article(
        id="x", text="Kyiv has spoken.\r\n", title="A title", published=date(2025, 4, 8)
    )


def test_json_ids_fall_back_to_the_stem_and_number() -> None:
    assert one("b/a.JSON", '{"text": "x"}').id == "a"
    assert [a.id for a in read_article_bytes("a.json", b'[{"text": "x"}, {"text": "y"}]')] == [
        "a-1",
        "a-2",
    ]
    lines = b'{"text": "x"}\r\n\n{"text": "y", "id": "z"}\n{"text": "w"}'
    assert [a.id for a in read_article_bytes("a.jsonl", lines)] == ["a-1", "z", "a-4"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"text": 5}, "field 'text'"),
        ({}, "field 'text'"),
        ({"text": "x", "title": 5}, "field 'title'"),
        ({"text": "x", "id": 5}, "field 'id'"),
        ({"text": "x", "published": 20250408}, "field 'published'"),
        ({"text": "x", "published": "8 April"}, "field 'published'.*'8 April'"),
        ({"text": "x", "published": "2025-02-30"}, "field 'published'"),
        ({"text": "x", "published": ""}, "field 'published'"),
        ({"text": "x", "url": "javascript:alert(1)"}, "field 'url'.*http"),
        ({"text": "x", "outlet": "o" * 1_001}, "field 'outlet'"),
        ({"text": "\ud800 x"}, "field 'text'"),
        ({"text": "x", "title": "\udfff"}, "field 'title'"),
        ({"text": "x\0y"}, "field 'text'.*NUL"),
        ({"text": "x", "id": ""}, "the id"),
        ({"text": "x", "id": " "}, "the id"),
        ({"text": "x", "id": ".."}, "the id"),
        ({"text": "x", "id": "a/b"}, "the id"),
        ({"text": "x", "id": "a\nb"}, "the id"),
        ({"text": "x", "id": "i" * 201}, "the id"),
        ({"text": "x", "id": "\ud800"}, "id"),
        (["text"], "list"),
        (None, "NoneType"),
    ],
    ids=str,
)
def test_bad_records(record: object, message: str) -> None:
    text = json.dumps(record)
    with pytest.raises(MalformedArticle, match=rf"^bad\.jsonl: line 2: .*{message}"):
        read_article_bytes("bad.jsonl", f'{{"text": "ok"}}\n{text}\n'.encode())
    with pytest.raises(MalformedArticle, match=rf"^bad\.json: record 2: .*{message}"):
        read_article_bytes("bad.json", f'[{{"text": "ok"}}, {text}]'.encode())


@pytest.mark.parametrize("data", ["{", "[1,]", "[" * 100_000, "9" * 5_000, '{"a":' * 50_000])
def test_broken_json(data: str) -> None:
    with pytest.raises(MalformedArticle, match=r"^bad\.json: "):
        one("bad.json", data)
    with pytest.raises(MalformedArticle, match=r"^bad\.jsonl: line 1: "):
        one("bad.jsonl", data)


def test_two_records_with_one_id() -> None:
    with pytest.raises(DuplicateArticle, match=r"^a\.jsonl: .*'x'"):
        read_article_bytes("a.jsonl", b'{"text": "1", "id": "x"}\n{"text": "2", "id": "x"}')


def test_a_line_over_the_limit_is_one_problem(tmp_path: Path) -> None:
    long = json.dumps({"text": "x" * MAX_ARTICLE_BYTES})
    write(tmp_path, {"a.jsonl": f'{{"text": "first"}}\n{long}\n{{"text": "third"}}\n'})
    result = read_articles([tmp_path], skip_bad=True)
    assert [article.id for article in result.articles] == ["a-1", "a-3"]
    [problem] = result.problems
    assert isinstance(problem.error, ArticleTooLarge)
    assert str(problem.error).startswith(f"{tmp_path / 'a.jsonl'}: line 2: ")


# .pdf


@pytest.mark.parametrize(("stated", "title"), [("A title", "A title"), (None, "Kyiv has spoken.")])
def test_pdf(stated: str | None, title: str) -> None:
    article = one("a.pdf", pdf("Kyiv has spoken.", stated))
    assert (article.text.strip(), article.title) == ("Kyiv has spoken.", title)
    assert article.published is None


def test_pdf_locked_against_change_only_is_read() -> None:
    assert "Kyiv" in one("a.pdf", pdf("Kyiv has spoken.", lock="")).text


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (pdf("Secret", lock="key"), MalformedArticle, "encrypted"),
        (pdf(""), EmptyArticle, "text layer"),
        (b"%PDF-1.4\nnothing", MalformedArticle, "broken PDF"),
        (b"not a PDF at all", MalformedArticle, "broken PDF"),
        (pdf("Kyiv has spoken.")[:200], MalformedArticle, "broken PDF"),
    ],
    ids=["encrypted", "textless", "truncated", "other", "cut"],
)
def test_bad_pdf(data: bytes, error: type[ArticleError], message: str) -> None:
    with pytest.raises(error, match=rf"^bad\.pdf: .*{message}"):
        one("bad.pdf", data)


# every format


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("data", [b"", b" \n\n"])
def test_empty(suffix: str, data: bytes) -> None:
    with pytest.raises(EmptyArticle, match=rf"^empty\{suffix}: "):
        one(f"empty{suffix}", data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "\ufeff \u200b"),
        ("a.md", "---\ntitle: x\n---\n \n"),
        ("a.json", "[]"),
        ("a.json", '{"text": " "}'),
        ("a.jsonl", '{"text": ""}'),
    ],
)
def test_nothing_to_read(name: str, data: str) -> None:
    with pytest.raises(EmptyArticle, match=rf"^{name}: "):
        one(name, data)


TEXTUAL = [suffix for suffix in SUFFIXES if suffix != ".pdf"]


@pytest.mark.parametrize("suffix", TEXTUAL)
def test_binary(suffix: str) -> None:
    with pytest.raises(BinaryArticle, match=rf"^bad\{suffix}: .*offset 5"):
        one(f"bad{suffix}", b"Kyiv \0 \xff")


@pytest.mark.parametrize("suffix", TEXTUAL)
@pytest.mark.parametrize("data", [b"Kyiv \xff", b"Kyiv \xe2\x82", b"Kyiv \xed\xa0\x80"])
def test_not_utf8(suffix: str, data: bytes) -> None:
    with pytest.raises(UndecodableArticle, match=rf"^bad\{suffix}: .*byte 5 "):
        one(f"bad{suffix}", data)


def test_utf16_is_not_called_binary() -> None:
    with pytest.raises(UndecodableArticle, match=r"byte 0 "):
        one("a.txt", "Kyiv".encode("utf-16"))


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".jsonl"])
def test_too_large(suffix: str) -> None:
    with pytest.raises(ArticleTooLarge, match=rf"^bad\{suffix}: "):
        one(f"bad{suffix}", b"x" * (MAX_ARTICLE_BYTES + 1))


def test_impossible_date() -> None:
    with pytest.raises(MalformedArticle, match=r"^bad\.txt: 2025-13-45 is not a date"):
        one("bad.txt", "date 2025-13-45 Kyiv has spoken.")


@pytest.mark.parametrize("name", ["a.docx", "a", ".txt", ""])
def test_unknown_suffix(name: str) -> None:
    with pytest.raises(MalformedArticle, match=r"unknown suffix .*\.pdf"):
        one(name, "Kyiv has spoken.")


def test_a_stem_that_is_no_id() -> None:
    with pytest.raises(MalformedArticle, match=r"the id has 201 characters"):
        one("i" * 201 + ".txt", "Kyiv has spoken.")


@given(st.binary(max_size=400), st.sampled_from(SUFFIXES))
def test_any_bytes_give_articles_or_an_article_error(data: bytes, suffix: str) -> None:
    try:
        articles = read_article_bytes(f"a{suffix}", data)
    except ArticleError as error:
        articles, message = (), str(error)
        event(error.code)
    assert all(article.text.strip() and article.title for article in articles)
    assert articles or message.startswith(f"a{suffix}: ")


# folders


def test_a_folder_is_walked_and_sorted_by_id(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "z.txt": "Z.",
            "sub/b.md": "B.",
            "sub/deep/a.JSON": '{"text": "A."}',
            "sub/.hidden.txt": "no",
            ".git/c.txt": "no",
            "photo.jpg": b"\xff",
            "README": "no",
        },
    )
    result = read_articles([tmp_path])
    assert [article.id for article in result.articles] == ["a", "b", "z"]
    assert (result.problems, result.ignored) == ((), 2)


def test_files_and_folders_together_read_each_file_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "A.", "sub/b.txt": "B."})
    (tmp_path / "link.txt").symlink_to("a.txt")
    paths = [tmp_path / "sub" / "b.txt", tmp_path, tmp_path / "sub"]
    assert [article.id for article in read_articles(paths).articles] == ["a", "b"]


def test_symlink_loops_end(tmp_path: Path) -> None:
    write(tmp_path, {"sub/a.txt": "A."})
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    result = read_articles([tmp_path])
    assert [article.id for article in result.articles] == ["a"]


def test_a_broken_link_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("nowhere")
    (tmp_path / "b.txt").symlink_to("b.txt")
    with pytest.raises(ArticleError, match=r"(?s)a\.txt: cannot be read: .*b\.txt: cannot be read"):
        read_articles([tmp_path])


def test_a_file_name_that_is_not_utf8_can_be_printed(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt"))
    path.write_text("Kyiv has spoken.")
    [article] = read_articles([tmp_path]).articles
    assert article.id == r"bad\xff"
    path.write_text("")
    with pytest.raises(EmptyArticle, match=r"bad\\xff\.txt: the file is empty"):
        read_articles([tmp_path])


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(MalformedArticle, match=r"a\.txt: not a regular file"):
        read_articles([tmp_path])


def test_same_id_twice_names_both_files(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "First.", "sub/a.md": "Second."})
    with pytest.raises(DuplicateArticle) as caught:
        read_articles([tmp_path])
    assert str(tmp_path / "a.txt") in str(caught.value)
    assert str(tmp_path / "sub" / "a.md") in str(caught.value)
    result = read_articles([tmp_path], skip_bad=True)
    assert [article.text for article in result.articles] == ["First."]
    assert [problem.path for problem in result.problems] == [tmp_path / "sub" / "a.md"]


@pytest.mark.parametrize("skip_bad", [False, True])
@pytest.mark.parametrize("name", ["nowhere", "a.txt/below", "sub/x.txt"])
def test_a_missing_path(tmp_path: Path, name: str, skip_bad: bool) -> None:
    write(tmp_path, {"a.txt": "A."})
    with pytest.raises(NoArticles) as caught:
        read_articles([tmp_path, tmp_path / name], skip_bad=skip_bad)
    assert str(caught.value) == f"{tmp_path / name}: no such file or folder"


def test_no_article_at_all(tmp_path: Path) -> None:
    write(tmp_path, {"photo.jpg": b"\xff"})
    with pytest.raises(NoArticles, match=rf"^{tmp_path}: no article found$"):
        read_articles([tmp_path])
    with pytest.raises(NoArticles, match=r"no path given"):
        read_articles([])


def test_a_named_file_with_an_unknown_suffix_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.docx": "A."})
    with pytest.raises(MalformedArticle, match=r"a\.docx: unknown suffix"):
        read_articles([tmp_path / "a.docx"])


def test_size_is_checked_before_reading(tmp_path: Path) -> None:
    for name, size in (("a.txt", MAX_ARTICLE_BYTES + 1), ("b.jsonl", 500_000_001)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)  # a sparse file: it takes no room
    with pytest.raises(ArticleTooLarge) as caught:
        read_articles([tmp_path])
    assert "a.txt: 20,000,001 bytes, over 20,000,000" in str(caught.value)
    assert "b.jsonl: 500,000,001 bytes, over 500,000,000" in str(caught.value)


@contextmanager
def without_root() -> Iterator[None]:
    """Root may read everything, so lay its rights down for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_permission_denied() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {"a.txt": "A.", "locked/b.txt": "B.", "c.txt": "C."})
        folder.chmod(0o755)
        (folder / "a.txt").chmod(0)
        (folder / "locked").chmod(0)
        with without_root():
            result = read_articles([folder], skip_bad=True)
            with pytest.raises(ArticleError, match=r"b\.txt: cannot be read: Permission denied"):
                read_articles([folder / "locked" / "b.txt"])
        (folder / "locked").chmod(0o755)
    assert [article.id for article in result.articles] == ["c"]
    assert [str(problem.error) for problem in result.problems] == [
        f"{folder / 'a.txt'}: cannot be read: Permission denied",
        f"{folder / 'locked'}: cannot be read: Permission denied",
    ]


def test_one_problem_is_raised_itself(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "A.", "b.txt": ""})
    with pytest.raises(EmptyArticle, match=r"b\.txt: the file is empty$"):
        read_articles([tmp_path])


def test_several_problems_are_listed_together(tmp_path: Path) -> None:
    lines = "\n".join(["{}"] * 12)
    write(tmp_path, {"a.txt": "", "b.txt": b"\xff", "c.jsonl": lines})
    with pytest.raises(ArticleError) as caught:
        read_articles([tmp_path])
    listed = str(caught.value).splitlines()
    assert listed[0] == "14 files or records cannot be read:"
    assert [line.startswith(str(tmp_path)) for line in listed[1:11]] == [True] * 10
    assert listed[11:] == ["and 4 more"]
    assert type(caught.value) is ArticleError


def test_problems_of_one_kind_keep_it(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "", "b.txt": ""})
    with pytest.raises(EmptyArticle, match=r"^2 files"):
        read_articles([tmp_path])


def test_skipped_problems_are_returned_and_all_bad_is_no_articles(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "", "b.jsonl": '{"text": "B."}\n{"text": 5}'})
    result = read_articles([tmp_path], skip_bad=True)
    assert [article.id for article in result.articles] == ["b-1"]
    assert [(p.path.name, p.error.code) for p in result.problems] == [
        ("a.txt", "empty_article"),
        ("b.jsonl", "malformed_article"),
    ]
    with pytest.raises(NoArticles, match=r"1 bad files or records were skipped"):
        read_articles([tmp_path / "a.txt"], skip_bad=True)


def test_every_error_has_a_cause_or_says_it_itself() -> None:
    with pytest.raises(DatelineError) as caught:
        one("a.json", "{")
    assert isinstance(caught.value.__cause__, ValueError)
