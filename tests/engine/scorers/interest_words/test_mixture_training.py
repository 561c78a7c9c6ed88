from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.engine.data.dataset import Dataset, Items
from recommender.engine.scorers.interest_words import mixture_training
from recommender.engine.scorers.interest_words.mixture_training import (
    fit_mixture,
    moments_after,
    regression,
)
from recommender.engine.scorers.interest_words.rate_mixture import UNFITTED, RateMixture
from recommender.engine.text.lexicon import catalogue_words
from tests.engine.builders import dataset
from tests.engine.scorers.interest_words.test_followers import counted, world


def fitted(data: Dataset) -> RateMixture:
    return fit_mixture(data, catalogue_words(data.items), np.random.default_rng(0), 10_000)


def shop(n_users: int, follows: bool) -> Dataset:
    """Everybody takes twice; a kettle follows a teapot and a chisel a hammer, or what is usual."""
    rng = np.random.default_rng(0)
    first = rng.integers(0, 2, n_users) * 2
    second = first + 1 if follows else np.where(rng.random(n_users) < 0.8, 1, 3)
    pairs = [*enumerate(first.tolist()), *enumerate(second.tolist())]
    titles = ["Teapot", "Kettle", "Hammer", "Chisel"]
    items = Items(titles, [""] * 4, [()] * 4)
    return replace(dataset(pairs, 4, n_users=n_users), items=items)


def probabilities(mixture: RateMixture, past: int) -> dict[str, float]:
    followers, words = counted()
    rate = followers.rates(np.array([past], dtype=np.int32), words.weights)
    found = mixture.of(rate, mixture.for_anybody(followers.trend, followers.usual))
    return dict(zip(words.lexicon.words, found.tolist(), strict=True))


def test_rates_become_probabilities_in_the_same_order():
    after_teapot = probabilities(RateMixture.unfitted(), 0)
    assert after_teapot["kettle"] > after_teapot["chisel"]
    assert all(0 < value < 1 for value in after_teapot.values())


def test_a_short_log_keeps_the_weights_that_need_no_fitting():
    data, _words = world()
    assert fitted(data).weights is UNFITTED


def test_a_log_whose_items_follow_each_other_listens_more_to_past_items():
    following, usual = (fitted(shop(2000, follows)).weights for follows in (True, False))
    assert following[0] > usual[0]
    assert following[2] < usual[2]


def test_moments_are_those_of_return_where_many_return():
    data = shop(2000, follows=True)
    moments = moments_after(data, len(data.log) - 200, np.random.default_rng(0))
    assert len(moments) == 200
    assert all(len(moment.past) == len(moment.ahead) == 1 for moment in moments)


def test_where_nobody_returns_each_person_has_moments_in_turn(monkeypatch):
    monkeypatch.setattr(mixture_training, "MOST_MOMENTS", 6)
    pairs = [(user, item) for user in range(5) for item in range(4)]
    moments = moments_after(dataset(pairs, 4, n_users=5), 4, np.random.default_rng(0))
    assert len(moments) == 6
    assert all(len(moment.past) and len(moment.ahead) for moment in moments)
    # four people come after the cut: one moment of each, then a second one of two of them
    assert sorted(len(moment.past) + len(moment.ahead) for moment in moments) == [4] * 6


def test_moments_know_only_what_came_before_them():
    pairs = [(user, item) for item in (2, 0, 3, 1) for user in range(150)]
    for moment in moments_after(dataset(pairs, 4, n_users=150), 300, np.random.default_rng(0)):
        assert moment.past.tolist() == [2, 0]
        assert moment.ahead.tolist() == [3, 1]


def test_the_regression_finds_weights_and_none_below_zero():
    rng = np.random.default_rng(0)
    logs = rng.normal(size=(20_000, 3)).astype(np.float32)
    odds = np.exp(logs @ [1.5, 0.5, -1.0] - 1)
    came = rng.random(len(logs)) < odds / (1 + odds)
    weights = regression(logs, came, UNFITTED, 1.0)
    assert weights[2] == 0
    assert weights[0] > weights[1] > 0.3
    pulled = regression(logs, came, UNFITTED, 1e9)
    np.testing.assert_allclose(pulled[:2], UNFITTED[:2], atol=0.01)
