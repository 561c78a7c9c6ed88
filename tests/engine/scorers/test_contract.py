"""The contract of every registered scorer."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest

from recommender.engine.data.errors import NotFittedError
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import Query
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.registry import SCORERS, describe, restore
from recommender.engine.storage.artifacts import read, write
from tests.engine.builders import dataset, random_dataset

SEED = 7
DATA = random_dataset(seed=1, n_users=50, n_items=30, n_events=450, pictures=True, stars=True)
QUERIES = [
    *(DATA.query(user) for user in range(12)),
    Query.of([]),
    Query.of([3]),
    Query.of([29, 3, 5], [0.5, 2.0, 1.0]),
]


SCORES_OTHERS = {"rating", "hybrid"}
"""Ratings name nothing; a hybrid names what its components name."""

NETWORKS = frozenset({"interest", "sequence"})
"""Scorers that TensorFlow fits."""


def make_hybrid():
    names = [name for name in SCORERS if name not in NETWORKS]
    blend = Blend(
        weights={name: 0.5 + 0.25 * at for at, name in enumerate(names)},
        decays=dict.fromkeys(names[::2], 0.8),
        popularity_penalty=0.3,
    )
    return Hybrid([SCORERS[name]() for name in names], blend)


MAKERS = {**SCORERS, Hybrid.name: make_hybrid}


def fitted(name, data=DATA, seed=SEED):
    return MAKERS[name]().fit(data, np.random.default_rng(seed))


def marked(name):
    return pytest.param(name, marks=[pytest.mark.tensorflow] if name in NETWORKS else [])


@pytest.fixture(scope="module", params=[marked(name) for name in MAKERS])
def name(request):
    return request.param


@pytest.fixture(scope="module")
def scorer(name):
    return fitted(name)


@pytest.fixture(scope="module")
def scores(scorer):
    return scorer.score_batch(QUERIES)


def test_its_name_is_its_key(name, scorer):
    assert scorer.name == name


def test_its_parameters_are_frozen_and_survive_json(name, scorer):
    assert is_dataclass(scorer.params)
    with pytest.raises(FrozenInstanceError):
        setattr(scorer.params, fields(scorer.params)[0].name, None)
    params = json.loads(json.dumps(describe(scorer)))
    assert describe(restore(name, params, scorer.get_state())) == describe(scorer)


def test_an_unfitted_scorer_raises(name):
    for ask in (
        lambda scorer: scorer.score_batch(QUERIES),
        lambda scorer: scorer.score(QUERIES[0]),
        lambda scorer: scorer.explain(QUERIES[0], 1),
        lambda scorer: scorer.similar(1),
        lambda scorer: scorer.get_state(),
    ):
        with pytest.raises(NotFittedError):
            ask(MAKERS[name]())


def test_scores_are_float32_of_the_whole_catalogue(scorer, scores):
    assert scores.shape == (len(QUERIES), DATA.n_items)
    assert scores.dtype == np.float32
    assert scorer.score_batch([]).shape == (0, DATA.n_items)
    assert scorer.similar(3).shape == (DATA.n_items,)


def test_scores_are_numbers_or_nan_never_infinite(scores):
    assert not np.isinf(scores).any()


def test_most_items_have_scores_for_most_users(scores):
    assert (~np.isnan(scores[:12])).mean() > 0.8
    assert np.nanstd(scores[:12]) > 0


def test_one_query_scores_as_in_a_batch(scorer, scores):
    for query, batch in zip(QUERIES, scores, strict=True):
        single = scorer.score(query)
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, batch, rtol=1e-4, atol=1e-5)


def test_scores_of_some_items_equal_those_of_the_catalogue(scorer):
    items = np.array([5, 0, 29, 5], dtype=np.int32)
    for query in QUERIES:
        np.testing.assert_allclose(
            scorer.score(query, items), scorer.score(query)[items], rtol=1e-4, atol=1e-5
        )


def test_items_are_named_within_the_filter_and_the_best_of_them_are_named(scorer):
    allowed = np.arange(DATA.n_items) % 3 > 0
    wanted = Nomination(5, 2, DATA.counts > np.quantile(DATA.counts, 0.8), allowed)
    found = 0
    for query in QUERIES:
        named = set(scorer.named(query, wanted).tolist())
        assert allowed[list(named)].all()
        own = np.where(allowed, np.nan_to_num(scorer.score(query)), 0)
        best = np.argsort(-own, kind="stable")[:5]
        found += len(named & set(best[own[best] > 0].tolist()))
    assert found > 15 or scorer.name in SCORES_OTHERS


def test_the_spread_of_a_query_is_known_without_its_scores(scorer):
    """It follows the weights and tells how much scores differ, up to a constant."""
    for query in QUERIES:
        assert scorer.spread(query) > 0
    if scorer.sizes is None:
        return
    query = QUERIES[0]
    doubled = Query.of(query.history, 2 * query.weights)
    assert scorer.spread(doubled) == pytest.approx(2 * scorer.spread(query), rel=1e-5)
    deviations = np.nanstd([scorer.score(each) for each in QUERIES[:12]], axis=1)
    ratios = deviations / [scorer.spread(each) for each in QUERIES[:12]]
    assert np.std(np.log(ratios)) < np.std(np.log(deviations))


def test_likeness_is_symmetric_and_1_on_the_diagonal(scorer):
    likeness = scorer.likeness(np.array([0, 3, 5, 29], dtype=np.int32))
    if likeness is not None:
        assert likeness.dtype == np.float32
        np.testing.assert_allclose(likeness, likeness.T, atol=1e-6)
        np.testing.assert_allclose(np.diag(likeness), 1, atol=1e-5)
        assert likeness.max() <= 1 + 1e-5


def test_fitting_twice_is_fitting_once(name, scores):
    other = random_dataset(seed=9, n_users=20, n_items=15, n_events=100)
    again = fitted(name, other).fit(DATA, np.random.default_rng(SEED))
    np.testing.assert_array_equal(again.score_batch(QUERIES), scores)


def test_the_same_seed_gives_the_same_scores(name, scores):
    copy = random_dataset(seed=1, n_users=50, n_items=30, n_events=450, pictures=True, stars=True)
    np.testing.assert_array_equal(fitted(name, copy).score_batch(QUERIES), scores)


def test_the_state_is_numeric_arrays_and_gives_the_same_scores(name, scorer, scores):
    state = scorer.get_state()
    assert all(array.dtype.kind in "biuf" for array in state.values())
    for array in state.values():
        array.setflags(write=False)
    again = restore(name, describe(scorer), dict(state))
    np.testing.assert_array_equal(again.score_batch(QUERIES), scores)


def test_an_artifact_gives_the_same_scores_and_explanations(scorer, scores, tmp_path):
    write(tmp_path / "v", Recommender.of(scorer, DATA), item_ids=np.arange(DATA.n_items), about={})
    again = read(tmp_path / "v").recommender.scorer
    np.testing.assert_array_equal(again.score_batch(QUERIES), scores)
    assert_same(again.explain(QUERIES[0], 2), scorer.explain(QUERIES[0], 2))


def test_contributions_sum_to_the_score_and_are_empty_without_one(scorer):
    for query in QUERIES:
        scores = scorer.score(query)
        for item in range(0, DATA.n_items, 3):
            contributions = scorer.explain(query, item)
            if np.isnan(scores[item]):
                assert contributions == []
            else:
                total = sum(each.amount for each in contributions)
                assert total == pytest.approx(float(scores[item]), rel=1e-4, abs=1e-4)


def assert_same(found, expected):
    """The same contributions, apart from rounding."""
    assert [each._replace(amount=0) for each in found] == [
        each._replace(amount=0) for each in expected
    ]
    amounts = [each.amount for each in found]
    assert amounts == pytest.approx([each.amount for each in expected], rel=1e-5, abs=1e-6)


def test_many_items_are_explained_as_one_by_one(scorer):
    items = [2, 29, 0, 2]
    for query in QUERIES:
        for item, own in zip(items, scorer.explain_many(query, items), strict=True):
            assert_same(own, scorer.explain(query, item))


def test_contributions_name_items_of_the_history_only(scorer):
    for query in QUERIES:
        past = {each.item for each in scorer.explain(query, 2)} - {None}
        assert past <= set(query.history.tolist())


def test_scoring_changes_nothing(scorer, scores):
    scorer.score(QUERIES[0])[:] = 99
    scorer.score_batch(QUERIES)[:] = 99
    scorer.similar(1)[:] = 99
    np.testing.assert_array_equal(scorer.score_batch(QUERIES), scores)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            random_dataset(n_users=20, n_items=12, n_events=80, texts=False), id="no texts"
        ),
        pytest.param(dataset([], 12, n_users=3), id="no interactions"),
        pytest.param(dataset([], 12, n_users=0, texts=False), id="items only"),
        pytest.param(dataset([(0, 4)], 12), id="one interaction"),
        pytest.param(dataset([(0, 0), (0, 0), (1, 0)], 1), id="one item"),
        pytest.param(
            dataset([(u, i) for u in range(4) for i in range(12)], 12),
            id="all users took all items",
        ),
        pytest.param(dataset([(0, 1), (1, 2), (0, 2)], 12, times=[5, 5, 5]), id="one time"),
    ],
)
def test_poor_data_gives_scores_without_a_crash(name, data):
    scorer = fitted(name, data)
    scores = scorer.score_batch([Query.of([0]), Query.of([])])
    assert scores.shape == (2, data.n_items)
    assert not np.isinf(scores).any()
    restored = restore(name, describe(scorer), scorer.get_state())
    np.testing.assert_array_equal(restored.score_batch([Query.of([0]), Query.of([])]), scores)
    total = sum(each.amount for each in scorer.explain(Query.of([0]), 0))
    assert total == pytest.approx(np.nan_to_num(float(scores[0, 0])), rel=1e-4, abs=1e-4)
