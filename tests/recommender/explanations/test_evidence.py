from __future__ import annotations

import pytest
from django.utils import translation

from recommender.engine.data.types import Contribution
from recommender.engine.ranking.attribution import BASE
from recommender.engine.ranking.features import Kind
from recommender.engine.scorers.registry import SCORERS
from recommender.engine.tuning.search_space import OPTIONS
from recommender.explanations.evidence import KINDS, NAMES, amounts_by_evidence, scorer_name


def test_every_scorer_has_a_kind_of_evidence_and_a_name():
    for name in {*SCORERS, *OPTIONS} - {"hybrid"}:
        assert name in KINDS
        assert scorer_name(name) != name


def test_what_trees_add_has_a_kind_of_evidence_and_a_name():
    for name in {*Kind, BASE} - {Kind.SCORE}:
        assert name in KINDS
        assert scorer_name(name) != name


def test_every_kind_of_evidence_has_a_name():
    assert set(KINDS.values()) == set(NAMES)


def test_amounts_are_gathered_by_how_they_were_found_and_sum_to_the_score():
    contributions = [
        Contribution("item_knn", 2.0, item=1),
        Contribution("linear", 1.0, item=2),
        Contribution("words", 0.5, word="mug"),
        Contribution("sequence", 0.25),
        Contribution("popularity_penalty", -0.5),
        Contribution("tail_dial", -1.5),
    ]
    found = amounts_by_evidence(contributions)
    assert [(kind, amount) for kind, _name, amount in found] == [
        ("together", 3.0),
        ("text", 0.5),
        ("order", 0.25),
        ("popularity", -0.5),
        ("dial", -1.5),
    ]
    assert sum(amount for *_names, amount in found) == pytest.approx(
        sum(each.amount for each in contributions)
    )


def test_a_scorer_of_tomorrow_is_shown_by_its_name():
    assert amounts_by_evidence([Contribution("dowsing", 1.0)]) == [("dowsing", "dowsing", 1.0)]


def test_a_scorer_is_named_in_the_readers_language() -> None:
    english = scorer_name("words")
    with translation.override("zh-hans"):
        assert scorer_name("words") != english
        assert scorer_name("unheard of") == "unheard of"
