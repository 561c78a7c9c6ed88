from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from recommender.serving.footprint import private_bytes

MEBIBYTE = 1024**2


class Holder:
    def __init__(self, **held: object) -> None:
        self.__dict__.update(held)


def test_an_array_counts_once_however_many_views_there_are():
    numbers = np.zeros(MEBIBYTE, dtype=np.uint8)
    views = Holder(whole=numbers, part=numbers[:10], other=numbers.view(np.int64), again=[numbers])
    assert MEBIBYTE <= private_bytes(views) < 1.01 * MEBIBYTE


def mapped(path: Path, numbers: np.ndarray) -> np.ndarray:
    np.save(path, numbers)
    return np.asarray(np.load(path, mmap_mode="r"))


def test_a_mapped_array_counts_nothing(tmp_path):
    values = mapped(tmp_path / "values.npy", np.zeros(MEBIBYTE, dtype=np.float32))
    columns = mapped(tmp_path / "columns.npy", np.zeros(MEBIBYTE, dtype=np.int32))
    matrix = sp.csr_matrix((values, columns, np.array([0, MEBIBYTE], dtype=np.int32)))
    assert private_bytes(Holder(values=values, slice=values[5:], matrix=matrix)) < 5_000


def test_texts_in_tables_count():
    words = {f"word {number}": {number} for number in range(1000)}
    texts = sum(map(sys.getsizeof, words)) + sum(map(sys.getsizeof, words.values()))
    assert private_bytes(words) >= texts + sys.getsizeof(words)


def test_what_others_own_too_does_not_count():
    encoder = Holder(weights=np.zeros(MEBIBYTE, dtype=np.uint8))
    assert private_bytes(Holder(encoder=encoder), shared=[encoder]) < 1000


def test_an_object_may_lead_back_to_itself():
    one = Holder(numbers=np.zeros(1000, dtype=np.uint8))
    one.itself = one
    assert 1000 <= private_bytes(one) < 2000
