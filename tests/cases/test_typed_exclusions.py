"""Kind 11: what somebody does not want brings it. Filters over the demo items, without a model."""

from __future__ import annotations

import pytest

from recommender.engine.exclusions.grammar import read
from recommender.engine.exclusions.resolving import left_out
from tests.cases.demo_items import demo_items
from tests.cases.typed_texts import (
    ALL,
    FIFTH,
    FILE,
    FOURTH,
    SECOND,
    THIRD,
    TypedText,
    typed_texts,
)

FILES = pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)


def filtered(typed: TypedText) -> set[int]:
    items = demo_items(typed.catalog)
    return {place for each in read(typed.text).exclusions for place in left_out(each, items)}


def missed(typed: TypedText) -> list[str]:
    """Titles of the items that are against the text and stay."""
    out = filtered(typed)
    items = demo_items(typed.catalog).items
    return [
        item.title
        for place, item in enumerate(items)
        if place not in out and typed.is_against(item)
    ]


@pytest.mark.parametrize(
    ("file", "size", "harmless"),
    [(FILE, 60, 40), (SECOND, 60, 20), (THIRD, 60, 40), (FOURTH, 40, 20), (FIFTH, 40, 20)],
)
def test_each_set_has_its_negations_half_of_them_chinese(file, size, harmless):
    negated, safe = typed_texts("negated", file), typed_texts("harmless", file)
    assert [len(negated), len(safe)] == [size, harmless]
    assert abs(sum("-zh-" in typed.id for typed in negated) - size // 2) <= 1


@FILES
def test_what_nine_in_ten_leave_out_is_filtered_whole(file):
    negated = typed_texts("negated", file)
    left = {typed.id: found for typed in negated if (found := missed(typed))}
    assert len(left) <= len(negated) // 10, left


@FILES
def test_enough_is_left_for_a_list(file):
    for typed in typed_texts("negated", file):
        assert len(demo_items(typed.catalog)) - len(filtered(typed)) >= 80, typed.id


@FILES
def test_harmless_texts_filter_nothing(file):
    wrong = {
        typed.id: len(found)
        for typed in typed_texts("harmless", file)
        if (found := filtered(typed))
    }
    assert not wrong
