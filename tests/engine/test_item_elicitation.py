"""Ten circles of people, the largest ten times the smallest: what is asked must tell them apart."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import Query
from recommender.engine.item_elicitation import MOST_HEAD, nearness, questions
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.scorers.item_knn import ItemKnn
from tests.engine.builders import dataset

CIRCLES, EACH, ASKED = 10, 12, 10
N_ITEMS = CIRCLES * EACH


def circle_of(item: int) -> int:
    return item // EACH


def history_of(person: int, rng: np.random.Generator) -> list[int]:
    """Six different items of the person's circle, its first ones more often."""
    appeal = 1 / np.arange(1, EACH + 1)
    chosen = rng.choice(EACH, 6, replace=False, p=appeal / appeal.sum())
    return [circle_for(person) * EACH + int(item) for item in chosen]


def circle_for(person: int) -> int:
    """Of 100 people 30 are of the first circle, three of the last."""
    shares = np.cumsum([30, 18, 12, 9, 8, 7, 6, 4, 3, 3])
    return int(np.searchsorted(shares, person % 100, side="right"))


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    rng = np.random.default_rng(1)
    train = dataset(
        [(person, item) for person in range(300) for item in history_of(person, rng)], N_ITEMS
    )
    return Recommender.of(ItemKnn().fit(train, np.random.default_rng(0)), train)


def found_by(recommender: Recommender, asked: np.ndarray) -> float:
    """Share of what newcomers will choose that is in their list of twelve, made of their answers alone.

    They say yes to what is of their circle.
    """
    rng, hits = np.random.default_rng(2), []
    for person in range(100):
        future = set(history_of(person, rng)) - set(asked.tolist())
        yes = [int(item) for item in asked if circle_of(item) == circle_for(person)]
        got = {
            place.item
            for place in recommender.recommend(Request(Query.of(yes), n=EACH)).ranked_items
        }
        hits.append(len(future & got) / max(1, len(future)))
    return float(np.mean(hits))


def test_answers_predict_better_than_those_to_the_most_popular_or_to_random_items(recommender):
    chosen = found_by(recommender, questions(recommender, ASKED).items)
    popular = found_by(recommender, np.argsort(-recommender.counts, kind="stable")[:ASKED])
    by_chance = [
        found_by(recommender, np.random.default_rng(seed).choice(N_ITEMS, ASKED, replace=False))
        for seed in range(10)
    ]
    assert chosen > popular + 0.1
    assert chosen > np.mean(by_chance) + 0.1
    assert chosen >= np.max(by_chance)


def test_every_circle_is_asked_about(recommender):
    assert {circle_of(item) for item in questions(recommender, ASKED).items} == set(range(CIRCLES))


def test_the_same_model_asks_the_same(recommender):
    first, second = questions(recommender, ASKED), questions(recommender, ASKED)
    np.testing.assert_array_equal(first.items, second.items)
    assert len(set(first.items.tolist())) == ASKED


def test_no_more_than_half_are_well_known(recommender):
    asked = questions(recommender, ASKED).items
    assert recommender.head[asked].sum() <= ASKED * MOST_HEAD


def test_together_they_are_nearer_to_what_people_chose_than_the_most_popular(recommender):
    found = questions(recommender, ASKED)
    assert 0 < found.popular_reach < found.reach <= 1


def test_only_what_may_be_asked_about_is_asked(recommender):
    allowed = np.arange(N_ITEMS) % 2 == 0
    assert (questions(recommender, ASKED, allowed).items % 2 == 0).all()
    nothing = questions(recommender, ASKED, np.zeros(N_ITEMS, dtype=bool))
    assert (len(nothing.items), nothing.reach) == (0, 0.0)


def test_there_are_fewer_questions_than_asked_for_where_there_is_less_to_ask(recommender):
    allowed = np.arange(N_ITEMS) < 3
    assert sorted(questions(recommender, ASKED, allowed).items.tolist()) == [0, 1, 2]


def test_in_a_catalogue_in_which_little_was_chosen_anything_may_be_asked_about():
    train = dataset([(0, 1), (1, 2)], 6)
    found = questions(Recommender.of(ItemKnn().fit(train, np.random.default_rng(0)), train), 4)
    assert len(set(found.items.tolist())) == 4


def test_an_answer_speaks_most_of_the_item_itself_then_of_what_is_near(recommender):
    near = nearness(recommender, np.array([0, EACH], dtype=np.int32))
    assert near.shape == (2, N_ITEMS)
    assert near[0, 0] == near[1, EACH] == 1.0
    assert 0 < near[0, 1 : EACH // 2].min() < near[0, 1:].max() < 1
    assert near[0, EACH:].max() == 0


def test_wrong_numbers_are_refused(recommender):
    with pytest.raises(DataError, match="n: 0"):
        questions(recommender, 0)
    with pytest.raises(DataError, match="allowed: 3 entries"):
        questions(recommender, 3, np.ones(3, dtype=bool))
