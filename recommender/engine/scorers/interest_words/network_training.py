"""The interest network in Keras, and its training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.part_done import part_done
from recommender.engine.scorers.interest_words.batches import Batch, BatchSampler
from recommender.engine.scorers.interest_words.numpy_network import (
    CONTRAST,
    Network,
    random_projection,
)
from recommender.engine.scorers.interest_words.params import FADING
from recommender.engine.scorers.numpy_lstm import Lstm

RATE = 4e-3
DROPOUT = 0.3
PATIENCE = 1


class InterestModel:
    """The network in Keras layers, for training; ``network`` returns the weights for numpy."""

    def __init__(
        self, word_vectors: FloatArray, common: FloatArray, width: int, hidden: int, seed: int
    ) -> None:
        import keras

        from recommender.engine.scorers.lstm_training import lstm_layer

        layers, initial = keras.layers, keras.initializers
        d = word_vectors.shape[1]
        begin = random_projection(d, width, np.random.default_rng(seed))
        self.adapter = layers.Dense(
            width, use_bias=False, kernel_initializer=initial.Constant(begin)
        )
        self.reader = lstm_layer(width, hidden, seed)
        self.writer = lstm_layer(width, hidden, seed + 1)
        self.from_state = layers.Dense(width, use_bias=False, kernel_initializer=initial.Zeros())
        self.from_mean = layers.Dense(width, use_bias=False, kernel_initializer=initial.Identity())
        self.to_words = layers.Dense(
            width, use_bias=False, kernel_initializer=initial.Constant(CONTRAST * begin)
        )
        self.drop_input = layers.Dropout(DROPOUT, seed=seed)
        self.drop_state = layers.Dropout(DROPOUT, seed=seed + 1)
        self.word_vectors = keras.ops.convert_to_tensor(word_vectors)
        self.word_bias = keras.Variable(np.log(common + 1e-9).astype(np.float32), name="word_bias")
        self.adapter.build((None, None, d))
        self.to_words.build((None, d))
        self.from_mean.build((None, None, width))
        self.from_state.build((None, None, hidden))

    @property
    def variables(self) -> list[Any]:
        layers = (
            self.adapter,
            self.reader,
            self.writer,
            self.from_state,
            self.from_mean,
            self.to_words,
        )
        return [variable for layer in layers for variable in layer.trainable_variables] + [
            self.word_bias
        ]

    def read(self, steps: Any, training: bool = False) -> tuple[Any, Any]:
        """(n, t, h) states and (n, t, a) means after each position of ``steps`` (n, t, d)."""
        from keras import ops

        read = self.adapter(self.drop_input(steps, training=training))
        return self.reader(read), ops.matmul(_fading(ops.shape(read)[1]), read)

    def queries(self, states: Any, means: Any, training: bool = False) -> Any:
        """(…, a) query vectors of the next item's words."""
        return self.from_state(self.drop_state(states, training=training)) + self.from_mean(means)

    def logits(self, queries: Any, words: Any) -> Any:
        """(…, s) logits of ``words`` (s,)."""
        from keras import ops

        return ops.matmul(queries, ops.transpose(self.word_rows(words))) + ops.take(
            self.word_bias, words
        )

    def word_rows(self, words: Any) -> Any:
        """(s, a) vectors of ``words`` (s,)."""
        from keras import ops

        return self.to_words(ops.take(self.word_vectors, words, axis=0))

    def write(self, states: Any, rows: Any) -> Any:
        """(n, k, h) states after each word in ``rows`` (n, k, a), from ``states`` (n, h)."""
        return self.writer(rows, initial_state=[states, states])

    def adapter_weights(self) -> FloatArray:
        weights: FloatArray = self.adapter.kernel.numpy()
        return weights

    def network(self) -> Network:
        words = self.word_rows(np.arange(self.word_vectors.shape[0], dtype=np.int32))
        rest = (self.from_state.kernel, self.from_mean.kernel, words, self.word_bias)
        return Network(Lstm.of(self.reader), Lstm.of(self.writer), *(each.numpy() for each in rest))


