"""Kind 11: what somebody does not want brings it. Filters over the demo items, without a model."""

from __future__ import annotations

import pytest

from recommender.engine.exclusions.grammar import read
from recommender.engine.exclusions.resolving import left_out
from tests.cases.demo_items import demo_items
from tests.cases.typed_texts import FILE, SECOND, TypedText, typed_texts

FILES = pytest.mark.parametrize("file", [FILE, SECOND], ids=lambda file: file.stem)


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


@pytest.mark.parametrize(("file", "harmless"), [(FILE, 40), (SECOND, 20)])
def test_there_are_sixty_negations_in_each_set_half_of_them_chinese(file, harmless):
    negated, safe = typed_texts("negated", file), typed_texts("harmless", file)
    assert [len(negated), len(safe)] == [60, harmless]
    assert abs(sum("-zh-" in typed.id for typed in negated) - 30) <= 1


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
