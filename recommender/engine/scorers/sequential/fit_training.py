"""Fit the sequence model: predict every next item; early stopping by held-out last items."""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.part_done import part_done
from recommender.engine.runtime.tf_cluster import current_cluster
from recommender.engine.scorers.numpy_lstm import Lstm
from recommender.engine.scorers.sequential.batches import (
    Batch,
    TrainingHistories,
    batches,
    epochs_within,
    held_out_ndcg,
    split_histories,
    steps_within,
)
from recommender.engine.scorers.sequential.numpy_network import Network
from recommender.engine.scorers.sequential.params import SequenceParams

UNIFORM_SHARE, POPULARITY_EXPONENT = 0.2, 0.75
OWN, ADAPTER = 0.05, 0.1
"""Standard deviations of the first weights."""

MASKED = -1e9

LAST_RATE = 0.1
"""Share of the learning rate at the end of the last epoch; the rate falls linearly."""


def fit_network(train: Dataset, vectors: FloatArray, params: SequenceParams, seed: int) -> Network:
    """The network of the epoch with the best held-out NDCG."""
    from recommender.engine.runtime.distributed_training import agreed, reject_different

    rng = np.random.default_rng(seed)
    histories = split_histories(train, params, rng)
    if not histories.windows:
        return _blank(train.n_items, params)
    reject_different([*histories.windows, train.counts, vectors])
    epochs = epochs_within(histories, params)
    learner = Learner(train.counts, vectors, params, seed, epochs * steps_within(histories, params))
    best, best_value, waited = learner.network(), -1.0, 0
    for _ in range(epochs):
        for batch in batches(histories.windows, learner.draw, params, rng):
            learner.learn(batch)
            part_done()
        network = learner.network()
        value = agreed(held_out_ndcg(scores_of(network, histories), histories))
        waited = 0 if value > best_value or not len(histories.held_out) else waited + 1
        if not waited:
            best, best_value = network, value
        elif waited >= params.patience:
            break
    return best


