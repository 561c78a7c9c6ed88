"""A fitted recommender with new and edited items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset, Items
from recommender.engine.data.request import Request
from recommender.engine.data.types import Query
from recommender.engine.overlay import scorers as overlay_scorers
from recommender.engine.overlay.recommender import text_reader, with_changed_items
from recommender.engine.overlay.scorers import ChangedItems, overlaid
from recommender.engine.overlay.text_rows import TextRows
from recommender.engine.pipeline import Recommender, components_of
from recommender.engine.ranking.features import FACT
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.ease import LinearText, LinearTextParams
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.registry import SCORERS
from recommender.engine.text.tfidf import item_tfidf, word_counts
from tests.engine.builders import random_dataset
from tests.engine.lists import explain
from tests.engine.trees import with_trees

DATA = random_dataset(seed=1, n_users=50, n_items=30, n_events=450, pictures=True, stars=True)
NETWORKS = {"interest", "sequence"}
NAMES = [name for name in SCORERS if name not in NETWORKS]
N = DATA.n_items
TWIN = 3
NEW = Items(
    [DATA.items.titles[TWIN], "thing group1", "unheard of", ""],
    [DATA.items.descriptions[TWIN], "", "", ""],
    [DATA.items.categories[TWIN], (), (), ()],
)


@pytest.fixture(scope="module")
def base() -> Recommender:
    blend = Blend(dict.fromkeys(NAMES, 0.5), dict.fromkeys(NAMES, 0.9), 0.1)
    scorer = Hybrid([SCORERS[name]() for name in NAMES], blend)
    return Recommender.of(scorer.fit(DATA, np.random.default_rng(0)), DATA)


@pytest.fixture(scope="module")
def wide(base: Recommender) -> Recommender:
    """Four new items, and item 7 with another text."""
    changed = Items(
        [*NEW.titles, "thing number20 group2"], [*NEW.descriptions, ""], [*NEW.categories, ()]
    )
    itself = np.array([-1, -1, -1, -1, 7], dtype=np.int32)
    rows = text_reader(base).read(word_counts(changed), itself=itself)
    at = np.array([N, N + 1, N + 2, N + 3, 7], dtype=np.int32)
    return with_changed_items(base, at, rows)


def test_trees_know_a_new_item_as_cold() -> None:
    base = with_trees(DATA)
    changed = Items([*NEW.titles], [*NEW.descriptions], [*NEW.categories])
    rows = text_reader(base).read(word_counts(changed), itself=np.full(4, -1, dtype=np.int32))
    wide = with_changed_items(base, np.arange(N, N + 4, dtype=np.int32), rows)
    assert wide.trees is not None
    assert wide.trees.facts.values[N:, FACT["cold"]].all()
    request = Request(Query.of([3, N, 5]), n=12)
    listed = wide.recommend(request).ranked_items
    explained = explain(wide, request, *(place.item for place in listed))
    for place, parts in zip(listed, explained, strict=True):
        assert sum(part.amount for part in parts) == pytest.approx(place.score, abs=1e-5)


def queries() -> list[Query]:
    with_new = Query.of([3, N, 5], [1.0, 2.0, 1.0])
    return [*(DATA.query(user) for user in range(5)), Query.of([]), with_new]


def pairs(base: Recommender, wide: Recommender) -> list[tuple[Scorer, Scorer]]:
    return list(zip(components_of(base.scorer), components_of(wide.scorer), strict=True))


def test_former_items_are_scored_as_before(base: Recommender, wide: Recommender) -> None:
    others = np.delete(np.arange(N), 7)
    for before, after in pairs(base, wide):
        for query in queries()[:5]:
            if 7 in query.history and before.name in ("words", "semantic", "sentences"):
                continue  # the person's past item has another text now
            np.testing.assert_allclose(
                after.score(query)[others], before.score(query)[others], rtol=1e-4, atol=1e-5
            )


def test_contributions_sum_to_the_scores(wide: Recommender) -> None:
    items = [0, 7, N, N + 1, N + 2, N + 3]
    for scorer in [*components_of(wide.scorer), wide.scorer]:
        for query in queries():
            scores = scorer.score(query)[items]
            for score, own in zip(scores, scorer.explain_many(query, items), strict=True):
                total = sum(each.amount for each in own)
                assert total == pytest.approx(np.nan_to_num(score), rel=1e-3, abs=1e-4), scorer.name


def test_one_query_and_many_are_scored_alike(wide: Recommender) -> None:
    for scorer in [*components_of(wide.scorer), wide.scorer]:
        many = scorer.score_batch(queries())
        for row, query in zip(many, queries(), strict=True):
            np.testing.assert_allclose(scorer.score(query), row, rtol=1e-3, atol=1e-4)


def test_a_new_item_with_a_known_text_has_the_words_of_its_twin(
    base: Recommender, wide: Recommender
) -> None:
    words = dict(zip(NAMES, components_of(wide.scorer), strict=True))["words"]
    for query in queries()[:5]:
        assert words.score(query)[N] == pytest.approx(words.score(query)[TWIN], abs=1e-4)


def test_the_log_knows_nothing_of_new_items(wide: Recommender) -> None:
    by_name = dict(zip(NAMES, components_of(wide.scorer), strict=True))
    for name in ("item_knn", "people_knn", "transitions", "linear"):
        assert np.isnan(by_name[name].score(DATA.query(0))[N:]).all()
    assert (by_name["popularity"].score(DATA.query(0))[N:] == 0).all()


def test_a_new_item_has_the_linear_weights_of_a_training_that_knows_its_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All weights kept; ``near`` says all of its text that the closed form would read."""
    monkeypatch.setattr(overlay_scorers, "NEAREST_SCALE", 1.0)
    params = LinearTextParams(10.0, neighbours=1000)
    scorer = LinearText(params).fit(DATA, np.random.default_rng(0))
    near = np.zeros((1, N), dtype=np.float32)
    near[0, [2, 5, 11]] = [0.9, 0.4, 0.2]
    nothing, without = sp.csr_matrix((1, 0), dtype=np.float32), np.zeros((1, 0), np.float32)
    rows = TextRows(nothing, nothing, without, sp.csr_matrix(near))
    items = ChangedItems(N, np.array([N], dtype=np.int32), rows, DATA.counts)
    more = overlaid(scorer, items).more.toarray()

    x = np.log2(1 + DATA.matrix.toarray().astype(np.float64))
    words = item_tfidf(DATA.items).matrix.toarray().astype(np.float64)
    gram = np.zeros((N + 1, N + 1))
    gram[:N, :N] = x.T @ x + params.words * words @ words.T
    gram[N, :N] = gram[:N, N] = params.words * near[0]
    gram[N, N] = params.words
    inverse = np.linalg.inv(gram + 10 * np.eye(N + 1))
    expected = -inverse / np.diag(inverse)
    np.testing.assert_allclose(more[:N, N], expected[:N, N], atol=1e-4)
    np.testing.assert_allclose(more[N, :N], expected[N, :N], atol=1e-4)