class Trainer:
    """Trains a model with early stopping by the loss of held-out windows."""

    def __init__(self, model: InterestModel, sampler: BatchSampler) -> None:
        import keras

        self.model, self.sampler = model, sampler
        self.optimizer = keras.optimizers.Adam(RATE)
        self.optimizer.build(model.variables)
        self.learn, self.evaluate = self._compiled()

    def fit(self, rows: IntArray, held: IntArray, epochs: int) -> None:
        """Train on the windows ``rows``; the model ends with the weights of the best epoch.

        ``losses`` holds the loss of the ``held`` windows by epoch.
        """
        best, losses = self._weights(), [np.inf]
        sampler = self.sampler
        check = [sampler.batch(own, np.random.default_rng(0)) for own in sampler.batches(held)]
        for _ in range(epochs):
            for own in sampler.batches(rows):
                self.learn(*sampler.batch(own, sampler.rng))
                part_done()
            losses.append(float(np.mean([float(self.evaluate(*batch)) for batch in check])))
            if losses[-1] <= min(losses):
                best = self._weights()
            elif np.argmin(losses) < len(losses) - 1 - PATIENCE:
                break
        for variable, value in zip(self.model.variables, best, strict=True):
            variable.assign(value)
        self.losses = losses[1:]

    def _weights(self) -> list[FloatArray]:
        return [variable.numpy() for variable in self.model.variables]

    def _compiled(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()

        def loss(batch: Sequence[Any], training: bool) -> Any:
            return _loss(self.model, Batch(*batch), training)

        def learn(*batch: Any) -> Any:
            with tf.GradientTape() as tape:
                value = loss(batch, True)
            self.optimizer.apply(tape.gradient(value, self.model.variables), self.model.variables)
            return value

        form = [
            tf.TensorSpec(shape, kind)
            for shape, kind in (
                ([None, None, self.sampler.vectors.shape[1]], tf.float32),
                ([None, None], tf.float32),
                ([None], tf.int32),
                ([None], tf.float32),
                ([None, None, None], tf.float32),
                ([None], tf.int32),
                ([None], tf.int32),
                ([None, None], tf.int32),
                ([None, None, None], tf.float32),
            )
        ]
        return (
            tf.function(learn, input_signature=form, autograph=False),
            tf.function(lambda *batch: loss(batch, False), input_signature=form, autograph=False),
        )


def _loss(model: InterestModel, batch: Batch, training: bool) -> Any:
    """Cross-entropy of the next words at every position, plus that of the words left to write."""
    from keras import ops

    states, means = model.read(batch.steps, training)
    after = model.logits(model.queries(states, means, training), batch.words) + batch.raised
    next_loss = ops.sum(_cross_entropy(batch.targets, after) * batch.mask) / ops.sum(batch.mask)
    begin = batch.writers * ops.shape(states)[1] + batch.at
    state, mean = (
        ops.take(ops.reshape(each, (-1, each.shape[-1])), begin, axis=0) for each in (states, means)
    )
    rows = ops.take(model.word_rows(batch.words), batch.written, axis=0)
    later = model.write(state, rows)
    writing = (
        model.logits(model.queries(later, mean[:, None], training), batch.words) + batch.raised
    )
    is_left = ops.cast(ops.sum(batch.left, axis=-1) > 0, "float32")
    write_loss = ops.sum(_cross_entropy(batch.left, writing) * is_left) / ops.maximum(
        ops.sum(is_left), 1
    )
    return next_loss + write_loss


def _cross_entropy(targets: Any, logits: Any) -> Any:
    from keras import ops

    return ops.sum(targets, axis=-1) * ops.logsumexp(logits, axis=-1) - ops.sum(
        targets * logits, axis=-1
    )


def _fading(length: Any) -> Any:
    """(t, t) weights of the means after each position."""
    from keras import ops

    age = ops.arange(length)[:, None] - ops.arange(length)[None, :]
    weights = ops.where(age >= 0, ops.power(FADING, ops.cast(ops.maximum(age, 0), "float32")), 0.0)
    return weights / ops.sum(weights, axis=1, keepdims=True)
