import contextlib
import errno
import io
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.articles import Article
from index.build import sync
from index.errors import DiskFull, IndexBusy, IndexCorrupt, IndexMissing, IndexUnwritable
from index.generation import Reader, load_generation
from index.store import MANIFEST, Published, Store, read_manifest, verify_files
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder

PROJECT = Path(__file__).parents[2]

OLD = (
    Article("a", "Rain fell on Kursk. The river rose by 1.2 metres.", "Rain"),
    Article("b", "The mayor spoke. “Stay calm,” he said.", "Mayor", "BBC", date(2025, 4, 8)),
)
NEW = (*OLD, Article("c", "A bridge fell. Nobody was hurt. Trains wait.", "Bridge"))

KEEPS_SERVING = "the previous index keeps serving"
WORDS = ("data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy")
FILES = sorted(
    [
        "articles.jsonl",
        *(f"{kind}.{suffix}" for kind in ("chunks", "sentences") for suffix in ("faiss", "npy")),
        *(
            f"{kind}.bm25/{name}"
            for kind in ("chunks", "sentences")
            for name in (*WORDS, "params.index.json", "vocab.index.json")
        ),
    ]
)


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    """A store whose folder does not exist yet."""
    return Store(tmp_path / "data" / "index")


@pytest.fixture
def filled(empty: Store) -> Store:
    """A store with one real generation, `OLD`."""
    index(empty, OLD)
    return empty


def index(store: Store, articles: tuple[Article, ...]) -> str:
    return sync(store, articles, FakeEmbedder, no_progress).generation


def fill(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "inner").mkdir()
        (folder / "inner" / "text.txt").write_text(text, encoding="utf-8")

    return write


def publish(store: Store, text: str) -> Published:
    with store.writing():
        return store.publish(fill(text), embedder="fake", articles={"a": text})


def names(store: Store) -> list[str]:
    return sorted(path.name for path in store.root.iterdir())


def numbers(store: Store) -> list[int]:
    return [int(name[:8]) for name in names(store) if name.startswith("0")]


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def ids(store: Store) -> list[str]:
    return [article.id for article in load_generation(store).articles]


# --- publishing


def test_a_published_generation_is_the_newest(empty: Store) -> None:
    for number, text in enumerate(["one", "two", "three"], start=1):
        published = publish(empty, text)
        assert published == empty.newest() == Store(empty.root).newest()
        assert published.number == number
        assert published.folder == empty.root / f"{number:08d}-{published.id}"
        manifest = read_manifest(published)
        verify_files(published, manifest)
        assert manifest.generation_id == published.id
        assert manifest.articles == {"a": text}
        assert contents(published.folder).keys() == {"inner/text.txt", MANIFEST}


@pytest.mark.parametrize("made", [False, True])
def test_no_generation_is_index_missing(empty: Store, made: bool) -> None:
    if made:
        (empty.root / "tmp-crashed").mkdir(parents=True)
        (empty.root / "notes").mkdir()
        (empty.root / "1-0123456789abcdef").mkdir()
    with pytest.raises(IndexMissing, match=r"there is no index in .*/data/index"):
        empty.newest()
    with pytest.raises(IndexMissing):
        load_generation(empty)
    with pytest.raises(IndexMissing), empty.hold():
        pass


def test_numbers_are_compared_as_numbers_and_never_used_twice(empty: Store) -> None:
    for text in map(str, range(12)):
        publish(empty, text)
    assert empty.newest().number == 12
    shutil.rmtree(empty.root / names(empty)[0])
    assert publish(empty, "again").number == 13


def test_same_articles_give_same_id_and_same_bytes(tmp_path: Path) -> None:
    one, two = Store(tmp_path / "one"), Store(tmp_path / "two")
    assert index(one, NEW) == index(two, tuple(reversed(NEW)))
    assert names(one) == names(two)
    assert contents(one.newest().folder) == contents(two.newest().folder)


def test_other_articles_give_another_id(tmp_path: Path) -> None:
    retitled = (Article("a", OLD[0].text, "Flood"), OLD[1])
    stores = [Store(tmp_path / name) for name in "abc"]
    given = [OLD, NEW, retitled]
    assert len({index(store, articles) for store, articles in zip(stores, given, strict=True)}) == 3


# --- what is on disk


