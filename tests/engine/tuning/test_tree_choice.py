from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.categories import Categories
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.ranking.features import FEATURES
from recommender.engine.ranking.ranking import Ranked
from recommender.engine.ranking.second_stage import SecondStage, TreeRanker
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.storage import artifacts
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.tuning import tree_choice, tree_training, tune
from recommender.engine.tuning.collecting import collect
from recommender.engine.tuning.figures import Figures
from recommender.engine.tuning.learning import Columns, Questions, as_blend
from recommender.engine.tuning.score_cache import LISTED
from recommender.engine.tuning.slices import nested_slices
from recommender.engine.tuning.tail_bonus import TriedBonus
from recommender.engine.tuning.tree_choice import (
    Asked,
    groups_of,
    learn_trees,
)
from tests.engine.builders import random_dataset
from tests.engine.trees import stumps
from tests.engine.tuning.columns import columns_on

DATA = random_dataset(n_users=120, n_items=40, n_events=2400)
WEIGHTS = np.array([0.5, 0.3, 0.2, 0.1, -0.1, 0.0])
"""Of two columns with their roots, of popularity, and of the prior."""

BEFORE = Figures(0.1, 0.1, 0.05, 0.02, 0.1)


@pytest.fixture(scope="module")
def slices():
    found = []
    for one in nested_slices(DATA, np.random.default_rng(0)):
        columns = Columns(columns_on(one, [0.8, 0.3]), (({0: 1.0}, 0.0),))
        asked = Questions(collect(one, columns.columns), columns)
        found.append(Asked(one, asked.narrowed(np.array([0, 2]))))
    return found


def with_trees(asked, trees, worth):
    first = asked.questions.scores(WEIGHTS)
    return first + np.float32(worth) * asked.tree_amounts(first, trees)


def served_with(asked, trees, worth):
    """A recommender of the slice's components and weights."""
    layout, one = asked.questions.columns, asked.validation
    blend = as_blend(WEIGHTS, layout, np.array([0.6, 0.4]))
    components = [column.scorer for column in layout.columns]
    scorer = Hybrid(components, blend).fit(one.train, np.random.default_rng(0), fitted=components)
    scorer.scales = asked.questions.cache.scales  # else they are of a sample of other people
    return Recommender.of(scorer, one.train, trees=TreeRanker(trees, asked.facts, worth))


def test_lists_are_those_that_the_trees_were_chosen_by(slices):
    """The same lists from the slice's scores and from a recommender with the same trees."""
    asked, trees = slices[0], stumps(range(26), 0.3)
    made = served_with(asked, trees, 0.5)
    cache, scores = asked.questions.cache, with_trees(asked, trees, 0.5)
    for row, query in enumerate(asked.validation.queries):
        listed = [place.item for place in made.recommend(Request(query, 10, tail=0.0)).ranked_items]
        best = np.argsort(-scores[row], kind="stable")[:10]
        expected = cache.items[row, best[scores[row, best] > LISTED]].tolist()
        assert listed == expected


def test_a_moment_has_the_same_features_in_training_and_in_a_list(slices, tmp_path):
    """Of the slice's scores, and of a recommender that is read from its artifact."""
    asked = slices[0]
    made = served_with(asked, stumps(range(26)), 1.0)
    artifacts.write(tmp_path / "a", made, item_ids=np.arange(made.n_items), about={})
    served = artifacts.read(tmp_path / "a").recommender
    stage = SecondStage(served.trees, served.scorer, Categories.of(served.categories))
    first, cache = asked.questions.scores(WEIGHTS), asked.questions.cache
    for row, query in enumerate(asked.validation.queries):
        best = asked.best(first[row])
        items = cache.items[row, best].astype(np.int32)
        scores = served.scorer.score(query, items).astype(np.float64)
        ranked = Ranked(items, scores, np.zeros(len(items), dtype=np.int64), ())
        found = stage.rescore(query, ranked).features
        unit = float(np.abs(scores).max(initial=1))  # what "below_best" is the difference of
        expected = asked.features(row, best, first[row])
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * unit)


