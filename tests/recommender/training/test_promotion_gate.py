from __future__ import annotations

import pytest

from recommender.training.promotion_gate import evaluate

GOOD = {"ndcg": 0.10, "tail_recall": 0.04}


def test_passes_when_better_than_both():
    assert evaluate({"ndcg": 0.11, "tail_recall": 0.04}, live=GOOD, baseline=GOOD).passed


def test_a_loss_within_the_tolerance_passes():
    assert evaluate({"ndcg": 0.0985, "tail_recall": 0.04}, live=GOOD, baseline=GOOD).passed


@pytest.mark.parametrize("rival", ["live", "baseline"])
def test_names_the_rival_that_is_better(rival):
    better = {"live": None, "baseline": None, rival: {"ndcg": 0.2, "tail_recall": 0.0}}
    verdict = evaluate(GOOD, **better)
    assert not verdict.passed
    assert "0.1000" in verdict.reason
    assert "0.2000" in verdict.reason


def test_collapsed_tail_recall_fails_although_ndcg_grows():
    verdict = evaluate({"ndcg": 0.2, "tail_recall": 0.01}, live=GOOD, baseline=None)
    assert not verdict.passed
    assert "Tail recall" in verdict.reason


def test_the_tail_of_the_baseline_is_no_condition():
    assert evaluate({"ndcg": 0.2, "tail_recall": 0.0}, live=None, baseline=GOOD).passed


@pytest.mark.parametrize("nothing", [{}, {"ndcg": None}, {"ndcg": float("nan")}])
def test_passes_with_the_reason_where_nothing_can_be_evaluated(nothing):
    verdict = evaluate(nothing, live=GOOD, baseline=GOOD)
    assert verdict.passed
    assert "There is too little data" in verdict.reason