def test_what_is_loaded_is_what_was_indexed(filled: Store) -> None:
    generation = load_generation(filled)
    assert generation.articles == OLD
    assert generation.id == filled.newest().id
    assert generation.embedder == "fake"
    sentences = [generation.sentence(row) for row in range(len(generation.sentence_spans))]
    assert [(s.article_id, s.text) for s in sentences] == [
        ("a", "Rain fell on Kursk."),
        ("a", "The river rose by 1.2 metres."),
        ("b", "The mayor spoke."),
        ("b", "“Stay calm,” he said."),
    ]
    assert [generation.home(row).text for row in (0, 3)] == [a.text for a in OLD]
    assert generation.sentences_of_chunk == ((0, 1), (2, 3))


def test_nothing_on_disk_is_a_pickle(filled: Store) -> None:
    folder = filled.newest().folder
    assert sorted(contents(folder)) == sorted([*FILES, MANIFEST])
    for name, data in contents(folder).items():
        match name.rsplit(".", 1)[1]:
            case "npy":
                array = np.load(io.BytesIO(data), allow_pickle=False)
                assert array.dtype.kind in "if"
                buffer = io.BytesIO()
                np.save(buffer, array, allow_pickle=False)
                assert buffer.getvalue() == data
            case "json":
                assert isinstance(json.loads(data), dict)
            case "jsonl":
                assert [json.loads(line)[0] for line in data.splitlines()] == ["a", "b"]
            case _:
                assert isinstance(
                    faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)), faiss.IndexFlat
                )


# --- damage


def truncate(data: bytes) -> bytes | None:
    return data[:-1]


def empty_out(data: bytes) -> bytes | None:
    return b""


def grow(data: bytes) -> bytes | None:
    return data + b"\n"


def flip_first(data: bytes) -> bytes | None:
    return bytes([data[0] ^ 1]) + data[1:]


def flip_last(data: bytes) -> bytes | None:
    return data[:-1] + bytes([data[-1] ^ 1])


def garbage(data: bytes) -> bytes | None:
    return b"\x80" * len(data)


def remove(data: bytes) -> bytes | None:
    return None


DAMAGES = [truncate, empty_out, grow, flip_first, flip_last, garbage, remove]


def damage(path: Path, how: Callable[[bytes], bytes | None]) -> None:
    data = how(path.read_bytes())
    path.unlink() if data is None else path.write_bytes(data)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_file_is_named_and_never_parsed(
    filled: Store, how: Callable[[bytes], bytes | None]
) -> None:
    """Had a parser seen the damaged file first, its own error would come, or none."""
    folder = filled.newest().folder
    for name in FILES:
        data = (folder / name).read_bytes()
        damage(folder / name, how)
        with pytest.raises(IndexCorrupt) as caught:
            load_generation(filled)
        assert str(folder / name) in str(caught.value)
        assert caught.value.__cause__ is None
        (folder / name).write_bytes(data)
    assert ids(filled) == ["a", "b"]


@pytest.mark.parametrize("name", ["articles.jsonl", "sentences.npy", "chunks.bm25"])
def test_a_folder_or_file_in_the_wrong_place_is_corrupt(filled: Store, name: str) -> None:
    path = filled.newest().folder / name
    if path.is_dir():
        shutil.rmtree(path)
        path.write_bytes(b"")
    else:
        path.unlink()
        path.mkdir()
    with pytest.raises(IndexCorrupt, match=name):
        load_generation(filled)


def field(name: str, value: object) -> Callable[[bytes], bytes | None]:
    def change(data: bytes) -> bytes:
        return json.dumps(json.loads(data) | {name: value}).encode()

    return change


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (truncate, "cannot be read as a manifest"),
        (empty_out, "cannot be read as a manifest"),
        (garbage, "cannot be read as a manifest"),
        (remove, "cannot be read as a manifest"),
        (lambda data: b"[]", "cannot be read as a manifest"),
        (lambda data: b'{"format": 1}', "cannot be read as a manifest"),
        (field("extra", 1), "cannot be read as a manifest"),
        (field("files", {"a": {"bytes": "many", "sha256": ""}}), "cannot be read as a manifest"),
        (field("format", 99), "has format 99; this version reads"),
        (field("embedder", "other"), "is not the manifest that was published"),
        (field("files", {}), "is not the manifest that was published"),
    ],
)
def test_a_broken_or_foreign_manifest_is_named(
    filled: Store, how: Callable[[bytes], bytes | None], message: str
) -> None:
    """Without its manifest, the newest generation was waited for in an endless loop."""
    path = filled.newest().folder / MANIFEST
    damage(path, how)
    with pytest.raises(IndexCorrupt, match=message) as caught:
        load_generation(filled)
    assert str(path) in str(caught.value)


