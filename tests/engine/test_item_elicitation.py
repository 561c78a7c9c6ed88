"""Ten circles of people, the largest ten times the smallest: the questions must separate them."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import Query
from recommender.engine.item_elicitation import MOST_HEAD, nearness, questions
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.runtime import size
from recommender.engine.scorers.item_knn import ItemKnn
from tests.engine.builders import dataset

CIRCLES, EACH, ASKED = 10, 12, 10
N_ITEMS = CIRCLES * EACH


def circle_of(item: int) -> int:
    return item // EACH


def history_of(person: int, rng: np.random.Generator) -> list[int]:
    """Six distinct items of the person's circle; the first ones are more likely."""
    appeal = 1 / np.arange(1, EACH + 1)
    chosen = rng.choice(EACH, 6, replace=False, p=appeal / appeal.sum())
    return [circle_for(person) * EACH + int(item) for item in chosen]


def circle_for(person: int) -> int:
    """Of 100 people 30 belong to the first circle and three to the last."""
    shares = np.cumsum([30, 18, 12, 9, 8, 7, 6, 4, 3, 3])
    return int(np.searchsorted(shares, person % 100, side="right"))


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    rng = np.random.default_rng(1)
    train = dataset(
        [(person, item) for person in range(300) for item in history_of(person, rng)], N_ITEMS
    )
    return Recommender.of(ItemKnn().fit(train, np.random.default_rng(0)), train)


def recall_of(recommender: Recommender, asked: np.ndarray) -> float:
    """Recall of new users' later choices in lists of twelve items made from their answers alone.

    They say yes to the items of their circle.
    """
    rng, hits = np.random.default_rng(2), []
    for person in range(100):
        future = set(history_of(person, rng)) - set(asked.tolist())
        yes = [int(item) for item in asked if circle_of(item) == circle_for(person)]
        listed = {
            ranked.item
            for ranked in recommender.recommend(Request(Query.of(yes), n=EACH)).ranked_items
        }
        hits.append(len(future & listed) / max(1, len(future)))
    return float(np.mean(hits))


def test_answers_predict_better_than_answers_about_popular_or_random_items(recommender):
    chosen = recall_of(recommender, questions(recommender, ASKED).items)
    popular = recall_of(recommender, np.argsort(-recommender.counts, kind="stable")[:ASKED])
    by_chance = [
        recall_of(recommender, np.random.default_rng(seed).choice(N_ITEMS, ASKED, replace=False))
        for seed in range(10)
    ]
    assert chosen > popular + 0.1
    assert chosen > np.mean(by_chance) + 0.1
    assert chosen >= np.max(by_chance)


def test_every_circle_is_asked_about(recommender):
    assert {circle_of(item) for item in questions(recommender, ASKED).items} == set(range(CIRCLES))


def test_questions_are_deterministic(recommender):
    first, second = questions(recommender, ASKED), questions(recommender, ASKED)
    np.testing.assert_array_equal(first.items, second.items)
    assert len(set(first.items.tolist())) == ASKED


def test_at_most_half_are_head_items(recommender):
    asked = questions(recommender, ASKED).items
    assert recommender.head[asked].sum() <= ASKED * MOST_HEAD


def test_questions_reach_more_of_what_people_chose_than_popular_items(recommender):
    found = questions(recommender, ASKED)
    assert 0 < found.popular_reach < found.reach <= 1


def test_only_allowed_items_are_questions(recommender):
    allowed = np.arange(N_ITEMS) % 2 == 0
    assert (questions(recommender, ASKED, allowed).items % 2 == 0).all()
    nothing = questions(recommender, ASKED, np.zeros(N_ITEMS, dtype=bool))
    assert (len(nothing.items), nothing.reach) == (0, 0.0)


def test_fewer_questions_if_fewer_items_are_allowed(recommender):
    allowed = np.arange(N_ITEMS) < 3
    assert sorted(questions(recommender, ASKED, allowed).items.tolist()) == [0, 1, 2]


def test_in_a_sparse_log_every_item_may_be_a_question():
    train = dataset([(0, 1), (1, 2)], 6)
    found = questions(Recommender.of(ItemKnn().fit(train, np.random.default_rng(0)), train), 4)
    assert len(set(found.items.tolist())) == 4


def test_nearness_is_highest_for_the_item_itself_then_for_its_neighbours(recommender):
    near = nearness(recommender, np.array([0, EACH], dtype=np.int32)).toarray()
    assert near.shape == (2, N_ITEMS)
    assert near[0, 0] == near[1, EACH] == 1.0
    assert 0 < near[0, 1 : EACH // 2].min() < near[0, 1:].max() < 1
    assert near[0, EACH:].max() == 0


def test_a_large_catalogue_is_asked_the_same_questions(recommender, monkeypatch):
    whole = questions(recommender, 6)
    monkeypatch.setattr(size, "LARGE", 0)
    named = questions(recommender, 6)
    assert named.items.tolist() == whole.items.tolist()
    assert named.reach == pytest.approx(whole.reach)


def test_invalid_arguments_are_rejected(recommender):
    with pytest.raises(DataError, match="n: 0"):
        questions(recommender, 0)
    with pytest.raises(DataError, match="allowed: 3 entries"):
        questions(recommender, 3, np.ones(3, dtype=bool))
