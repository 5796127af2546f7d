"""The terminal: every bad input is one clear line with a remedy and an exit status of its own."""

import asyncio
import json
import socket
import subprocess  # the command line is a process
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from index.articles import MAX_ARTICLE_BYTES, Article
from index.build import sync
from index.generation import load_generation
from index.models import Catalogue
from index.store import Store
from rag.cli import change_fields, change_in_words, in_words, main
from rag.cli.serving import listen
from rag.cli.terminal import as_json, say, write
from rag.settings import PROJECT, Settings
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Conflict,
    ConflictSide,
    Receipt,
    Refusal,
    RefusalCode,
    Status,
    Timings,
)
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    def check(self, status: int, code: str, *words: str) -> None:
        """One line that names the thing, one with the remedy, and nothing else."""
        lines = self.err.splitlines()
        assert (self.status, self.out) == (status, "")
        assert len(lines) == 2, self.err
        assert lines[0].startswith(f"error [{code}]: ")
        assert lines[1].startswith("  ")
        assert lines[1].strip()
        for word in words:
            assert word in lines[0]


Dateline = Callable[..., Ended]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder and a model cache of the test's own, both empty; and a file of settings."""
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("DATELINE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("DATELINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATELINE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "data"


@pytest.fixture
def dateline(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Dateline:
    """Run a command line in this process."""

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["dateline", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def indexed(data: Path, seeds: tuple[Article, ...]) -> Store:
    """The seeds in the data folder's index, made by the fake embedder."""
    store = Store(data / "index")
    sync(store, seeds, FakeEmbedder, no_progress)
    return store


def write_huge(folder: Path) -> None:
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(MAX_ARTICLE_BYTES + 1)  # sparse: no byte of it is on the disk


def write_twins(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "twin.txt").write_text(f"It rained {name}.", encoding="utf-8")


def writes(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


BAD_FOLDERS: dict[str, tuple[Callable[[Path], object], int, str, str]] = {
    "an empty file": (writes("void.txt", b""), 65, "empty_article", "void.txt"),
    "white space": (writes("blank.txt", b" \n\t\n"), 65, "empty_article", "blank.txt"),
    "a binary file": (writes("pic.txt", b"GIF\0\1\2"), 65, "binary_article", "pic.txt"),
    "broken UTF-8": (writes("old.txt", b"caf\xe9 closed."), 65, "broken_utf8", "old.txt"),
    "a huge file": (write_huge, 65, "article_too_large", "huge.txt"),
    "broken JSON": (writes("a.json", b'{"id": '), 65, "malformed_article", "a.json"),
    "a duplicate id": (write_twins, 65, "duplicate_article", "twin"),
    "an empty folder": (lambda folder: None, 66, "no_articles", "news"),
    "no article": (writes("a.docx", b"x"), 66, "no_articles", "news"),
}


@pytest.mark.parametrize("kind", BAD_FOLDERS)
def test_a_bad_folder_is_named_and_the_old_index_stays(
    dateline: Dateline, indexed: Store, tmp_path: Path, kind: str
) -> None:
    write, status, code, name = BAD_FOLDERS[kind]
    before = load_generation(indexed)
    folder = tmp_path / "news"
    folder.mkdir()
    write(folder)
    dateline("index", str(folder)).check(status, code, name)
    after = load_generation(indexed)
    assert (after.id, after.articles) == (before.id, before.articles)
    assert [path.name for path in indexed.root.glob("tmp-*")] == []


def test_a_path_that_does_not_exist_is_named(dateline: Dateline, data: Path) -> None:
    dateline("index", str(data / "gone")).check(66, "no_articles", "gone")


def test_several_bad_files_are_one_line(dateline: Dateline, tmp_path: Path) -> None:
    for name, content in (("a.txt", b""), ("b.txt", b"\0"), ("c.txt", b"It rained.")):
        (tmp_path / name).write_bytes(content)
    ended = dateline("index", str(tmp_path))
    assert ended.status == 65
    assert "a.txt" in ended.err
    assert "b.txt" in ended.err
    assert "Traceback" not in ended.err


def test_nothing_but_bad_files_is_no_article(dateline: Dateline, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    ended = dateline("index", "--skip-bad", str(tmp_path))
    assert (ended.status, ended.out) == (66, "")
    assert ended.err.startswith("error [no_articles]: ")


def test_bad_files_can_be_skipped(
    dateline: Dateline, data: Path, tmp_path: Path, seeds: tuple[Article, ...]
) -> None:
    rain = Article(id="rain", title="It rained.", text="It rained.")
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "rain.txt").write_text(rain.text, encoding="utf-8")
    (folder / "void.txt").write_bytes(b"")
    sync(Store(data / "index"), [rain], FakeEmbedder, no_progress)
    ended = dateline("index", "--skip-bad", str(folder))
    assert ended.status == 0
    assert ended.err.startswith("skipped [empty_article]: ")
    assert "void.txt" in ended.err
    assert ended.out.startswith("0 added, 0 updated, 0 removed, 1 unchanged; generation ")


def test_indexing_again_says_that_nothing_changed(
    dateline: Dateline, indexed: Store, seeds: tuple[Article, ...]
) -> None:
    """The embedder is not even loaded: there is none in this cache."""
    generation = indexed.newest().id
    ended = dateline("index")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == (f"0 added, 0 updated, 0 removed, 2 unchanged; generation {generation}\n")
    ended = dateline("index", "--json", str(PROJECT / "seeds"))
    assert json.loads(ended.out) == {
        "generation": generation,
        "added": [],
        "updated": [],
        "removed": [],
        "unchanged": [article.id for article in seeds],
    }


def test_what_changed_is_printed(tmp_path: Path) -> None:
    def article(name: str, text: str) -> Article:
        return Article(id=name, title="", text=text)

    store = Store(tmp_path)
    before = [article("a", "It rained."), article("b", "It snowed."), article("c", "It froze.")]
    after = [article("b", "It snowed."), article("c", "It thawed."), article("d", "It blew.")]
    sync(store, before, FakeEmbedder, no_progress)
    change = sync(store, after, FakeEmbedder, no_progress)
    assert change_in_words(change) == (
        f"+ d\n~ c\n- a\n1 added, 1 updated, 1 removed, 1 unchanged; generation {store.newest().id}"
    )
    assert change_fields(change) == {
        "generation": store.newest().id,
        "added": ["d"],
        "updated": ["c"],
        "removed": ["a"],
        "unchanged": ["b"],
    }


def test_without_its_embedder_nothing_is_indexed(dateline: Dateline, data: Path) -> None:
    dateline("index").check(66, "model_missing", "minilm")
    assert list((data / "index").glob("0*")) == []


@pytest.mark.parametrize("question", ["", "   ", "?!"])
def test_an_empty_question(dateline: Dateline, question: str) -> None:
    dateline("ask", question).check(2, "empty_question", "the question is empty")


def test_a_question_of_100_000_characters(dateline: Dateline) -> None:
    words = "the question has 100000 characters; 2000 are allowed"
    dateline("ask", "x" * 100_000).check(2, "question_too_long", words)


def test_a_question_without_an_index(dateline: Dateline) -> None:
    dateline("ask", "Who?").check(66, "no_index", "there is no index")


def test_a_damaged_index(dateline: Dateline, indexed: Store) -> None:
    (indexed.newest().folder / "articles.jsonl").write_text("[]\n", encoding="utf-8")
    dateline("ask", "Who?").check(65, "index_corrupt", "articles.jsonl")


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    ("model", "status", "code", "words"),
    [
        ("qwen2.5-coder-1.5", 2, "unknown_model", "did you mean qwen2.5-coder-1.5b"),
        ("minilm", 2, "unknown_model", "minilm is an embedding model"),
        ("gone/model.gguf", 66, "model_missing", "gone/model.gguf"),
        ("smollm2-135m", 66, "model_missing", "smollm2-135m"),
    ],
)
@pytest.mark.parametrize("command", [("ask", "Who?"), ("serve", "--port", "0")])
def test_a_model_that_cannot_be_used_is_named_before_anything_is_loaded(
    dateline: Dateline, command: tuple[str, ...], model: str, status: int, code: str, words: str
) -> None:
    dateline(*command, "--model", model).check(status, code, words)


@pytest.mark.parametrize("command", [("path",), ("verify",), ("pull",)])
def test_a_model_that_the_catalogue_does_not_hold(
    dateline: Dateline, command: tuple[str, ...]
) -> None:
    dateline("models", *command, "gpt").check(2, "unknown_model", "'gpt'")


def test_a_model_that_is_not_in_the_cache(dateline: Dateline) -> None:
    dateline("models", "path", "minilm").check(66, "model_missing", "minilm")
    dateline("models", "verify", "minilm").check(66, "model_missing", "minilm")


def test_models_are_listed(dateline: Dateline) -> None:
    ended = dateline("models", "list", "--json")
    rows = {row["name"]: row for row in json.loads(ended.out)}
    assert rows["qwen2.5-coder-1.5b"] == {
        "name": "qwen2.5-coder-1.5b",
        "role": "answer",
        "default": True,
        "licence": "Apache-2.0",
        "bytes": 1_117_320_768,
        "path": None,
    }
    lines = dateline("models", "list").out.splitlines()
    assert lines[0].split() == [
        *["*", "qwen2.5-coder-1.5b", "answer", "1,117", "MB", "Apache-2.0", "not", "fetched"]
    ]


def test_a_port_in_use_is_named(dateline: Dateline) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        dateline("serve", "--port", str(port)).check(69, "port_in_use", f"127.0.0.1:{port}")


def test_what_is_sent_leaves_at_once(settings: Settings) -> None:
    """Every reply was held back for 40 ms, until the client had confirmed its headers."""

    async def is_undelayed() -> bool:
        found = asyncio.get_running_loop().create_future()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted_by = writer.get_extra_info("socket")
            found.set_result(accepted_by.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listen(settings.model_copy(update={"port": 0}))
        async with await asyncio.start_server(accepted, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            undelayed = bool(await found)
            writer.close()
            await writer.wait_closed()
        return undelayed

    assert asyncio.run(is_undelayed())


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_a_port_that_does_not_exist(dateline: Dateline, port: str) -> None:
    dateline("serve", "--port", port).check(78, "bad_setting", "'port'")


def test_a_bad_setting_in_the_environment(
    dateline: Dateline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_THREADS", "many")
    dateline("ask", "Who?").check(78, "bad_setting", "'threads'")


def test_settings_are_printed_with_their_values_and_origins(
    dateline: Dateline, tmp_path: Path
) -> None:
    ended = dateline("settings", "--json", "--set", "answers_kept=7")
    rows = {row["name"]: row for row in json.loads(ended.out)}
    assert list(rows) == list(Settings.model_fields)
    assert rows["answers_kept"] | {"description": ""} == {
        "name": "answers_kept",
        "value": 7,
        "origin": "flag",
        "place": None,
        "description": "",
    }
    assert (rows["data_dir"]["origin"], rows["data_dir"]["place"]) == (
        "environment",
        "DATELINE_DATA_DIR",
    )
    assert (rows["port"]["value"], rows["port"]["origin"]) == (8000, "default")


def test_printed_settings_are_a_settings_file(dateline: Dateline, tmp_path: Path) -> None:
    file = tmp_path / "printed.toml"
    first = dateline("settings", "--set", 'model=a"b\\c’.gguf', "--set", "refuse_below=0.25")
    file.write_text(first.out, encoding="utf-8")
    assert tomllib.loads(first.out)["model"] == 'a"b\\c’.gguf'
    again = json.loads(dateline("settings", "--json", "--config", str(file)).out)
    chosen = {row["name"]: row["value"] for row in again if row["value"] is not None}
    assert chosen == tomllib.loads(first.out)


@pytest.mark.parametrize("command", [("ask", "Who?"), ("index",), ("serve",), ("settings",)])
def test_every_command_takes_any_setting_and_names_a_wrong_one(
    dateline: Dateline, tmp_path: Path, command: tuple[str, ...]
) -> None:
    dateline(*command, "--set", "portt=1").check(78, "bad_setting", "'portt'; did you mean port?")
    file = tmp_path / "mine.toml"
    file.write_text("answer_tokens = 0", encoding="utf-8")
    ended = dateline(*command, "--config", str(file))
    ended.check(78, "bad_setting", "'answer_tokens'", "mine.toml")


@pytest.mark.parametrize("arguments", [("ask",), ("fly",), ("ask", "Who?", "--loud")])
def test_a_line_that_is_not_understood(dateline: Dateline, arguments: tuple[str, ...]) -> None:
    ended = dateline(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert "Usage: " in ended.err
    assert "Traceback" not in ended.err


def test_help_names_the_commands(dateline: Dateline) -> None:
    ended = dateline("--help")
    assert (ended.status, ended.err) == (0, "")
    for command in ("ask", "index", "serve", "settings", "models", "eval"):
        assert f" {command} " in ended.out


RAIN = Article(id="rain", title="", text="It rained.\nHard.", published=date(2025, 3, 4))
ANSWER = Answer(
    status=Status.ANSWERED,
    refusal=None,
    sentences=(AnswerSentence("It rained hard.", (1, 2), 1.0),),
    citations=(
        Citation(1, RAIN, 0, 16, "It rained.\nHard."),
        Citation(2, replace(RAIN, id="undated", published=None), 0, 10, "It rained."),
    ),
    agreement=(),
    confidence=0.9,
    question_used="Did it rain?",
    timings=Timings(1, 2, 3),
    receipt=Receipt("0" * 64, "g", "1" * 64, "test"),
)


def test_an_answer_in_words() -> None:
    assert in_words(ANSWER) == (
        "It rained hard [1][2].\n\n"
        "[1] rain:0-16 (2025-03-04) It rained. Hard.\n"
        "[2] undated:0-10 (undated) It rained."
    )


def test_a_refusal_in_words() -> None:
    refusal = Refusal(RefusalCode.OFF_TOPIC, "The articles are about something else.")
    refused = replace(ANSWER, status=Status.REFUSED, refusal=refusal, sentences=(), citations=())
    assert in_words(refused) == "No answer: The articles are about something else."


def test_a_refusal_in_words_quotes_the_nearest_on_one_line() -> None:
    refusal = Refusal(RefusalCode.NOT_IN_ARTICLES, "The articles do not say when it rained.", (1,))
    refused = replace(
        ANSWER,
        status=Status.REFUSED,
        refusal=refusal,
        sentences=(),
        citations=ANSWER.citations[:1],
    )
    assert in_words(refused) == (
        "No answer: The articles do not say when it rained.\n"
        "The nearest that they say:\n"
        "[1] rain:0-16 (2025-03-04) It rained. Hard."
    )


def test_conflicts_in_words_stand_between_the_answer_and_its_quotations() -> None:
    sides = (ConflictSide("18 people", (1,)), ConflictSide("20 people", (2, 1)))
    differing = replace(ANSWER, conflicts=(Conflict("people killed", sides), Conflict("", sides)))
    assert in_words(differing) == (
        "It rained hard [1][2].\n\n"
        "The articles differ on people killed: 18 people [1] / 20 people [2][1]\n\n"
        "The articles differ: 18 people [1] / 20 people [2][1]\n\n"
        "[1] rain:0-16 (2025-03-04) It rained. Hard.\n"
        "[2] undated:0-10 (undated) It rained."
    )


def test_a_terminal_is_told_no_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences of articles were printed as they were: they could hide or forge text."""
    write("one\ttwo\n\x1b[31mred\r\x9b2J\x7f \u202eZelensky’s ü")
    say("\x1b]0;title\x07")
    shown = capsys.readouterr()
    assert shown.out == "one\ttwo\n\\u001b[31mred\\u000d\\u009b2J\\u007f \\u202eZelensky’s ü\n"
    assert shown.err == "\\u001b]0;title\\u0007\n"


def test_json_stays_json_for_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"quote": "\x1b[31m \x9b \x7f \u202e “é”"}
    write(as_json(value))
    assert json.loads(capsys.readouterr().out) == value


def test_the_process_itself_ends_with_the_status(tmp_path: Path) -> None:
    ended = subprocess.run(  # our own program
        [sys.executable, "-c", "from rag.cli import main; main()", "ask", "  "],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=PROJECT,
        env={"DATELINE_DATA_DIR": str(tmp_path), "PATH": ""},
    )
    Ended(ended.returncode, ended.stdout, ended.stderr).check(2, "empty_question")


def test_if_missing_leaves_an_index_as_it_is(
    dateline: Dateline, indexed: Store, tmp_path: Path
) -> None:
    """`make serve` replaced a user's own index by the seeds, or took a lock file for an index."""
    before = indexed.newest()
    (tmp_path / "other.txt").write_text("Another article. It rained.")
    ended = dateline("index", "--if-missing", str(tmp_path / "other.txt"))
    assert (ended.status, indexed.newest()) == (0, before)


def test_if_missing_does_not_take_a_lock_for_an_index(
    dateline: Dateline, data: Path, tmp_path: Path
) -> None:
    (data / "index").mkdir(parents=True)
    (data / "index" / "write.lock").touch()
    assert dateline("index", "--if-missing", str(tmp_path / "gone")).status == 66


@pytest.mark.usefixtures("indexed")
def test_a_changed_model_file_is_noticed_when_it_is_used(dateline: Dateline, data: Path) -> None:
    entry = Catalogue.load().get("smollm2-135m")
    path = data.parent / "cache" / "models" / entry.name / entry.files[0].path
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(entry.files[0].size_bytes)
    ended = dateline("ask", "--model", "smollm2-135m", "Who is Syrskyi?")
    assert ended.status == 65
    assert "model_hash_mismatch" in ended.err