def test_another_generations_manifest_is_foreign(filled: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    index(other, NEW)
    shutil.copyfile(other.newest().folder / MANIFEST, filled.newest().folder / MANIFEST)
    with pytest.raises(IndexCorrupt, match="is not the manifest that was published"):
        load_generation(filled)


# --- writers

WRITER = """
import sys
from pathlib import Path
from index.store import Store
with Store(Path(sys.argv[1])).writing():
    print("writing", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def other_writer(root: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that is writing the index, until its standard input is closed."""
    with subprocess.Popen(  # noqa: S603  # our own interpreter and code
        [sys.executable, "-c", WRITER, root],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        yield process


def test_a_second_writer_is_told_that_the_index_is_busy(filled: Store) -> None:
    with other_writer(filled.root) as process:
        leftover = filled.root / "tmp-of-the-other"
        leftover.mkdir()
        with pytest.raises(IndexBusy, match=f"another process .* in {filled.root}"):
            index(filled, NEW)
        assert leftover.is_dir()
        assert ids(filled) == ["a", "b"]
        process.communicate()
    index(filled, NEW)
    assert ids(filled) == ["a", "b", "c"]
    assert not leftover.exists()


def test_a_killed_writer_blocks_nobody(filled: Store) -> None:
    with other_writer(filled.root) as process:
        process.kill()
        process.wait()
    index(filled, NEW)
    assert ids(filled) == ["a", "b", "c"]


def test_two_writers_in_one_process_are_two_writers(empty: Store) -> None:
    with empty.writing(), pytest.raises(IndexBusy), Store(empty.root).writing():
        pass


def test_a_blocked_read_inside_the_block_is_not_a_busy_index(empty: Store) -> None:
    """Any BlockingIOError raised while writing was reported as another process's lock."""
    with pytest.raises(BlockingIOError, match="a pipe"), empty.writing():
        raise BlockingIOError(errno.EAGAIN, "a pipe")


def test_leftovers_of_a_crashed_writer_are_cleared_by_the_next(filled: Store) -> None:
    for name in ("tmp-1", "tmp-2/sentences.bm25"):
        (filled.root / name).mkdir(parents=True)
        (filled.root / name / "data").write_bytes(b"half")
    assert ids(filled) == ["a", "b"]
    assert "tmp-1" in names(filled)
    with filled.writing():
        assert names(filled) == [filled.newest().folder.name, "write.lock"]


def test_a_failing_write_leaves_nothing_behind(filled: Store) -> None:
    before = names(filled)

    def fail(folder: Path) -> None:
        fill("half")(folder)
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"), filled.writing():
        filled.publish(fail, embedder="fake", articles={})
    assert names(filled) == before
    assert ids(filled) == ["a", "b"]


def test_a_root_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with pytest.raises(IndexUnwritable, match="file"), Store(file / "index").writing():
        pass


# --- a full disk


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EIO, OSError)],
)
def test_no_space_is_disk_full_and_other_errors_are_themselves(
    filled: Store, number: int, expected: type[Exception]
) -> None:
    before = names(filled)
    error = OSError(number, os.strerror(number))

    def fail(folder: Path) -> None:
        fill("half")(folder)
        raise error

    with pytest.raises(expected) as caught, filled.writing():
        filled.publish(fail, embedder="fake", articles={})
    assert type(caught.value) is expected
    assert error in (caught.value, caught.value.__cause__)
    assert names(filled) == before
    assert ids(filled) == ["a", "b"]


@pytest.mark.parametrize("name", [name for name in FILES if "/" not in name])
def test_every_file_notices_a_full_device(filled: Store, name: str) -> None:
    before, generation = names(filled), load_generation(filled)

    def write(folder: Path) -> None:
        (folder / name).symlink_to("/dev/full")
        generation.write(folder)

    with pytest.raises(DiskFull, match=str(filled.root)), filled.writing():
        filled.publish(write, embedder="fake", articles={})
    assert names(filled) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)  # noqa: S603  # nothing foreign
    if done.returncode:
        pytest.skip(f"cannot mount a file system: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607  # as above


def test_a_disk_that_fills_at_any_file_is_disk_full(small_disk: Path) -> None:
    """NumPy's `save` lost the end of an array silently, or raised an error without errno."""
    store = Store(small_disk / "index")
    index(store, OLD)
    before, ballast = names(store), small_disk / "ballast"
    long = Article("long", " ".join(f"Town{n} fell on day{n}. Rain." for n in range(150)), "Long")
    failed = 0
    for free_kib in range(0, 180, 4):
        ballast.unlink(missing_ok=True)
        ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - free_kib * 1024))
        try:
            index(store, (*OLD, long))
        except DiskFull:
            failed += 1
            assert names(store) == before
            assert ids(store) == ["a", "b"]
        else:
            break
    ballast.unlink()
    assert ids(store) == ["a", "b", "long"]
    assert failed > 15


