from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.dataset import Dataset, Items
from recommender.engine.scorers.interest_words.batches import make_windows
from recommender.engine.scorers.interest_words.followers import Followers, count_followers
from recommender.engine.text.lexicon import CatalogueWords, catalogue_words
from tests.engine.builders import dataset

TITLES = ["Teapot", "Kettle", "Hammer", "Chisel", "Kettle holder"]
PAIRS = [(user, item) for user in range(60) for item in ((0, 1) if user % 2 else (2, 3))]


def world(trend: bool = False) -> tuple[Dataset, CatalogueWords]:
    """After a teapot comes a kettle, after a hammer a chisel."""
    pairs = sorted(PAIRS, key=lambda pair: pair[0] % 2) if trend else PAIRS
    data = replace(dataset(pairs, 5, n_users=60), items=Items(TITLES, [""] * 5, [()] * 5))
    return data, catalogue_words(data.items)


def counted(trend: bool = False) -> tuple[Followers, CatalogueWords]:
    data, words = world(trend)
    windows = make_windows(data, np.random.default_rng(0), 10_000)
    return count_followers(data, windows, words.weights, words.lexicon.writable), words


def rate(followers: Followers, words: CatalogueWords, past: list[int], word: str) -> float:
    rates = followers.rates(np.array(past, dtype=np.int32), words.weights)
    return float(rates[words.lexicon.index[word]])


def test_words_that_follow_an_item_are_likely_after_it():
    followers, words = counted()
    assert rate(followers, words, [0], "kettle") > rate(followers, words, [0], "chisel")
    assert rate(followers, words, [2], "chisel") > rate(followers, words, [2], "kettle")


def test_a_new_item_is_known_by_its_words():
    followers, words = counted()
    more = catalogue_words(Items([*TITLES, "Teapot"], [""] * 6, [()] * 6))
    assert more.lexicon.words == words.lexicon.words
    new = rate(followers, more, [5], "kettle")
    assert new > rate(followers, more, [5], "chisel")


def test_rates_are_no_more_than_certain_and_never_negative():
    followers, words = counted()
    rates = followers.rates(np.arange(5, dtype=np.int32), words.weights)
    assert rates.min() >= 0
    assert rates.max() <= 1 + 1e-6


def test_without_past_items_every_word_is_as_usual():
    followers, words = counted()
    rates = followers.rates(np.empty(0, dtype=np.int32), words.weights)
    np.testing.assert_array_equal(rates, followers.usual)


def test_words_of_late_are_in_trend():
    followers, words = counted(trend=True)
    index = words.lexicon.index
    assert followers.trend[index["kettle"]] > 1 > followers.trend[index["chisel"]]


def test_the_state_restores_the_same_rates():
    followers, words = counted()
    again = Followers.from_state(followers.get_state())
    for past in ([0], [2, 4], []):
        past = np.array(past, dtype=np.int32)
        np.testing.assert_array_equal(
            again.rates(past, words.weights), followers.rates(past, words.weights)
        )


@pytest.mark.parametrize("writable", [True, False])
def test_words_that_may_not_be_written_are_not_counted(writable):
    data, words = world()
    windows = make_windows(data, np.random.default_rng(0), 10_000)
    mask = np.full(len(words.lexicon), writable)
    followers = count_followers(data, windows, words.weights, mask)
    assert bool(followers.usual.any()) is writable
