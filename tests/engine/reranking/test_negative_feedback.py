from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.data.types import NegativeFeedback, Query
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.reranking.negative_feedback import (
    LEAST,
    MOST,
    TURNED_DOWN,
    Likeness,
    NegativeFeedbackPenalty,
    Penalties,
    TextSimilarity,
)
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.content import Semantic
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.text.item_texts import ItemTexts
from tests.engine.builders import random_dataset
from tests.engine.fakes import Together
from tests.engine.lists import explain, similar

N_ITEMS = 200
KINDS = 100
DATA = random_dataset(seed=5, n_users=80, n_items=N_ITEMS, n_events=1500)
NOTHING = np.empty(0, dtype=np.int32)


def twins(item: int) -> list[int]:
    """The other items with the same text as the item; each item has one."""
    return [other for other in range(N_ITEMS) if other % KINDS == item % KINDS and other != item]


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    texts = ItemTexts(DATA.items, np.eye(KINDS, dtype=np.float32)[np.arange(N_ITEMS) % KINDS])
    components = (Together(), Semantic(texts=texts))
    scorer = Hybrid(components, Blend({"together": 1.0, "semantic": 1.0}))
    return Recommender.of(scorer.fit(DATA, np.random.default_rng(0)), DATA)


def turning_down(query: Query, *items: int, since: tuple[int, ...] = ()) -> Query:
    later = np.array(since, dtype=np.int32)
    return replace(query, negative_feedback=tuple(NegativeFeedback(item, later) for item in items))


def listed(recommender: Recommender, query: Query, n: int = 20, **more: object) -> list[int]:
    return [ranked.item for ranked in recommender.recommend(Request(query, n, **more)).ranked_items]


def test_items_similar_to_a_turned_down_one_leave_the_list(recommender):
    query = DATA.query(0)
    before = listed(recommender, query)
    turned_down = next(item for item in range(N_ITEMS) if set(twins(item)) & set(before))
    after = listed(recommender, turning_down(query, turned_down))
    assert not set(twins(turned_down)) & set(after)
    assert len(after) == len(before)


def test_penalties_are_cached_by_model_and_negative_feedback():
    first = NegativeFeedbackPenalty(
        None, Likeness((TextSimilarity(np.eye(4, dtype=np.float32)[[0, 0, 1, 2]]),))
    )
    second = NegativeFeedbackPenalty(
        None, Likeness((TextSimilarity(np.eye(4, dtype=np.float32)[[0, 1, 1, 0]]),))
    )
    for _ in range(2):
        assert first.penalised(turning_down(Query.of([3]), 0)).tolist() == [
            True,
            True,
            False,
            False,
        ]
        assert first.penalised(turning_down(Query.of([3]), 0, since=(1,))).tolist() == [False] * 4
        assert second.penalised(turning_down(Query.of([3]), 0)).tolist() == [
            True,
            False,
            False,
            True,
        ]


def test_dissimilar_items_stay_in_their_order(recommender):
    query, before = DATA.query(1), listed(recommender, DATA.query(1))
    after = listed(recommender, turning_down(query, before[3]), exclude=np.array([before[3]]))
    remaining = [item for item in before if item in after]
    assert [item for item in after if item in before] == remaining
    assert len(remaining) >= len(before) - 2


