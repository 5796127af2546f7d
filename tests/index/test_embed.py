from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import Embedder, SentenceTransformerEmbedder, batches_of, processor_has_bf16
from index.models import Catalogue, locate
from rag.compose import embedder_of
from rag.settings import Settings

CPUINFO = """processor\t: 0
vendor_id\t: GenuineIntel
model name\t: {model}
flags\t\t: fpu vme sse4_2 avx avx2 avx512f {flags}

processor\t: 1
flags\t\t: fpu vme sse4_2 avx avx2 avx512f {flags}
"""


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("avx512_bf16 avx512vl", True),
        ("amx_bf16 amx_tile amx_int8", True),
        ("avx512_bf16 amx_bf16", True),
        ("avx512vl avx512_vnni", False),
        ("avx512_bf16x my_amx_bf16", False),
        ("", False),
    ],
)
def test_bf16_is_read_from_the_flags(tmp_path: Path, flags: str, expected: bool) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(CPUINFO.format(model="Xeon", flags=flags), encoding="ascii")
    assert processor_has_bf16(path) is expected


def test_a_machine_without_a_readable_cpuinfo_has_no_bf16(tmp_path: Path) -> None:
    assert processor_has_bf16(tmp_path / "missing") is False
    assert processor_has_bf16(tmp_path) is False


def test_bytes_that_are_not_ascii_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_bytes(b"model name : \xff\xfe\nflags : amx_bf16\n")
    assert processor_has_bf16(path) is True


@given(st.lists(st.integers(1, 300), max_size=200), st.integers(1, 1_000))
def test_batches_hold_every_row_once_and_keep_to_the_budget(
    lengths: list[int], budget: int
) -> None:
    batches = batches_of(lengths, budget)
    rows = [row for batch in batches for row in batch]
    assert rows == sorted(range(len(lengths)), key=lambda row: (-lengths[row], row))
    for batch in batches:
        longest = lengths[batch[0]]
        assert len(batch) == 1 or len(batch) * longest <= budget
        has_room = (len(batch) + 1) * longest <= budget
        assert batch is batches[-1] or not has_room


def test_short_texts_share_a_batch_that_few_long_ones_fill() -> None:
    assert batches_of([2, 10, 3, 10, 2, 2], 20) == [[1, 3], [2, 0, 4, 5]]
    assert batches_of([50, 1], 20) == [[0], [1]]
    assert batches_of([], 20) == []


TEXTS = [
    "kitten",
    "The cat sat on the mat. " * 60,
    "tax law",
    "cat",
    "Ukrainian troops hold positions in the Belgorod region of Russia.",
    "",
    "cat",
]


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return embedder_of(Settings())


@pytest.mark.real
def test_minilm_gives_unit_rows_in_the_order_of_the_texts(minilm: Embedder) -> None:
    done: list[int] = []
    rows = minilm.embed(TEXTS, done.append)
    assert rows.shape == (7, 384)
    assert rows.dtype == np.float32
    assert (minilm.name, minilm.dimension, minilm.max_tokens) == ("minilm", 384, 256)
    assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1.0] * 7, abs=1e-5)
    assert sum(done) == 7
    for row, text in zip(rows, TEXTS, strict=True):
        assert float(row @ minilm.embed([text])[0]) > 0.999


@pytest.mark.real
def test_what_shares_a_batch_changes_a_vector_by_rounding_alone() -> None:
    settings = Settings()
    entry = Catalogue.load().get(settings.embedder)
    full = SentenceTransformerEmbedder(locate(entry, settings.cache_dir), entry.name, bf16=False)
    texts = [f"{text} {number}" for number in range(30) for text in TEXTS]
    alone = np.concatenate([full.embed([text]) for text in texts[:20]])
    for order in (texts, texts[::-1]):
        rows = dict(zip(order, full.embed(order), strict=True))
        together = np.stack([rows[text] for text in texts[:20]])
        assert float(np.sum(together * alone, axis=1).min()) > 0.99999


@pytest.mark.real
def test_tokens_that_were_counted_are_those_that_are_embedded(minilm: Embedder) -> None:
    """The tokens of a count are kept for what is embedded next; a second run has none."""
    minilm.count_tokens([*TEXTS, "counted, yet never embedded"])
    rows = minilm.embed(TEXTS)
    assert np.array_equal(rows, minilm.embed(TEXTS))


@pytest.mark.real
def test_several_threads_may_embed_at_once(minilm: Embedder) -> None:
    """An index is made while questions are asked; each must get what it gets alone."""
    sentences = [f"On day {n} the town of Halven {n * n} was flooded again." for n in range(1500)]
    alone, lengths = minilm.embed(TEXTS), minilm.count_tokens(sentences[:200])
    with ThreadPoolExecutor(3) as threads:
        counted = threads.submit(minilm.count_tokens, sentences)
        made = [threads.submit(minilm.embed, TEXTS) for _ in range(8)]
        large = threads.submit(minilm.embed, sentences[:200])
        assert all(np.array_equal(one.result(), alone) for one in made)
        assert counted.result()[:200] == lengths
    assert np.array_equal(large.result(), minilm.embed(sentences[:200]))


@pytest.mark.real
def test_a_text_is_read_as_far_as_the_library_reads_it() -> None:
    from sentence_transformers import SentenceTransformer

    settings = Settings()
    entry = Catalogue.load().get(settings.embedder)
    folder = locate(entry, settings.cache_dir)
    plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    rows = SentenceTransformerEmbedder(folder, entry.name, bf16=False).embed(TEXTS)
    assert float(np.sum(rows * plain.encode(TEXTS), axis=1).min()) > 0.99999


@pytest.mark.real
def test_minilm_equals_itself(minilm: Embedder) -> None:
    rows = minilm.embed(TEXTS)
    assert np.array_equal(rows, minilm.embed(TEXTS))
    assert np.array_equal(rows, embedder_of(Settings()).embed(TEXTS))


@pytest.mark.real
def test_minilm_knows_what_is_near(minilm: Embedder) -> None:
    kitten, _, law, cat = minilm.embed(TEXTS[:4])
    assert float(cat @ kitten) > 0.6 > 0.3 > float(cat @ law)


@pytest.mark.real
def test_minilm_of_no_texts(minilm: Embedder) -> None:
    assert minilm.embed([]).shape == (0, 384)
    assert minilm.count_tokens([]) == []


@pytest.mark.real
def test_minilm_counts_tokens_uncut_and_without_special_ones(minilm: Embedder) -> None:
    assert minilm.count_tokens(["cat", "", "The cat sat.", "cat " * 400]) == [1, 0, 4, 400]


@pytest.mark.real
def test_bfloat16_is_float32_but_for_rounding() -> None:
    settings = Settings()
    entry = Catalogue.load().get(settings.embedder)
    folder = locate(entry, settings.cache_dir)
    full, half = (
        SentenceTransformerEmbedder(folder, entry.name, bf16=bf16).embed(TEXTS)
        for bf16 in (False, True)
    )
    cosines = np.sum(full * half, axis=1)
    assert float(cosines.min()) > 0.999
    assert not np.array_equal(full, half)
