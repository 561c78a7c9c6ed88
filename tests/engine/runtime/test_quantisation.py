from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.runtime.quantisation import FORMS, packed, unpacked

STATE = {
    "table": np.random.default_rng(0).normal(size=(50, 16)).astype(np.float32),
    "bias": np.linspace(-1, 1, 50, dtype=np.float32),
    "known": np.arange(50) % 2 == 0,
    "columns": np.arange(6, dtype=np.int32).reshape(2, 3),
}


def size(state):
    return sum(array.nbytes for array in state.values())


@pytest.mark.parametrize(
    ("form", "least"), [("float32", 0), ("float16", 2**-11), ("int8", 1 / 254)]
)
def test_unpacked_numbers_are_as_exact_as_the_form_allows(form, least):
    again = unpacked(packed(STATE, form))
    error = np.abs(again["table"] - STATE["table"]).max(axis=1) / np.abs(STATE["table"]).max(axis=1)
    assert error.max() <= least * 1.01


@pytest.mark.parametrize("form", FORMS)
def test_only_float_matrices_change_and_are_float32_again(form):
    again = unpacked(packed(STATE, form))
    assert again.keys() == STATE.keys()
    assert again["table"].dtype == np.float32
    for name in ("bias", "known", "columns"):
        assert again[name] is STATE[name]


@pytest.mark.parametrize("form", FORMS)
def test_packing_what_was_unpacked_changes_nothing(form):
    once = packed(STATE, form)
    again = packed(unpacked(once), form)
    assert once.keys() == again.keys()
    for name, array in once.items():
        np.testing.assert_array_equal(again[name], array)


def test_each_form_is_smaller_than_the_one_before():
    sizes = [size(packed({"table": STATE["table"]}, form)) for form in FORMS]
    assert sizes[1] == sizes[0] / 2
    assert sizes[2] == sizes[0] / 4 + 4 * 50


def test_rows_of_zeros_and_empty_matrices_stay():
    for table in (
        np.zeros((3, 4), np.float32),
        np.zeros((3, 0), np.float32),
        np.zeros((0, 4), np.float32),
    ):
        np.testing.assert_array_equal(unpacked(packed({"table": table}, "int8"))["table"], table)


def test_an_unknown_form_is_rejected():
    with pytest.raises(ValueError, match="'int4': must be one of float32, float16, int8"):
        packed(STATE, "int4")