def test_penalised_items_come_last(recommender):
    query = DATA.query(2)
    history = set(query.history.tolist())
    turned_down = next(
        item for item in range(N_ITEMS) if item not in history and not set(twins(item)) & history
    )
    after = listed(recommender, turning_down(query, turned_down), n=N_ITEMS)
    assert set(twins(turned_down)) <= set(after)
    personal = [item for item in after if not np.isnan(recommender.scorer.score(query)[item])]
    assert not set(twins(turned_down)) & set(personal[: len(personal) // 2])


def test_penalties_apply_to_the_popular_list_of_a_new_user(recommender):
    nobody = Query.of([])
    before = listed(recommender, nobody)
    turned_down = next(item for item in range(N_ITEMS) if set(twins(item)) & set(before))
    assert not set(twins(turned_down)) & set(listed(recommender, turning_down(nobody, turned_down)))


def test_penalties_apply_to_similar_items(recommender):
    item = 7
    near = [ranked.item for ranked in similar(recommender, item, 20).ranked_items]
    assert twins(item)[0] in near
    query = turning_down(Query.of([item]), item)
    found = [
        ranked.item
        for ranked in similar(
            recommender, item, 20, negative_feedback=query.negative_feedback
        ).ranked_items
    ]
    assert twins(item)[0] not in found


def test_a_later_choice_of_a_similar_item_lifts_the_penalty(recommender):
    turned_down = 11
    assert recommender.penalised(turning_down(Query.of([]), turned_down))[twins(turned_down)].all()
    assert not recommender.penalised(
        turning_down(Query.of([]), turned_down, since=(twins(turned_down)[0],))
    )[twins(turned_down)].any()
    assert recommender.penalised(turning_down(Query.of([]), turned_down, since=(12,)))[
        twins(turned_down)
    ].all()


def test_texts_are_compared_once_for_all_that_was_turned_down(monkeypatch):
    """A person may turn down fifty items and choose hundreds later."""
    rng, asked = np.random.default_rng(0), []
    vectors = np.eye(KINDS, dtype=np.float32)[np.arange(N_ITEMS) % KINDS]
    whole = TextSimilarity.penalties

    def counted(self, items, among=None):
        asked.append(len(items) * (N_ITEMS if among is None else len(among)))
        return whole(self, items, among)

    monkeypatch.setattr(TextSimilarity, "penalties", counted)
    later = rng.permutation(N_ITEMS)[:100].astype(np.int32)
    feedback = [NegativeFeedback(item, later[item:]) for item in range(0, 100, 2)]
    found = Penalties.of(likeness(vectors), feedback)
    assert len(asked) == 2
    assert sum(asked) < 50 * N_ITEMS + 100 * N_ITEMS
    for each in feedback:
        [twin] = twins(each.item)
        lifted = {twin, each.item} & set(each.since.tolist())
        assert (found.amounts[twin] == 0) == bool(lifted)


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_an_item_without_text_penalises_nothing_whatever_came_later(kind):
    texts = likeness(kind(np.zeros((9, 4), dtype=np.float32)))
    for since in (NOTHING, np.array([3], dtype=np.int32)):
        assert not Penalties.of(texts, [NegativeFeedback(0, since)]).amounts.any()


def test_the_contributions_of_a_penalised_item_sum_to_its_score(recommender):
    query = turning_down(DATA.query(3), 21)
    item = twins(21)[0]
    request = Request(query, n=N_ITEMS, tail=0.4)
    ranked = next(
        ranked for ranked in recommender.recommend(request).ranked_items if ranked.item == item
    )
    [contributions] = explain(recommender, request, item)
    assert sum(each.amount for each in contributions) == pytest.approx(ranked.score, rel=1e-4)
    taken = [each for each in contributions if each.scorer == TURNED_DOWN]
    assert [each.item for each in taken] == [21]
    assert taken[0].amount < 0


def test_penalties_are_the_same_in_batches(recommender):
    queries = [turning_down(DATA.query(user), user) for user in range(4)]
    many = recommender.recommend_many([Request(query, 15) for query in queries])
    assert [[ranked.item for ranked in made.ranked_items] for made in many] == [
        listed(recommender, query, 15) for query in queries
    ]


def test_without_texts_nothing_is_penalised():
    alone = Recommender.of(Together().fit(DATA, np.random.default_rng(0)), DATA)
    query = DATA.query(0)
    assert listed(alone, turning_down(query, 5)) == listed(alone, query)
    assert not alone.penalised(turning_down(query, 5)).any()


def likeness(*texts: np.ndarray | sp.csr_matrix) -> Likeness:
    return Likeness(tuple(map(TextSimilarity, texts)))


class TestLikeness:
    VECTORS = np.array([[1, 0], [1, 0], [0.8, 0.6], [0, 1], [0, 0]], dtype=np.float32)

    @pytest.mark.parametrize("texts", [VECTORS, sp.csr_matrix(VECTORS)], ids=["dense", "sparse"])
    def test_an_item_is_not_like_itself_nor_like_one_without_text(self, texts):
        alike = likeness(texts).alike(np.array([0, 4], dtype=np.int32))
        assert alike.tolist() == [[False, True, False, False, False], [False] * 5]

    def test_the_threshold_is_the_catalogues_99th_percentile(self):
        vectors = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        pairs = (vectors @ vectors.T)[~np.eye(300, dtype=bool)]
        assert (pairs >= TextSimilarity(vectors).threshold).mean() == pytest.approx(
            0.01, abs=0.0005
        )

    def test_texts_that_share_nothing_are_not_alike(self):
        assert not likeness(np.eye(9, dtype=np.float32)).alike(np.arange(9, dtype=np.int32)).any()

    def test_the_nearest_turned_down_item_counts_and_nearer_ones_more(self):
        class Near(TextSimilarity):
            threshold = 0.9

        similarity = Near(
            np.array(
                [[1, 0], [0, 1], [0.96, 0.28], [0.28, 0.96], [-1, 0], [1, 0]], dtype=np.float32
            )
        )
        penalised = Penalties.of(
            Likeness((similarity,)), [NegativeFeedback(0, NOTHING), NegativeFeedback(1, NOTHING)]
        )
        assert penalised.causes[[2, 3]].tolist() == [0, 1]
        assert LEAST < penalised.amounts[2] < penalised.amounts[5] == pytest.approx(MOST)
        assert penalised.amounts[4] == 0

    def test_one_similarity_is_enough(self):
        semantic, lexical = (
            np.eye(4, dtype=np.float32)[[0, 0, 1, 2]],
            np.eye(4, dtype=np.float32)[[0, 1, 0, 2]],
        )
        assert likeness(semantic, sp.csr_matrix(lexical)).alike(np.array([0])).tolist() == [
            [False, True, True, False]
        ]
