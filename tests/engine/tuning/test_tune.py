from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.runtime import size
from recommender.engine.scorers.blend import name_of
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.tuning.search_space import (
    NETWORKS,
    OPTIONS,
    PRIORS,
    TEXT_COMPONENTS,
    make_component,
    prior_blend,
    usable_components,
)
from recommender.engine.tuning.slices import nested_slices
from recommender.engine.tuning.tune import tune
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.worlds import chains


def tuned(data, seed=0, progress=lambda stage, fraction: None, without=()):
    rng = np.random.default_rng(seed)
    slices = nested_slices(data, rng)
    return tune(data, slices, texts=texts_of(data), rng=rng, progress=progress, without=without)


def texts_of(data):
    """Item texts without word vectors."""
    return ItemTexts(data.items, np.zeros((data.n_items, 4), dtype=np.float32))


@pytest.fixture(scope="module")
def ordered():
    return tuned(chains(n_chains=6, length=8, people=20))


def test_components_that_find_the_chains_have_the_largest_weights(ordered):
    assert ordered.singles["transitions"].ndcg > 2 * ordered.singles["popularity"].ndcg
    assert ordered.figures.ndcg > 0.5
    by_the_log = tuned(
        chains(n_chains=6, length=8, people=20), without=TEXT_COMPONENTS
    )  # text_knn knows them as well
    assert {"transitions", "item_knn", "linear"} & set(by_the_log.blend.weights)
    assert ordered.figures.ndcg >= 0.97 * by_the_log.figures.ndcg


def test_the_blend_is_never_below_its_best_component(ordered):
    for single in ordered.singles.values():
        assert ordered.figures.ndcg >= single.ndcg


def test_every_component_is_reported_alone(ordered):
    assert {"item_knn", "transitions", "linear", "popularity"} <= set(ordered.singles)
    assert ordered.as_dict()["shape"] in ("time", "last")


def test_the_report_has_the_ablation_and_the_frontier_of_the_bonus(ordered):
    report = ordered.as_dict()
    named = [name for name in report["without"] if name != "popularity_penalty"]
    assert set(named) == (set(ordered.blend.weights) if len(ordered.blend.weights) > 1 else set())
    (chosen,) = [each for each in report["bonuses"] if each["amount"] == ordered.blend.tail_bonus]
    assert chosen["figures"] == report["figures"]


def test_the_report_says_what_the_candidates_of_each_source_hold(ordered):
    found = ordered.as_dict()["candidates"]
    assert {"item_knn", "transitions", "popularity"} <= set(found["sources"])
    best = max(source["recall"] for source in found["sources"].values())
    assert 0.5 < best <= found["union"]["recall"] <= 1


def test_the_same_seed_gives_the_same_blend():
    data = random_dataset(n_users=80, n_events=900)
    assert tuned(data, seed=3).blend == tuned(data, seed=3).blend


def test_with_too_few_questions_the_prior_is_used():
    few = tuned(random_dataset(n_users=8, n_items=15, n_events=40))
    assert few.figures is None
    assert few.blend == prior_blend(
        [name for name in OPTIONS if name != "sentences"]
    )  # no encoder was given
    assert few.blend.weights["text_knn"] == 1.0
    assert not NETWORKS & set(few.blend.weights)


def test_components_without_scores_are_left_out():
    bare = dataset([(0, 1), (1, 2)], 5, texts=False)
    assert not TEXT_COMPONENTS & set(usable_components(bare, texts_of(bare)))
    assert "text_knn" in usable_components(random_dataset(), texts_of(random_dataset()))


def test_blends_have_components_with_a_weight_only(ordered):
    assert all(weight > 0 for weight in ordered.blend.weights.values())
    assert ordered.blend.terms
    assert set(ordered.blend.params) <= set(ordered.blend.components)
    assert {name_of(key) for key in ordered.blend.components} == set(ordered.blend.weights)


def test_priors_and_options_have_the_same_components():
    assert {name for weights, _ in PRIORS for name in weights} <= set(OPTIONS)
    texts = read_texts(dataset([(0, 1)], 3), 1)
    for name, options in OPTIONS.items():
        assert all(make_component(name, option.params, texts).name == name for option in options)


def test_progress_goes_forward():
    seen = []
    tuned(chains(), progress=lambda stage, fraction: seen.append(fraction))
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1


def test_the_sequence_network_is_for_catalogues_of_moderate_size(monkeypatch):
    data = random_dataset(n_users=100, n_items=60, n_events=6000)
    assert "sequence" in usable_components(data, texts_of(data))
    monkeypatch.setattr(size, "LARGE", 50)
    assert "sequence" not in usable_components(data, texts_of(data))
