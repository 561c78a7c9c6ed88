from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.types import Query, StatedPreferences
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.reranking.fallback import RECENT_POPULARITY
from recommender.engine.reranking.stated_preferences import (
    STATED_PREFERENCES,
    StatedPreferenceBoost,
    reach_of,
)
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.interest_words.params import InterestParams
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.interest_words.typed_text import Typing
from recommender.engine.scorers.scales import BUCKETS
from recommender.engine.storage.artifacts import read, write
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.whitening import Whitening
from tests.engine.builders import random_dataset
from tests.engine.fakes import Together
from tests.engine.lists import explain

THINGS = ["teapot", "hammer", "ribbon", "lamp", "poem"]
N_ITEMS = 60
DATA = random_dataset(seed=3, n_users=40, n_items=N_ITEMS, n_events=500)
ITEMS = replace(
    DATA.items,
    titles=[
        f"{THINGS[item % 5]} {'red' if item % 2 else 'blue'} model{item}" for item in range(N_ITEMS)
    ],
    categories=[()] * N_ITEMS,
)
DATA = replace(DATA, items=ITEMS)
EMPTY = Query.of([])


def has(word: str) -> np.ndarray:
    return np.array([word in title.split() for title in ITEMS.titles])


@pytest.fixture(scope="module")
def interest() -> Interest:
    texts = ItemTexts(ITEMS, np.eye(5, dtype=np.float32)[np.arange(N_ITEMS) % 5])
    return Interest(InterestParams(width=8, hidden=4, fewest=10**6), texts).fit(
        DATA, np.random.default_rng(0)
    )


@pytest.fixture(scope="module")
def recommender(interest: Interest) -> Recommender:
    return Recommender.of(Together().fit(DATA, np.random.default_rng(0)), DATA, interest)


def with_preferences(
    query: Query,
    text: str = "",
    wanted: dict[str, float] | None = None,
    unwanted: tuple[str, ...] = (),
) -> Query:
    return replace(
        query, stated_preferences=StatedPreferences(text, wanted or {}, frozenset(unwanted))
    )


def listed(recommender: Recommender, query: Query, n: int = 8, **more: object) -> list[int]:
    return [ranked.item for ranked in recommender.recommend(Request(query, n, **more)).ranked_items]


def count(word: str, items: list[int]) -> int:
    return int(has(word)[items].sum())


def test_without_stated_preferences_nothing_changes(recommender):
    query, items = DATA.query(1), np.arange(N_ITEMS, dtype=np.int32)
    own = recommender.scorer.score(query, items)
    boost = StatedPreferenceBoost(recommender.scorer, recommender.interest)
    assert boost.score(query, items, own, 3.0) is own
    assert listed(recommender, query) == listed(replace(recommender, interest=None), query)


def test_a_wanted_word_brings_items_with_it(recommender):
    before = sum(count("poem", listed(recommender, DATA.query(user))) for user in range(10))
    after = sum(
        count("poem", listed(recommender, with_preferences(DATA.query(user), wanted={"poem": 1.0})))
        for user in range(10)
    )
    assert after > 2 * before


def test_a_heavier_word_brings_more(recommender):
    def found(weight: float) -> int:
        queries = (
            with_preferences(DATA.query(user), wanted={"lamp": weight}) for user in range(10)
        )
        return sum(count("lamp", listed(recommender, query)) for query in queries)

    assert found(0.1) < found(1.0)


@pytest.mark.parametrize("word", THINGS)
def test_unwanted_words_leave_the_lists(recommender, word):
    before = sum(count(word, listed(recommender, DATA.query(user))) for user in range(10))
    after = sum(
        count(word, listed(recommender, with_preferences(DATA.query(user), unwanted=(word,))))
        for user in range(10)
    )
    assert before
    assert after <= 0.2 * before


class Reader:
    """An encoder that reads every text as the second thing."""

    name = fingerprint = "fake"
    dimension = 5

    def encode(self, texts, progress=None):
        return np.array([[0, 1, 0, 0, 0] for _ in texts], dtype=np.float32)


def test_typed_text_brings_semantically_similar_items_and_explains_them(interest):
    model = Interest.from_state(interest.params, dict(interest.get_state()))
    model.semantic_vectors = np.eye(5, dtype=np.float32)[np.arange(N_ITEMS) % 5]
    model.typing = Typing(
        Whitening(np.zeros(5, np.float32), np.eye(5, dtype=np.float32)), model.item_steps[:5]
    )
    model.encoder = Reader()
    reads = Recommender.of(Together().fit(DATA, np.random.default_rng(0)), DATA, model)
    for query in (with_preferences(EMPTY, "锤子"), with_preferences(DATA.query(3), "锤子")):
        request = Request(query, 8)
        made = reads.recommend(request)
        items = [ranked.item for ranked in made.ranked_items]
        contributions = explain(reads, request, *items)
        hammers = np.flatnonzero(has("hammer")[items])
        assert len(hammers) >= 4
        assert any(
            contribution.scorer == STATED_PREFERENCES
            and contribution.word is None
            and contribution.amount > 0
            for contribution in contributions[hammers[0]]
        )
        for ranked, own in zip(made.ranked_items, contributions, strict=True):
            assert sum(each.amount for each in own) == pytest.approx(ranked.score, abs=1e-4)


