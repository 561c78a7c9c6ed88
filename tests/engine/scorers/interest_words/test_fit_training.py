from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.interest_words import fit_training
from recommender.engine.scorers.interest_words.numpy_network import softmax
from recommender.engine.text.lexicon import catalogue_words
from tests.engine.scorers.interest_words.partners import FOLLOWS, NAMES, SIZE, partner_words


def test_on_a_short_log_the_network_stays_untrained():
    data, vectors = partner_words(n_users=3)
    learnt = fit_training.train_interest(data, vectors, catalogue_words(data.items), SIZE, 0)
    assert not learnt.network.reader.kernel.any()
    assert learnt.copied == fit_training.UNTRAINED_SHARE


@pytest.mark.tensorflow
def test_it_learns_which_words_follow_which():
    data, vectors = partner_words()
    words = catalogue_words(data.items)
    learnt = fit_training.train_interest(data, vectors, words, SIZE, 0)
    index = words.lexicon.index
    for item, follower in FOLLOWS.items():
        history = learnt.network.read(learnt.item_steps[[[item]]], [1])
        likely = softmax(learnt.network.logits(history))[0]
        assert likely[index[NAMES[follower]]] == max(likely[index[name]] for name in NAMES)


@pytest.mark.tensorflow
def test_the_same_seed_gives_the_same_weights_bit_for_bit():
    data, vectors = partner_words()
    words = catalogue_words(data.items)
    one, other, third = (
        fit_training.train_interest(data, vectors, words, SIZE, seed) for seed in (5, 5, 6)
    )
    for name, array in one.network.get_state().items():
        np.testing.assert_array_equal(array, other.network.get_state()[name])
    assert not np.array_equal(one.network.reader.kernel, third.network.reader.kernel)
