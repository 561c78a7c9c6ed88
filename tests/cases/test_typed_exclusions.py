"""Kind 11: what somebody does not want brings it. Filters over the demo items, without a model."""

from __future__ import annotations

from recommender.engine.exclusions.grammar import read
from recommender.engine.exclusions.resolving import left_out
from tests.cases.demo_items import demo_items
from tests.cases.typed_texts import TypedText, typed_texts

NEGATED, HARMLESS = typed_texts("negated"), typed_texts("harmless")


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


def test_there_are_sixty_negations_and_forty_harmless_texts_half_of_them_chinese():
    assert [len(NEGATED), len(HARMLESS)] == [60, 40]
    assert sum("-zh-" in typed.id for typed in NEGATED + HARMLESS) == 50


def test_what_nine_in_ten_leave_out_is_filtered_whole():
    left = {typed.id: found for typed in NEGATED if (found := missed(typed))}
    assert len(left) <= len(NEGATED) // 10, left


def test_enough_is_left_for_a_list():
    for typed in NEGATED:
        assert len(demo_items(typed.catalog)) - len(filtered(typed)) >= 80, typed.id


def test_harmless_texts_filter_nothing():
    wrong = {typed.id: len(found) for typed in HARMLESS if (found := filtered(typed))}
    assert len(wrong) <= 1, wrong
