"""Fit the sequence model: predict every next item; early stopping by held-out last items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.tf_cluster import current_cluster
from recommender.engine.scorers.sequential.batches import (
    Batch,
    TrainingHistories,
    batches,
    epochs_within,
    held_out_ndcg,
    split_histories,
    steps_within,
)
from recommender.engine.scorers.sequential.numpy_network import Network, add_content
from recommender.engine.scorers.sequential.params import SequenceParams

CONTENTS = (0.0, 0.5, 1.0, 2.0, 4.0)
UNIFORM_SHARE, POPULARITY_EXPONENT = 0.2, 0.75
OWN = 0.05
MASKED = -1e9

LAST_RATE = 0.1
"""Share of the learning rate at the end of the last epoch; the rate falls linearly."""

Cell = Callable[..., Any]


def fit_network(
    train: Dataset, vectors: FloatArray, params: SequenceParams, seed: int
) -> tuple[Network, float]:
    """The network of the epoch with the best held-out NDCG, and the weight of the content term."""
    from recommender.engine.runtime.distributed_training import agreed, reject_different

    rng = np.random.default_rng(seed)
    histories = split_histories(train, params, rng)
    if not histories.windows:
        return _blank(train.n_items, params), float(vectors.any())
    reject_different([*histories.windows, train.counts, vectors])
    epochs = epochs_within(histories, params)
    learner = Learner(train.counts, vectors, params, rng, epochs * steps_within(histories, params))
    best, best_value, waited = learner.network(), -1.0, 0
    for _ in range(epochs):
        for batch in batches(histories.windows, learner.draw, params, rng):
            learner.learn(batch)
        network = learner.network()
        value = agreed(held_out_ndcg(scores_of(network, histories), histories))
        waited = 0 if value > best_value or not len(histories.held_out) else waited + 1
        if not waited:
            best, best_value = network, value
        elif waited >= params.patience:
            break
    return best, best_content(best, vectors, histories, params)


class Learner:
    """The network's weights in TensorFlow, and Adam steps; several machines share every batch."""

    def __init__(
        self,
        counts: IntArray,
        vectors: FloatArray,
        params: SequenceParams,
        rng: np.random.Generator,
        steps: int,
    ) -> None:
        import tensorflow as tf

        from recommender.engine.runtime.distributed_training import strategy

        tf.config.experimental.enable_op_determinism()
        self.params, self.vectors, self.counts = params, vectors, counts
        popular = counts.astype(np.float64) ** POPULARITY_EXPONENT
        chance = UNIFORM_SHARE / len(counts) + (1 - UNIFORM_SHARE) * popular / popular.sum()
        self._cumulative = np.cumsum(chance) / chance.sum()
        first = first_weights(len(counts), vectors.shape[1], params, rng)
        self._strategy = strategy()
        with self._strategy.scope():
            self._log_chance = tf.constant(np.log(chance * params.negatives), dtype=tf.float32)
            self._warm = tf.constant(counts > 0, dtype=tf.float32)
            self._texts = tf.constant(vectors)
            self.weights = {
                name: tf.Variable(value.astype(np.float32), name=name)
                for name, value in first.items()
            }
            self._optimizer = tf.keras.optimizers.Adam(
                tf.keras.optimizers.schedules.PolynomialDecay(
                    params.learning_rate, steps, params.learning_rate * LAST_RATE
                )
            )
            self._optimizer.build(list(self.weights.values()))
        self._step = tf.function(self._together, input_signature=_signature())

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
        values = {name: weight.numpy() for name, weight in self.weights.items()}
        warm = self.counts[:, None] > 0
        table = np.where(warm, values.pop("own"), 0) + self.vectors @ values.pop("adapter")
        return Network(
            table=table.astype(np.float32),
            bias=np.where(warm[:, 0], values.pop("bias"), 0),
            **values,
        )

    def _together(self, *batch: Any) -> Any:
        return self._strategy.reduce("sum", self._strategy.run(self._learn, batch), axis=None)

    def _learn(self, items: Any, real: Any, negatives: Any, seed: Any, total: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = self._loss(items, real, negatives, seed) / total
        weights = list(self.weights.values())
        # Dense: sparse gradients of several machines would reach Adam one by one, not summed.
        slopes = [tf.convert_to_tensor(slope) for slope in tape.gradient(loss, weights)]
        self._optimizer.apply_gradients(zip(slopes, weights, strict=True))
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
        rows = tf.gather(self.weights["own"], items) * own[..., None]
        rows += tf.tensordot(tf.gather(self._texts, items), self.weights["adapter"], 1)
        return rows, tf.gather(self.weights["bias"], items) * own

    def leads(self, items: Any, seed: Any) -> Any:
        """(rows, length, d) lead vector after each position."""
        import tensorflow as tf

        rows, _ = self.item_rows(items, seed)
        inputs = tf.tensordot(
            _dropped(rows, self.params.dropout, seed + 1), self.weights["kernel"], 1
        )
        inputs += self.weights["gates"]
        states = _run(CELLS[self.params.cell], inputs, self.weights["recurrent"])
        states = _dropped(states, self.params.dropout, seed + 2)
        leads = tf.tensordot(states, self.weights["project"], 1) + self.weights["start"]
        return leads + self.weights["skip"] * rows


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


def first_weights(
    n_items: int, width: int, params: SequenceParams, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    hidden, size = params.hidden, params.dimensions
    gates = 4 if params.cell == "lstm" else 3
    opened = np.zeros((gates, hidden))
    if gates == 4:
        opened[1] = 1  # the forget gate: remember at first
    squares = [np.linalg.qr(rng.normal(size=(hidden, hidden)))[0] for _ in range(gates)]
    return {
        "own": rng.normal(0, OWN, (n_items, size)),
        "adapter": rng.normal(0, 0.1, (width, size)),
        "bias": np.zeros(n_items),
        "kernel": rng.uniform(-1, 1, (size, gates * hidden)) * np.sqrt(6 / (size + gates * hidden)),
        "recurrent": np.concatenate(squares, axis=1),
        "gates": opened.ravel(),
        "project": rng.uniform(-1, 1, (hidden, size)) * np.sqrt(6 / (hidden + size)),
        "start": np.zeros(size),
        "skip": np.ones(1),
    }


def _dropped(values: Any, share: float, seed: Any) -> Any:
    import tensorflow as tf

    return tf.nn.experimental.stateless_dropout(values, share, seed) if share else values


def _run(cell: Cell, inputs: Any, recurrent: Any) -> Any:
    """(rows, length, h) states after each position.

    A loop: unrolled, it takes several times as long to compile and to run.
    """
    import tensorflow as tf

    length, rows, size = tf.shape(inputs)[1], tf.shape(inputs)[0], recurrent.shape[0]
    by_position = tf.TensorArray(tf.float32, length, element_shape=(None, inputs.shape[2]))
    by_position = by_position.unstack(tf.transpose(inputs, (1, 0, 2)))
    found = tf.TensorArray(tf.float32, length, element_shape=(None, size))

    def body(position: Any, state: Any, memory: Any, found: Any) -> tuple[Any, ...]:
        state, memory = cell(by_position.read(position), state, memory, recurrent)
        return position + 1, state, memory, found.write(position, state)

    empty = tf.zeros((rows, size))
    *_, found = tf.while_loop(
        lambda position, *_: position < length, body, (0, empty, empty, found)
    )
    return tf.transpose(found.stack(), (1, 0, 2))


def _lstm(inputs: Any, state: Any, memory: Any, recurrent: Any) -> tuple[Any, Any]:
    import tensorflow as tf

    enter, forget, leave, new = tf.split(inputs + state @ recurrent, 4, axis=1)
    memory = tf.sigmoid(forget) * memory + tf.sigmoid(enter) * tf.tanh(new)
    return tf.sigmoid(leave) * tf.tanh(memory), memory


def _gru(inputs: Any, state: Any, memory: Any, recurrent: Any) -> tuple[Any, Any]:
    import tensorflow as tf

    reset, update, new = tf.split(inputs, 3, axis=1)
    reset_back, update_back, new_back = tf.split(state @ recurrent, 3, axis=1)
    gate = tf.sigmoid(update + update_back)
    return gate * state + (1 - gate) * tf.tanh(
        new + tf.sigmoid(reset + reset_back) * new_back
    ), memory


CELLS: dict[str, Cell] = {"lstm": _lstm, "gru": _gru}


def scores_of(network: Network, histories: TrainingHistories) -> FloatArray:
    return network.read(histories.pasts) @ network.table.T + network.bias


def best_content(
    network: Network, vectors: FloatArray, histories: TrainingHistories, params: SequenceParams
) -> float:
    if not vectors.any() or not len(histories.held_out):
        return 0.0
    plain = scores_of(network, histories)
    nearest = np.zeros_like(plain)
    add_content(nearest, histories.pasts, vectors, 1.0, params.compared)
    return max(
        CONTENTS,
        key=lambda content: held_out_ndcg(plain + np.float32(content) * nearest, histories),
    )


def _blank(n_items: int, params: SequenceParams) -> Network:
    """An untrained network: all items score equally."""
    size, hidden = params.dimensions, params.hidden
    shapes: dict[str, tuple[int, ...]] = {
        "table": (n_items, size),
        "bias": (n_items,),
        "kernel": (size, 4 * hidden),
        "recurrent": (hidden, 4 * hidden),
        "gates": (4 * hidden,),
        "project": (hidden, size),
        "start": (size,),
        "skip": (1,),
    }
    return Network(**{name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()})