def test_an_edit_changes_the_next_list(recommender):
    query = DATA.query(2)
    assert listed(recommender, query) != listed(recommender, with_preferences(query, "hammers"))


def test_people_without_a_history_get_their_stated_preferences(recommender):
    made = recommender.recommend(Request(with_preferences(EMPTY, "a teapot, please"), 8))
    assert made.fallback is None
    assert count("teapot", [ranked.item for ranked in made.ranked_items]) == 8
    assert all(STATED_PREFERENCES in ranked.sources for ranked in made.ranked_items[:4])


def test_people_with_unknown_words_and_no_history_get_popular_items(recommender):
    made = recommender.recommend(Request(with_preferences(EMPTY, "zebra"), 8))
    assert made.fallback == RECENT_POPULARITY


def test_popular_items_that_fill_a_list_have_no_unwanted_word(recommender):
    assert count("red", listed(recommender, with_preferences(EMPTY, unwanted=("red",)), n=20)) == 0
    assert count("red", listed(recommender, EMPTY, n=20)) > 0


@pytest.mark.parametrize("query", [EMPTY, DATA.query(1)], ids=["nobody", "somebody"])
def test_contributions_sum_to_the_score_and_name_the_words(recommender, query):
    request = Request(with_preferences(query, "hammer", {"poem": 0.7}, ("blue",)), 10, tail=0.3)
    made = recommender.recommend(request)
    contributions = explain(recommender, request, *(each.item for each in made.ranked_items))
    named = set()
    for ranked, own in zip(made.ranked_items, contributions, strict=True):
        assert sum(each.amount for each in own) == pytest.approx(ranked.score, rel=1e-4, abs=1e-4)
        named |= {each.word for each in own if each.scorer == STATED_PREFERENCES}
    assert {"hammer", "poem"} <= named


def test_the_penalty_of_an_unwanted_word_is_explained(recommender):
    blue = int(np.flatnonzero(has("blue"))[-1])
    request = Request(with_preferences(DATA.query(1), unwanted=("blue",)))
    [contributions] = explain(recommender, request, blue)
    assert [each for each in contributions if each.word == "blue" and each.amount < 0]


def test_lists_are_the_same_in_batches(recommender):
    queries = [
        DATA.query(0),
        with_preferences(DATA.query(1), "poem"),
        with_preferences(EMPTY, wanted={"lamp": 1.0}),
        EMPTY,
    ]
    many = recommender.recommend_many([Request(query, 5) for query in queries])
    assert [[ranked.item for ranked in made.ranked_items] for made in many] == [
        listed(recommender, q, 5) for q in queries
    ]


def test_stated_preferences_apply_to_tail_items_only(recommender):
    items = listed(recommender, with_preferences(EMPTY, wanted={"lamp": 1.0}), only_tail=True)
    assert items
    assert not recommender.head[items].any()


def test_without_an_interest_model_stated_preferences_are_ignored(recommender):
    plain = replace(recommender, interest=None)
    assert listed(plain, with_preferences(DATA.query(1), "poem", unwanted=("red",))) == listed(
        plain, DATA.query(1)
    )


def test_reach_is_the_distance_of_the_best_score_from_the_mean():
    assert reach_of(np.array([1, 2, np.nan, 6], dtype=np.float32)) == pytest.approx(3)
    assert reach_of(np.full(3, np.nan, dtype=np.float32)) == 1
    assert reach_of(np.ones(3, dtype=np.float32)) == 1


@pytest.mark.parametrize("blended", [True, False], ids=["in the blend", "beside it"])
def test_an_artifact_stores_the_model_once(recommender, interest, blended, tmp_path, monkeypatch):
    from recommender.engine.scorers import registry

    monkeypatch.setitem(registry.SCORERS, "together", Together)
    hybrid = Hybrid([recommender.scorer, interest], Blend({"together": 1.0, "interest": 0.5}))
    hybrid.people, hybrid.scales = DATA.counts, np.ones((2, BUCKETS), dtype=np.float32)
    written = Recommender.of(hybrid, DATA) if blended else recommender
    assert written.interest is interest
    write(tmp_path / "v", written, item_ids=np.arange(N_ITEMS), about={})
    again = read(tmp_path / "v").recommender
    assert len(list((tmp_path / "v").glob("*network.words.npy"))) == 1
    query = with_preferences(DATA.query(1), "poem")
    assert again.interest.words(query) == interest.words(query)
    assert listed(again, query) == listed(written, query)
    assert (again.interest in getattr(again.scorer, "components", ())) is blended