# --- readers and collection


def test_old_generations_are_collected_but_not_one_that_is_held(empty: Store) -> None:
    publish(empty, "one")
    with Store(empty.root).hold() as held:
        for text in ("two", "three", "four"):
            publish(empty, text)
        assert numbers(empty) == [1, 3, 4]
        verify_files(held, read_manifest(held))
    assert numbers(empty) == [1, 3, 4]
    with empty.writing():
        assert numbers(empty) == [3, 4]
    publish(empty, "five")
    assert numbers(empty) == [4, 5]


def test_a_half_collected_generation_is_collected_by_the_next(empty: Store) -> None:
    first = publish(empty, "one")
    with empty.hold():
        publish(empty, "two")
        publish(empty, "three")
    (first.folder / MANIFEST).unlink()
    publish(empty, "four")
    assert numbers(empty) == [3, 4]


class LateStore(Store):
    """A reader that is slow between looking for the newest generation and locking it."""

    def __init__(self, root: Path, seen: Published) -> None:
        super().__init__(root)
        self.seen: list[Published] = [seen]

    def newest(self) -> Published:
        return self.seen.pop() if self.seen else super().newest()


@pytest.mark.parametrize("later", [1, 2, 3])
def test_what_is_held_is_the_newest_even_if_another_came_meanwhile(
    empty: Store, later: int
) -> None:
    seen = publish(empty, "seen")
    for number in range(later):
        publish(empty, f"later {number}")
    assert seen.folder.exists() == (later == 1)
    with LateStore(empty.root, seen).hold() as held:
        assert held.number == 1 + later


def test_a_missing_file_inside_the_block_is_the_callers_own_error(filled: Store) -> None:
    """The error was swallowed, and the block was entered a second time: a RuntimeError."""
    with pytest.raises(FileNotFoundError, match="mine"), filled.hold():
        raise FileNotFoundError("mine")


def test_a_reader_hands_out_the_new_generation_when_there_is_one(filled: Store) -> None:
    reader = Reader(filled)
    old = reader.current()
    assert old.articles == OLD
    assert reader.current() is old
    index(filled, NEW)
    new = reader.current()
    assert new.articles == NEW
    assert reader.problem is None
    for _ in range(3):
        index(filled, OLD)
        index(filled, NEW)
    assert old.articles == OLD
    assert old.sentence(0).text == "Rain fell on Kursk."
    assert reader.current() is new


def test_a_reader_without_any_generation_raises(empty: Store) -> None:
    reader = Reader(empty)
    with pytest.raises(IndexMissing):
        reader.current()
    index(empty, OLD)
    damage(empty.newest().folder / "chunks.npy", flip_last)
    with pytest.raises(IndexCorrupt, match=r"chunks\.npy"):
        reader.current()
    index(empty, OLD)
    assert reader.current().articles == OLD


@pytest.mark.parametrize("name", ["chunks.npy", MANIFEST])
def test_a_reader_keeps_the_old_one_when_the_newer_is_corrupt(
    filled: Store, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Reader(filled)
    old = reader.current()
    index(filled, NEW)
    path = filled.newest().folder / name
    damage(path, remove)
    assert reader.current() is old
    assert reader.current() is old
    assert str(path) in (reader.problem or "")
    warning = ("index.generation", logging.WARNING, f"{KEEPS_SERVING}: {reader.problem}")
    assert [one for one in caplog.record_tuples if one[0] == "index.generation"] == [warning]
    index(filled, NEW)
    assert reader.current().articles == NEW
    assert reader.problem is None


def test_a_reader_keeps_the_old_one_when_the_folder_vanishes(filled: Store) -> None:
    reader = Reader(filled)
    old = reader.current()
    shutil.rmtree(filled.root)
    assert reader.current() is old
    assert reader.problem == f"there is no index in {filled.root}"
    index(filled, NEW)
    assert reader.current().articles == NEW
    assert reader.problem is None