def test_a_new_item_of_the_linear_model_is_near_what_its_text_is_near(wide: Recommender) -> None:
    scorer = dict(zip(NAMES, components_of(wide.scorer), strict=True))["linear_text"]
    scores = scorer.score(Query.of([TWIN]))
    assert scores[N] == np.nanmax(scores[N:])
    assert scores[N] > np.nanmedian(scores[:N])
    assert np.nan_to_num(scorer.score(Query.of([N]))[TWIN]) > 0
    assert np.isnan(scores[N + 3])


def test_an_item_without_any_text_has_no_personal_score(wide: Recommender) -> None:
    assert np.isnan(wide.scorer.score(DATA.query(0))[N + 3])


def test_the_given_recommender_stays_as_it_is(base: Recommender, wide: Recommender) -> None:
    assert base.n_items == N
    assert base.newer is None
    assert wide.n_items == N + 4
    assert with_changed_items(base, np.zeros(0, np.int32), TextRows.joined([rows(base)])) is base


def rows(recommender: Recommender) -> TextRows:
    return text_reader(recommender).read([])


def test_rows_read_apart_equal_rows_read_together(base: Recommender) -> None:
    reader, counts = text_reader(base), word_counts(NEW)
    together = reader.read(counts)
    apart = TextRows.joined([reader.read(counts[:1]), reader.read(counts[1:])])
    for name in ("words", "lexicon", "near"):
        assert abs(getattr(together, name) - getattr(apart, name)).sum() < 1e-5
    order = np.array([2, 0], dtype=np.int32)
    assert abs(together.take(order).words - together.words[order]).sum() == 0


def test_a_tenth_of_a_list_without_a_history_is_new(wide: Recommender) -> None:
    made = wide.recommend(Request(Query.of([]), 10)).ranked_items
    new = [item for item in made if item.item >= N]
    assert len(new) == 1
    assert new[0].sources == ("recent_popularity", "newest")
    assert not [item for item in made if item.item < N and "newest" in item.sources]


def test_the_same_texts_as_in_training_give_the_rows_of_the_training() -> None:
    """TF-IDF of the fitted scorer is found again from what the artifact holds."""
    items = replace(
        DATA.items, titles=[f"{title} word{k % 4}" for k, title in enumerate(DATA.items.titles)]
    )
    data = Dataset(items, DATA.log, DATA.n_users)
    words = SCORERS["words"]().fit(data, np.random.default_rng(0))
    made = Recommender.of(words, data)
    read = text_reader(made).read(word_counts(items))
    assert abs(read.words - words.matrix).max() < 1e-6


def test_a_scorer_that_cannot_is_named() -> None:
    class Other:
        pass

    with pytest.raises(TypeError, match="Other cannot take new items"):
        overlaid(Other(), None)
