from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.interest_words import network_training
from recommender.engine.scorers.interest_words.batches import (
    BatchSampler,
    commonness,
    make_windows,
    mean_vectors,
)
from recommender.engine.text.lexicon import catalogue_words
from tests.engine.scorers.interest_words.partners import SIZE, partner_words


def trained(epochs: int) -> network_training.Trainer:
    data, vectors = partner_words()
    words = catalogue_words(data.items)
    common = commonness(words.weights, data.counts)
    model = network_training.InterestModel(
        mean_vectors(words.weights, vectors), common, SIZE.width, SIZE.hidden, seed=3
    )
    rng = np.random.default_rng(0)
    sampler = BatchSampler(make_windows(data, rng, 500), words.weights, vectors, rng)
    trainer = network_training.Trainer(model, sampler)
    trainer.fit(np.arange(100), np.arange(100, 110), epochs)
    return trainer


@pytest.mark.tensorflow
def test_numpy_gives_the_logits_of_keras():
    trainer = trained(epochs=2)
    model, sampler = trainer.model, trainer.sampler
    vectors = sampler.vectors
    every = np.arange(sampler.weights.shape[1], dtype=np.int32)
    network, steps = model.network(), vectors[np.array([[0, 1, 2, 9], [4, 5, 4, 7]])]
    states, means = model.read(steps)
    expected = np.asarray(model.logits(model.queries(states, means), every))
    for position in range(4):
        history = network.read(steps @ model.adapter_weights(), [position + 1] * 2)
        np.testing.assert_allclose(network.logits(history), expected[:, position], atol=1e-5)
    history = network.read(steps @ model.adapter_weights(), [4, 4])
    rows = np.asarray(model.word_rows(every))[[[3, 1], [0, 2]]]
    later = np.asarray(
        model.logits(model.queries(model.write(states[:, -1], rows), means[:, -1:]), every)
    )
    for row, written in enumerate(([3, 1], [0, 2])):
        own = history.row(row)
        for at, word in enumerate(written):
            own = network.wrote(own, word)
            np.testing.assert_allclose(network.logits(own)[0], later[row, at], atol=1e-5)


@pytest.mark.tensorflow
def test_a_model_that_gets_worse_ends_with_its_best_weights(monkeypatch):
    monkeypatch.setattr(network_training, "RATE", 1.0)
    first = trained(epochs=8)
    best = int(np.argmin(first.losses)) + 1
    assert best + network_training.PATIENCE < 8
    assert len(first.losses) == best + network_training.PATIENCE + 1
    again = trained(epochs=best)
    for one, other in zip(first.model.variables, again.model.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