def test_what_is_not_a_candidate_is_never_listed(slices):
    scores = with_trees(slices[0], stumps(range(26)), 2.0)
    assert (scores[slices[0].questions.cache.empty] < LISTED).all()


def test_groups_hold_questions_with_an_answer_and_half_the_first_stage(slices):
    groups = groups_of(slices[:2], WEIGHTS)
    assert groups.sizes.sum() == len(groups.features) == len(groups.taken) == len(groups.start)
    starts = np.cumsum(groups.sizes) - groups.sizes
    assert np.add.reduceat(groups.taken, starts).all()
    assert ((groups.weights >= 1) & (groups.weights <= 2)).all()
    below_best = 2 * groups.start - 2 * np.repeat(groups.start[starts], groups.sizes)
    np.testing.assert_allclose(groups.features[:, 2], below_best, atol=1e-5)


def learnt(slices):
    return learn_trees(slices, WEIGHTS, WEIGHTS, [TriedBonus(0.0, 0.0, BEFORE)], seed=1)


def test_trees_need_two_slices_and_enough_answers(slices):
    assert "one slice" in learnt(slices[:1]).tried.reason
    assert "fewer than 500" in learnt(slices).tried.reason
    assert learnt(slices).trees is None


def test_without_lightgbm_no_trees_are_served(slices, monkeypatch):
    monkeypatch.setattr(tree_choice, "FEWEST_ANSWERED", 10)
    monkeypatch.setattr(tree_training, "why_not", lambda: "lightgbm cannot be imported: no libgomp")
    found = learnt(slices)
    assert (found.trees, found.tried.figures) == (None, None)
    assert "libgomp" in found.tried.as_dict()["reason"]
    assert found.tried.as_dict()["served"] is False


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (Figures(1.0, 1.0, 1.0, 0.0, 0.0), "the gain is below"),
        (Figures(1e-3, 1e-3, 1e-3, 0.0, 9.0), "the first stage alone"),
        (Figures(1e-3, 1e-3, 1e-3, 0.0, 0.0), ""),
    ],
)
def test_trees_are_served_if_they_gain_enough(slices, monkeypatch, before, reason):
    pytest.importorskip("lightgbm")
    monkeypatch.setattr(tree_choice, "FEWEST_ANSWERED", 10)
    found = learn_trees(slices, WEIGHTS, WEIGHTS, [TriedBonus(0.0, 0.0, before)], seed=1)
    assert found.tried.reason.startswith(reason)
    assert bool(found.tried.reason) == bool(reason) == (found.trees is None)
    assert found.tried.figures is not None
    assert (found.bonus is None) == (found.trees is None)


def test_tuned_trees_are_the_same_for_the_same_seed(monkeypatch):
    pytest.importorskip("lightgbm")
    monkeypatch.setattr(tree_choice, "FEWEST_ANSWERED", 10)
    monkeypatch.setattr(tree_choice, "LEAST_GAIN", -1.0)
    with_trees_first = lambda tried: max(tried, key=lambda each: each.trees)  # noqa: E731
    monkeypatch.setattr(tree_choice, "choose_bonus", with_trees_first)
    texts = ItemTexts(DATA.items, np.zeros((DATA.n_items, 4), dtype=np.float32))

    def tuned():
        rng = np.random.default_rng(3)
        without = ("linear", "linear_text", "words", "semantic")
        slices = nested_slices(DATA, rng)
        return tune.tune(DATA, slices, texts=texts, rng=rng, without=without)

    first, again = tuned(), tuned()
    assert first.blend == again.blend
    for name, array in first.trees.get_state().items():
        np.testing.assert_array_equal(array, again.trees.get_state()[name], name)
    report = first.as_dict()
    assert report["trees"]["served"]
    assert report["trees"]["figures"] == report["figures"]
    importance = report["trees"]["importance"]
    assert sum(importance.values()) == pytest.approx(1)
    assert set(importance) == {*first.blend.weights, *(feature.name for feature in FEATURES)}
    assert [
        each["figures"] for each in report["bonuses"] if each["amount"] == first.blend.tail_bonus
    ]
