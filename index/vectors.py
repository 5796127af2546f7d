"""Exact inner-product search with FAISS."""

from pathlib import Path
from typing import cast

import faiss
import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors

Rows = NDArray[np.int64]


class VectorIndex:
    """Vectors in rows; row `i` is the i-th vector that it was built from."""

    def __init__(self, flat: faiss.IndexFlatIP) -> None:
        self._flat = flat

    @classmethod
    def build(cls, vectors: Vectors) -> "VectorIndex":
        """Index `(n, d) float32` unit rows; `n` may be 0."""
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(flat)

    @property
    def rows(self) -> int:
        """How many vectors it holds."""
        return int(self._flat.ntotal)

    def vectors(self) -> Vectors:
        """A copy of all vectors, `(rows, d) float32`."""
        return cast("Vectors", self._flat.reconstruct_n(0, self.rows))

    def search(
        self, query: Vectors, count: int, allowed: Rows | None = None
    ) -> list[tuple[int, float]]:
        """The nearest rows to one query vector `(d,)`.

        Returns:
            `(row, inner product)`, best first, ties by row; at most `count`, only `allowed` rows.
        """
        if count < 1 or not self.rows:
            return []
        wanted = count + 1
        found = self._nearest(query, wanted, allowed)
        while len(found) == wanted and found[-1][1] == found[count - 1][1]:
            wanted *= 2  # the cut falls among equals, of which FAISS keeps any: fetch them all
            found = self._nearest(query, wanted, allowed)
        return found[:count]

    def _nearest(
        self, query: Vectors, wanted: int, allowed: Rows | None
    ) -> list[tuple[int, float]]:
        faiss.omp_set_num_threads(1)  # of this thread: one query is too little to share
        parameters = None
        if allowed is not None:
            mask = np.zeros(self.rows, dtype=np.bool_)
            mask[allowed] = True
            bits = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]  # faiss wraps it
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # likewise
        scores, rows = self._flat.search(
            query.reshape(1, -1), min(wanted, self.rows), params=parameters
        )
        found = [(int(r), float(s)) for r, s in zip(rows[0], scores[0], strict=True) if r >= 0]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def similarity(self, query: Vectors, row: int) -> float:
        """Inner product of one query vector `(d,)` with one row."""
        return float(np.dot(query, self._flat.reconstruct(row)))

    def save(self, path: Path) -> None:
        """Write the index as one file."""
        path.write_bytes(faiss.serialize_index(self._flat).tobytes())

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Read one file; the caller has verified its checksum, since FAISS trusts its input."""
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        return cls(cast("faiss.IndexFlatIP", faiss.deserialize_index(data)))
