from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from recommender.engine.tuning.ablation import changes, leave_out_each, path_of
from recommender.engine.tuning.coordinate_search import Mix, Search

from recommender.engine.scorers.hybrid import Blend
from tests.engine.tuning.test_coordinate_search import wide

NAMES = ("good", "noise", "contrary")


@pytest.fixture
def search():
    return Search(wide(), [[0], [1], [2]])


def test_each_component_is_left_out_while_the_others_stay(search):
    mix = Mix((1.0, 0.5, 0.0), (0, 1, 2), penalty=0.3, tail_places=2)
    lesser = leave_out_each(search, mix, NAMES)
    assert list(lesser) == ["good", "noise", "popularity_penalty", "min_tail_share"]
    assert lesser["good"] == search.figures(replace(mix, weights=(0.0, 0.5, 0.0)))
    assert lesser["popularity_penalty"] == search.figures(replace(mix, penalty=0.0))
    assert lesser["min_tail_share"] == search.figures(replace(mix, tail_places=0))
    assert lesser["good"].ndcg < search.figures(mix).ndcg < lesser["noise"].ndcg


def test_a_single_component_is_not_left_out(search):
    assert leave_out_each(search, Mix((1.0, 0.0, 0.0), (0, 1, 2)), NAMES) == {}


def blend_of(mix):
    return Blend({name: weight for name, weight in zip(NAMES, mix.weights, strict=True) if weight})


def test_the_path_leads_from_the_start_to_the_result(search):
    best = search.climb(Mix((0.0, 1.0, 0.0), (0, 1, 2)), lambda figures: figures.ndcg, name="alone")
    (climb,) = json.loads(json.dumps(path_of(search, blend_of)))
    assert (climb["climb"], climb["start"]["blend"]["weights"]) == ("alone", {"noise": 1.0})
    assert climb["steps"][-1]["figures"] == asdict(search.figures(best))
    weights = dict(climb["start"]["blend"]["weights"])
    for step in climb["steps"]:
        weights |= {
            each["part"]: each["to"] for each in step["changes"] if each["what"] == "weight"
        }
    assert {name: weight for name, weight in weights.items() if weight} == blend_of(best).weights


def test_changes_name_the_component_and_both_values():
    before = Blend({"a": 1.0}, {"a": 0.8}, 0.1, params={"a": {"shrink": 3}})
    after = Blend({"a": 1.0, "b": 0.5}, {}, 0.1, 0.2, params={"a": {"shrink": 9}})
    assert [
        (each["part"], each["what"], each["from"], each["to"]) for each in changes(before, after)
    ] == [
        (None, "min_tail_share", 0.0, 0.2),
        ("a", "decay", 0.8, 1.0),
        ("a", "shrink", 3, 9),
        ("b", "decay", None, 1.0),
        ("b", "weight", None, 0.5),
    ]
    assert changes(before, before) == []