class Learner:
    """The network's weights in TensorFlow, and Adam steps; several machines share every batch."""

    def __init__(
        self,
        counts: IntArray,
        vectors: FloatArray,
        params: SequenceParams,
        seed: int,
        steps: int,
    ) -> None:
        import keras
        import tensorflow as tf

        from recommender.engine.runtime.distributed_training import strategy

        tf.config.experimental.enable_op_determinism()
        self.params, self.vectors, self.counts = params, vectors, counts
        popular = counts.astype(np.float64) ** POPULARITY_EXPONENT
        chance = UNIFORM_SHARE / len(counts) + (1 - UNIFORM_SHARE) * popular / popular.sum()
        self._cumulative = np.cumsum(chance) / chance.sum()
        self._strategy = strategy()
        with self._strategy.scope():
            self._log_chance = tf.constant(np.log(chance * params.negatives), dtype=tf.float32)
            self._warm = tf.constant(counts > 0, dtype=tf.float32)
            self._texts = tf.constant(vectors)
            self._make_layers(seed)
            self._optimizer = keras.optimizers.Adam(
                keras.optimizers.schedules.PolynomialDecay(
                    params.learning_rate, steps, params.learning_rate * LAST_RATE
                )
            )
            self._optimizer.build(self.variables)
        self._step = tf.function(self._together, input_signature=_signature())

    def _make_layers(self, seed: int) -> None:
        import keras

        from recommender.engine.scorers.lstm_training import lstm_layer

        layers, initial = keras.layers, keras.initializers
        size, hidden = self.params.dimensions, self.params.hidden
        self.own = layers.Embedding(len(self.counts), size, initial.RandomNormal(0, OWN, seed=seed))
        self.bias = layers.Embedding(len(self.counts), 1, initial.Zeros())
        self.adapter = layers.Dense(
            size,
            use_bias=False,
            kernel_initializer=initial.RandomNormal(0, ADAPTER, seed=seed + 1),
        )
        self.lstm = lstm_layer(size, hidden, seed)
        self.project = layers.Dense(size, kernel_initializer=initial.GlorotUniform(seed=seed + 2))
        self.skip = keras.Variable(np.ones(1, dtype=np.float32), name="skip")
        self.adapter.build((None, self.vectors.shape[1]))
        self.project.build((None, None, hidden))
        for embedding in (self.own, self.bias):
            embedding.build((None,))

    @property
    def variables(self) -> list[Any]:
        layers = (self.own, self.bias, self.adapter, self.lstm, self.project)
        return [variable for layer in layers for variable in layer.trainable_variables] + [
            self.skip
        ]

    def draw(self, rng: np.random.Generator) -> IntArray:
        found = np.searchsorted(self._cumulative, rng.random(self.params.negatives))
        return np.minimum(found, len(self._cumulative) - 1).astype(np.int32)

    def learn(self, batch: Batch) -> float:
        """Make one step; return the mean cross-entropy before it."""
        cluster = current_cluster()
        share = slice(cluster.index, None, cluster.workers)
        total = np.float32(batch.real.sum())
        return float(
            self._step(batch.items[share], batch.real[share], batch.negatives, batch.seed, total)
        )

    def network(self) -> Network:
        warm = self.counts[:, None] > 0
        own, adapter = self.own.embeddings.numpy(), self.adapter.kernel.numpy()
        return Network(
            lstm=Lstm.of(self.lstm),
            table=(np.where(warm, own, 0) + self.vectors @ adapter).astype(np.float32),
            bias=np.where(warm, self.bias.embeddings.numpy(), 0)[:, 0],
            project=self.project.kernel.numpy(),
            start=self.project.bias.numpy(),
            skip=self.skip.numpy(),
        )

    def _together(self, *batch: Any) -> Any:
        return self._strategy.reduce("sum", self._strategy.run(self._learn, batch), axis=None)

    def _learn(self, items: Any, real: Any, negatives: Any, seed: Any, total: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = self._loss(items, real, negatives, seed) / total
        variables = self.variables
        # Dense: sparse gradients of several machines would reach Adam one by one, not summed.
        slopes = [tf.convert_to_tensor(slope) for slope in tape.gradient(loss, variables)]
        self._optimizer.apply(slopes, variables)
        return loss

    def _loss(self, items: Any, real: Any, negatives: Any, seed: Any) -> Any:
        """Summed cross-entropy of the next items among the negatives, with logQ correction."""
        import tensorflow as tf

        positions = tf.where(real)
        leads = tf.gather_nd(self.leads(items[:, :-1], seed), positions)
        right = tf.gather_nd(items[:, 1:], positions)
        rows, bias = self.item_rows(right, seed + 3)
        hit = tf.reduce_sum(leads * rows, axis=1) + bias - tf.gather(self._log_chance, right)
        rows, bias = self.item_rows(negatives, seed + 4)
        misses = leads @ tf.transpose(rows) + bias - tf.gather(self._log_chance, negatives)
        misses = tf.where(right[:, None] == negatives[None], MASKED, misses)
        return tf.reduce_sum(
            tf.reduce_logsumexp(tf.concat([hit[:, None], misses], axis=1), axis=1) - hit
        )

    def item_rows(self, items: Any, seed: Any) -> tuple[Any, Any]:
        """Rows and biases. Some drop their own, so that the text map is trained too."""
        import tensorflow as tf

        own = tf.cast(
            tf.random.stateless_uniform(tf.shape(items), seed) >= self.params.id_dropout, tf.float32
        )
        own *= tf.gather(self._warm, items)
        rows = self.own(items) * own[..., None] + self.adapter(tf.gather(self._texts, items))
        return rows, self.bias(items)[..., 0] * own

    def leads(self, items: Any, seed: Any) -> Any:
        """(rows, length, d) lead vector after each position."""
        rows, _ = self.item_rows(items, seed)
        states = self.lstm(_dropped(rows, self.params.dropout, seed + 1))
        leads = self.project(_dropped(states, self.params.dropout, seed + 2))
        return leads + self.skip * rows


def _signature() -> list[Any]:
    """Signature of one step: any number of rows of any length, so that it is compiled once."""
    import tensorflow as tf

    shapes = {
        "items": (None, None),
        "real": (None, None),
        "negatives": (None,),
        "seed": (2,),
        "total": (),
    }
    types = {"real": tf.bool, "total": tf.float32}
    return [tf.TensorSpec(shape, types.get(name, tf.int32)) for name, shape in shapes.items()]


def _dropped(values: Any, share: float, seed: Any) -> Any:
    import tensorflow as tf

    return tf.nn.experimental.stateless_dropout(values, share, seed) if share else values


def scores_of(network: Network, histories: TrainingHistories) -> FloatArray:
    return network.read(histories.pasts) @ network.table.T + network.bias


def _blank(n_items: int, params: SequenceParams) -> Network:
    """An untrained network: all items score equally."""
    size, hidden = params.dimensions, params.hidden
    shapes = ((n_items, size), (n_items,), (hidden, size), (size,), (1,))
    return Network(
        Lstm.zeros(size, hidden), *(np.zeros(shape, dtype=np.float32) for shape in shapes)
    )
