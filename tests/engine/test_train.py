from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.pipeline import Request
from recommender.engine.ranking.second_stage import FULL_WORTH
from recommender.engine.runtime.failed_components import FailedComponents
from recommender.engine.scorers.blend import Blend
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.train import Contender, compare, figures_of, fit_blend, held_out, train
from recommender.engine.tuning.search_space import prior_blend, usable_components
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.worlds import chains
from tests.engine.trees import BLEND, with_trees

DATA = random_dataset(n_users=80, n_items=40, n_events=1200)
LIVE = Contender(Blend({"popularity": 1.0}))


@pytest.fixture(scope="module")
def steps():
    return []


@pytest.fixture(scope="module")
def result(steps):
    return train(
        DATA,
        seed=3,
        live=LIVE,
        progress=lambda stage, fraction: steps.append((stage, fraction)),
    )


def lists(result, data=DATA):
    made = result.recommender.recommend_many(
        [Request(data.query(user)) for user in range(0, data.n_users, 7)]
    )
    return [[item.item for item in one.ranked_items] for one in made]


def test_blend_live_blend_and_baseline_are_evaluated_on_the_same_split(result):
    for figures in (result.metrics, result.baseline_metrics, result.live_metrics):
        assert {"ndcg", "tail_recall", "coverage", "ndcg_low"} <= set(figures)
    assert result.metrics["ndcg"] != result.live_metrics["ndcg"]
    assert result.report["evaluated_people"] > 0


def test_the_report_holds_the_frontier_of_the_new_blend(result):
    settings = result.report["frontier"]["settings"]
    shares = [setting["tail_share"] for setting in settings]
    assert len(shares) == 5
    assert shares == sorted(shares)
    if result.report["evaluated_people"] <= 500:
        assert settings[1]["ndcg"] == pytest.approx(result.metrics["ndcg"])


def test_evaluation_reports_progress(result, steps):
    inside = {fraction for stage, fraction in steps if stage == "evaluating"}
    assert len(inside) > 20


def test_the_recommender_is_fitted_on_all_data(result):
    np.testing.assert_array_equal(result.recommender.counts, DATA.counts)


def test_without_a_live_blend_there_is_nothing_to_compare_with():
    assert train(chains(), seed=0).live_metrics is None


@pytest.fixture(scope="module")
def split():
    return held_out(DATA, np.random.default_rng(0))


def compared(split, live, failed=None):
    return compare(split, {"live": live}, ItemTexts.unread(DATA.items), 0, failed=failed)


def test_the_live_version_is_compared_with_the_trees_that_it_is_served_with(split):
    served = with_trees(random_dataset(seed=7))  # an older log of the catalogue
    live = Contender.of_served(BLEND, served)
    assert (live.trees, live.worth) == (served.trees.trees, FULL_WORTH)
    found = compared(split, live)
    expected = figures_of(with_trees(split.train), split, BLEND.reranking)
    assert found.figures["live"] == pytest.approx(expected)
    assert found.figures["live"] != compared(split, Contender(BLEND)).figures["live"]
    assert found.lacking == {}


def test_trees_of_other_terms_are_left_out_of_the_comparison_which_says_so(split):
    live = Contender.of_served(BLEND, with_trees(DATA))
    other = replace(live, blend=replace(BLEND, terms=BLEND.terms[:2]))
    found = compared(split, other)
    assert found.lacking == {"live": "other_terms"}
    assert found.figures["live"] == compared(split, Contender(other.blend)).figures["live"]
    failed = FailedComponents({"popularity": "no more"})
    assert compared(split, live, failed).lacking == {"live": "other_terms"}


def test_the_comparison_says_that_trees_could_not_be_read(split):
    lacks = Contender(BLEND, lacks="unreadable")
    assert compared(split, lacks).lacking == {"live": "unreadable"}


def test_a_version_without_trees_lacks_none(result):
    assert result.report["without_trees"] == {}
    served = replace(with_trees(DATA), trees=None)
    assert Contender.of_served(BLEND, served) == Contender(BLEND)


def test_without_learning_the_blend_has_prior_weights():
    quick = train(DATA, seed=3, learn=False, evaluate=False, interests=False)
    texts = read_texts(DATA, 3)
    assert quick.blend == prior_blend(usable_components(DATA, texts))
    assert quick.metrics == {}
    assert quick.report["validation"]["questions"] == 0
    assert all(lists(quick))


def test_stars_are_predicted_with_every_blend(result):
    rated = random_dataset(n_users=40, n_items=20, n_events=400, stars=True)
    trained = train(rated, seed=0, evaluate=False, without=["rating"], interests=False).recommender
    assert trained.rating is not None
    assert not np.isnan(trained.rating.stars(rated.query(0))).all()
    assert result.recommender.rating is None


def test_without_evaluation_there_are_no_figures():
    result = train(chains(), seed=0, evaluate=False)
    assert result.metrics == {} == result.baseline_metrics
    assert "evaluating" not in result.seconds


def test_the_same_seed_gives_the_same_recommender(result):
    again = train(DATA, seed=3, live=LIVE)
    assert again.blend == result.blend
    assert again.metrics == result.metrics
    assert lists(again) == lists(result)


def test_progress_names_the_stages_and_never_goes_back(result, steps):
    assert list(dict.fromkeys(stage for stage, _ in steps)) == [
        "texts",
        "tuning",
        "evaluating",
        "fitting",
    ]
    fractions = [fraction for _, fraction in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    assert set(result.seconds) == {"texts", "tuning", "evaluating", "fitting"}


def test_fitted_components_are_reused():
    texts = read_texts(DATA, 1)
    blend = Blend({"item_knn": 1.0, "transitions": 0.5})
    first = fit_blend(DATA, blend, texts, 0)
    again = fit_blend(DATA, Blend({"item_knn": 0.3}), texts, 0, first.components)
    assert again.components[0] is first.components[0]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(dataset([], 5, n_users=0), id="no people"),
        pytest.param(dataset([], 5, n_users=2, texts=False), id="no interactions, no texts"),
        pytest.param(dataset([(0, 1)], 5), id="one interaction"),
        pytest.param(
            dataset([(u, i) for u in range(10) for i in range(u % 3, 5)], 5),
            id="ten people, five items",
        ),
        pytest.param(
            dataset([(u, i) for u in range(40) for i in range(8)], 8, times=[1] * 320),
            id="one moment",
        ),
    ],
)
def test_poor_data_gives_a_recommender_that_serves(data):
    result = train(data, seed=0)
    made = result.recommender.recommend(Request(Query.of([0]), n=3))
    assert 1 <= len(made.ranked_items) <= 3
    assert made.ranked_items[0].item != 0
