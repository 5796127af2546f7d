from pathlib import Path

import numpy as np
import pytest

from index.embed import Embedder, SentenceTransformerEmbedder, processor_has_bf16
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
