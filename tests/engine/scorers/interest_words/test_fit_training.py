from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.scorers.interest_words import fit_training
from recommender.engine.scorers.interest_words.fit_training import (
    Size,
    commonness,
    compete,
    make_windows,
    spell_out,
)
from recommender.engine.scorers.interest_words.numpy_network import FADING, LATEST, softmax
from recommender.engine.text.lexicon import catalogue_words
from tests.engine.builders import dataset

SIZE = Size(width=16, hidden=16, places=6_000, fewest=10)
NAMES = ["kettle", "teapot", "chisel", "hammer", "ribbon", "poem"]
FOLLOWS = {0: 1, 1: 0, 2: 3, 3: 2, 4: 5, 5: 4}


def world(seed: int = 0, n_users: int = 150) -> tuple[Dataset, np.ndarray]:
    """Each of six words stands on five items; after an item with a word comes one with its partner, never its own."""
    rng = np.random.default_rng(seed)
    items = Items([f"{NAMES[item % 6]} item{item}" for item in range(30)], [""] * 30, [()] * 30)
    users, taken = [], []
    for user in range(n_users):
        word = int(rng.integers(6))
        for place in rng.permutation(5)[:4]:
            users.append(user)
            taken.append(word + 6 * int(place))
            word = FOLLOWS[word]
    n = len(users)
    log = Log(
        np.array(users, np.int32), np.array(taken, np.int32), np.ones(n, np.float32), np.arange(n)
    )
    vectors = np.eye(6, dtype=np.float32)[np.arange(30) % 6]
    return Dataset(items, log, n_users), vectors


def test_histories_are_cut_into_windows_with_the_words_that_followed():
    data = dataset([(0, item) for item in range(LATEST + 4)] + [(1, 5)], LATEST + 4)
    windows = make_windows(data, np.random.default_rng(0), most=1000)
    assert sorted(windows.lengths.tolist()) == [3, LATEST]
    first = int(windows.lengths.argmin())
    assert windows.items[first].tolist() == [0, 1, 2]
    followed = windows.followers[windows.first[first]].toarray()[0]
    np.testing.assert_allclose(followed[1:6], FADING ** np.arange(5), rtol=1e-6)
    last = windows.followers[windows.places(np.array([1 - first]))[-1]].toarray()[0]
    assert np.flatnonzero(last).tolist() == [LATEST + 3]


def test_a_long_log_is_read_only_as_far_as_wanted():
    data = dataset([(user, item) for user in range(50) for item in range(5)], 5)
    windows = make_windows(data, np.random.default_rng(0), most=40)
    assert 40 <= windows.lengths.sum() < 48


def test_words_wanted_compete_with_some_drawn_that_stand_for_all_the_others():
    wanted = sp.csr_matrix(
        np.array([[0, 0.25, 0, 0.75, 0, 0], [0, 1, 0, 0, 0, 0]], dtype=np.float32)
    )
    words, raised, targets = compete(wanted, 2, np.random.default_rng(0))
    assert words[:2].tolist() == [1, 3]
    assert len(set(words.tolist())) == 4
    np.testing.assert_allclose(raised, [0, 0, np.log(2), np.log(2)])
    np.testing.assert_allclose(targets, [[0.25, 0.75, 0, 0], [1, 0, 0, 0]])


def test_what_was_written_need_not_be_written_again():
    targets = np.array([[0.5, 0.3, 0.2, 0], [1, 0, 0, 0]], dtype=np.float32)
    written, left = spell_out(targets, 3, np.random.default_rng(0))
    assert sorted(written[0].tolist()) == [0, 1, 2]
    assert left[0, 0, written[0, 0]] == 0
    assert left[0, 1, written[0, 2]] == pytest.approx(1)
    assert not left[0, 2].any()
    assert not left[1].any()


def test_words_of_popular_items_are_common():
    weights = sp.csr_matrix(np.array([[1, 0], [0, 1]], dtype=np.float32))
    np.testing.assert_allclose(commonness(weights, np.array([3, 0], dtype=np.int32)), [0.8, 0.2])


def test_too_short_a_log_teaches_nothing_and_all_words_are_copied():
    data, vectors = world(n_users=3)
    learnt = fit_training.train_interest(data, vectors, catalogue_words(data.items), SIZE, 0)
    assert not learnt.network.kernel.any()
    assert learnt.copied == fit_training.UNTAUGHT_SHARE


def taught(epochs: int) -> fit_training.Teacher:
    data, vectors = world()
    words = catalogue_words(data.items)
    common = commonness(words.weights, data.counts)
    model = fit_training.InterestModel(
        fit_training.mean_vectors(words.weights, vectors), common, SIZE, seed=3
    )
    rng = np.random.default_rng(0)
    teacher = fit_training.Teacher(model, make_windows(data, rng, 500), words.weights, vectors, rng)
    teacher.teach(np.arange(100), np.arange(100, 110), epochs)
    return teacher


@pytest.mark.tensorflow
def test_numpy_serves_what_keras_learnt():
    teacher = taught(epochs=2)
    model, vectors = teacher.model, teacher.vectors
    every = np.arange(teacher.weights.shape[1], dtype=np.int32)
    network, steps = model.network(), vectors[np.array([[0, 1, 2, 9], [4, 5, 4, 7]])]
    states, means = model.read(steps)
    expected = np.asarray(model.logits(model.queries(states, means), every))
    for place in range(4):
        reading = network.read(steps @ model.adapter_weights(), [place + 1] * 2)
        np.testing.assert_allclose(network.logits(reading), expected[:, place], atol=1e-5)
    reading = network.read(steps @ model.adapter_weights(), [4, 4])
    spelt = np.asarray(model.spell(every))[[[3, 1], [0, 2]]]
    later = np.asarray(
        model.logits(model.queries(model.write(states[:, -1], spelt), means[:, -1:]), every)
    )
    for row, written in enumerate(([3, 1], [0, 2])):
        own = reading.row(row)
        for place, word in enumerate(written):
            own = network.wrote(own, word)
            np.testing.assert_allclose(network.logits(own)[0], later[row, place], atol=1e-5)


@pytest.mark.tensorflow
def test_it_learns_which_words_follow_and_not_only_which_were_there():
    data, vectors = world()
    words = catalogue_words(data.items)
    learnt = fit_training.train_interest(data, vectors, words, SIZE, 0)
    index = words.lexicon.index
    for item, follower in FOLLOWS.items():
        reading = learnt.network.read(learnt.item_steps[[[item]]], [1])
        likely = softmax(learnt.network.logits(reading))[0]
        assert likely[index[NAMES[follower]]] == max(likely[index[name]] for name in NAMES)


@pytest.mark.tensorflow
def test_the_same_seed_teaches_the_same_to_the_last_bit():
    data, vectors = world()
    words = catalogue_words(data.items)
    one, other, third = (
        fit_training.train_interest(data, vectors, words, SIZE, seed) for seed in (5, 5, 6)
    )
    for name, array in one.network.get_state().items():
        np.testing.assert_array_equal(array, other.network.get_state()[name])
    assert not np.array_equal(one.network.kernel, third.network.kernel)


@pytest.mark.tensorflow
def test_a_model_that_gets_worse_ends_as_it_was_at_its_best(monkeypatch):
    monkeypatch.setattr(fit_training, "RATE", 1.0)
    first = taught(epochs=8)
    best = int(np.argmin(first.losses)) + 1
    assert best + fit_training.PATIENCE < 8
    assert len(first.losses) == best + fit_training.PATIENCE + 1
    again = taught(epochs=best)
    for one, other in zip(first.model.variables, again.model.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
