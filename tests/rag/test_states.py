"""Saved states: what is kept, for how long, and what is thrown away."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.engine.states import DIGEST_BYTES, StateStore

MADE_BY = "model build"


def store(folder: Path, memory: int = 1000, disk: int = 1000, by: str = MADE_BY) -> StateStore:
    return StateStore(folder, by, memory, disk)


def test_what_was_saved_is_loaded_also_by_another_process(tmp_path: Path) -> None:
    one = store(tmp_path / "deep" / "er")
    key = one.key([1, 2, 3])
    one.save(key, b"state", on_disk=True)
    assert one.load(key) == b"state"
    assert store(tmp_path / "deep" / "er").load(key) == b"state"


def test_what_is_not_for_the_disk_is_not_on_it(tmp_path: Path) -> None:
    one = store(tmp_path)
    one.save("a" * 64, b"state", on_disk=False)
    assert one.load("a" * 64) == b"state"
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)), st.text(max_size=3))
def test_a_key_names_tokens_and_what_stands_before_them(
    one: list[int], other: list[int], behind: str
) -> None:
    kept = store(Path("nowhere"))
    assert (kept.key(one) == kept.key(other)) == (one == other)
    assert (kept.key(one, behind) == kept.key(one)) == (behind == "")
    assert kept.key(one) != store(Path("nowhere"), by="another").key(one)


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "lengthen"])
def test_a_damaged_file_is_thrown_away(tmp_path: Path, damage: str) -> None:
    key = "b" * 64
    store(tmp_path).save(key, b"state of something", on_disk=True)
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    changed = {
        "flip": data[:-1] + bytes([data[-1] ^ 1]),
        "cut": data[: DIGEST_BYTES + 3],
        "empty": b"",
        "lengthen": data + b"x",
    }
    path.write_bytes(changed[damage])
    assert store(tmp_path).load(key) is None
    assert list(tmp_path.iterdir()) == []


def test_memory_keeps_its_bound_and_what_was_used_last(tmp_path: Path) -> None:
    one = store(tmp_path, memory=100)
    for name in ("a", "b"):
        one.save(name, name.encode() * 40, on_disk=False)
    assert one.load("a") == b"a" * 40
    one.save("c", b"c" * 40, on_disk=False)
    assert one.load("b") is None
    assert (one.load("a"), one.load("c")) == (b"a" * 40, b"c" * 40)


def test_what_is_larger_than_the_bound_is_not_kept_and_drives_nothing_out(tmp_path: Path) -> None:
    one = store(tmp_path, memory=100, disk=100)
    one.save("a", b"a" * 40, on_disk=True)
    one.save("b", b"b" * 101, on_disk=True)
    assert one.load("b") is None
    assert one.load("a") == b"a" * 40


def test_the_disk_keeps_its_bound_and_what_was_used_last(tmp_path: Path) -> None:
    size = 40 + DIGEST_BYTES
    for second, name in enumerate(("a", "b")):
        store(tmp_path, disk=2 * size).save(name, name.encode() * 40, on_disk=True)
        os.utime(tmp_path / f"{name}.state", (second, second))
    assert store(tmp_path).load("a") == b"a" * 40
    store(tmp_path, disk=2 * size).save("c", b"c" * 40, on_disk=True)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2 * size
    assert store(tmp_path).load("b") is None
    assert store(tmp_path).load("a") == b"a" * 40


def test_an_unfinished_file_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "x.partial").write_bytes(b"p" * 90)
    store(tmp_path, disk=100).save("a", b"a" * 40, on_disk=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.state"]


def test_a_folder_that_takes_nothing_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    one = store(tmp_path / "file")
    one.save("a", b"state", on_disk=True)
    assert one.load("a") == b"state"
