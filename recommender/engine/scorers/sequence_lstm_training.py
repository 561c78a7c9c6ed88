"""Fit the sequence model: predict each next item of every history, stop where kept-back last items say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.engine.dataset import Dataset
from recommender.engine.scorers.sequence_lstm import SequenceParams, add_content
from recommender.engine.scorers.sequence_network import Network
from recommender.engine.types import FloatArray, IntArray

LENGTHS = (4, 8, 16, 32, 64)
"""Histories are cut to windows and filled up to one of these, so that few shapes are compiled."""

CONTENTS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
UNIFORM_SHARE, POPULARITY_EXPONENT = 0.2, 0.75
FEWEST_JUDGED = 20
MASKED = -1e9

Draw = Callable[[np.random.Generator], IntArray]
Cell = Callable[..., Any]


@dataclass(frozen=True)
class Lesson:
    """``windows``: pieces of histories to learn from, two items or more; ``pasts`` were followed by ``answers``."""

    windows: Sequence[IntArray]
    pasts: Sequence[IntArray]
    answers: IntArray


@dataclass(frozen=True)
class Batch:
    """``items``: (rows, length + 1), filled up with 0; ``real``: (rows, length) whether the next item is one.

    ``negatives``: (n,) items that every position is compared with.
    """

    items: IntArray
    real: np.ndarray
    negatives: IntArray
    seed: IntArray


def fit_network(train: Dataset, vectors: FloatArray, params: SequenceParams, seed: int) -> tuple[Network, float]:
    """The network of the epoch that predicts the kept-back items best, and the best amount of the content term."""
    rng = np.random.default_rng(seed)
    lesson = make_lesson(train, params, rng)
    if not lesson.windows:
        return _blank(train.n_items, params), float(vectors.any())
    learner = Learner(train.counts, vectors, params, rng)
    best, best_value, waited = learner.network(), 0.0, 0
    for _ in range(epochs_within(lesson, params)):
        for batch in batches(lesson.windows, learner.draw, params, rng):
            learner.learn(batch)
        network = learner.network()
        value = judge(scores_of(network, lesson), lesson)
        waited = 0 if value > best_value or not len(lesson.answers) else waited + 1
        if not waited:
            best, best_value = network, value
        elif waited >= params.patience:
            break
    return best, best_content(best, vectors, lesson, params)


def make_lesson(train: Dataset, params: SequenceParams, rng: np.random.Generator) -> Lesson:
    lengths = np.diff(train.matrix.indptr)
    able = np.flatnonzero(lengths >= 3)
    judged = rng.choice(able, min(params.judged, len(able) // 10), replace=False) if len(able) else able
    judged = judged if len(judged) >= FEWEST_JUDGED else judged[:0]
    held = set(judged.tolist())
    windows: list[IntArray] = []
    for user in np.flatnonzero(lengths >= 2).tolist():
        history = train.query(user).history
        windows += cut(history[:-1] if user in held else history, params.latest)
    histories = [train.query(user).history for user in judged]
    pasts = [history[:-1][-params.latest :] for history in histories]
    return Lesson(windows, pasts, np.array([history[-1] for history in histories], dtype=np.int32))


def cut(history: IntArray, latest: int) -> list[IntArray]:
    """Windows of ``latest`` + 1 items from the end, each beginning with the item that the one before ends with."""
    return [history[max(0, end - latest - 1) : end] for end in range(len(history), 1, -latest)]


def epochs_within(lesson: Lesson, params: SequenceParams) -> int:
    positions = sum(len(window) - 1 for window in lesson.windows)
    return int(np.clip(params.max_positions // positions, 1, params.max_epochs))


def batches(
    windows: Sequence[IntArray], draw: Draw, params: SequenceParams, rng: np.random.Generator
) -> Iterator[Batch]:
    """Every window once, those of like length together, in random order."""
    lengths = np.array([len(window) - 1 for window in windows])
    filled = np.array([*(length for length in LENGTHS if length < params.latest), params.latest])
    filled = filled[np.searchsorted(filled, lengths)]
    groups = []
    for length in np.unique(filled).tolist():
        own = rng.permutation(np.flatnonzero(filled == length))
        rows = max(1, params.batch // length)
        groups += [(length, rows, own[start : start + rows]) for start in range(0, len(own), rows)]
    for at in rng.permutation(len(groups)):
        length, rows, own = groups[at]
        items = np.zeros((rows, length + 1), dtype=np.int32)
        for row, window in enumerate(own):
            items[row, : len(windows[window])] = windows[window]
        real = np.zeros((rows, length), dtype=bool)
        real[: len(own)] = np.arange(length) < lengths[own][:, None]
        yield Batch(items, real, draw(rng), rng.integers(0, 2**30, 2).astype(np.int32))


class Learner:
    """The network's weights in TensorFlow, and one step of Adam on a batch."""

    def __init__(self, counts: IntArray, vectors: FloatArray, params: SequenceParams, rng: np.random.Generator) -> None:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        self.params = params
        self.vectors, self.counts = vectors, counts
        popular = counts.astype(np.float64) ** POPULARITY_EXPONENT
        chance = UNIFORM_SHARE / len(counts) + (1 - UNIFORM_SHARE) * popular / popular.sum()
        self._cumulative = np.cumsum(chance) / chance.sum()
        self._log_chance = tf.constant(np.log(chance * params.negatives), dtype=tf.float32)
        self._warm = tf.constant(counts > 0, dtype=tf.float32)
        self._texts = tf.constant(vectors)
        self.weights = {
            name: tf.Variable(value.astype(np.float32), name=name)
            for name, value in first_weights(len(counts), vectors.shape[1], params, rng).items()
        }
        self._optimizer = tf.keras.optimizers.Adam(params.learning_rate)
        self._step = tf.function(
            self._learn,
            input_signature=[
                tf.TensorSpec((None, None), tf.int32),
                tf.TensorSpec((None, None), tf.bool),
                tf.TensorSpec((None,), tf.int32),
                tf.TensorSpec((2,), tf.int32),
            ],
        )

    def draw(self, rng: np.random.Generator) -> IntArray:
        found = np.searchsorted(self._cumulative, rng.random(self.params.negatives))
        return np.minimum(found, len(self._cumulative) - 1).astype(np.int32)

    def learn(self, batch: Batch) -> float:
        """One step; the mean cross-entropy before it."""
        return float(self._step(batch.items, batch.real, batch.negatives, batch.seed))

    def network(self) -> Network:
        values = {name: weight.numpy() for name, weight in self.weights.items()}
        warm = self.counts[:, None] > 0
        table = np.where(warm, values.pop("own"), 0) + self.vectors @ values.pop("adapter")
        return Network(table=table.astype(np.float32), bias=np.where(warm[:, 0], values.pop("bias"), 0), **values)

    def _learn(self, items: Any, real: Any, negatives: Any, seed: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = self._loss(items, real, negatives, seed)
        weights = list(self.weights.values())
        self._optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def _loss(self, items: Any, real: Any, negatives: Any, seed: Any) -> Any:
        """Cross-entropy of the next item among the negatives, every logit corrected by how likely it was drawn."""
        import tensorflow as tf

        places = tf.where(real)
        leads = tf.gather_nd(self._leads(items[:, :-1], seed), places)
        right = tf.gather_nd(items[:, 1:], places)
        rows, bias = self._items(right, seed + 3)
        hit = tf.reduce_sum(leads * rows, axis=1) + bias - tf.gather(self._log_chance, right)
        rows, bias = self._items(negatives, seed + 4)
        misses = leads @ tf.transpose(rows) + bias - tf.gather(self._log_chance, negatives)
        misses = tf.where(right[:, None] == negatives[None], MASKED, misses)
        return tf.reduce_mean(tf.reduce_logsumexp(tf.concat([hit[:, None], misses], axis=1), axis=1) - hit)

    def _items(self, items: Any, seed: Any) -> Any:
        """Rows and biases; some lose what is their own, so that texts alone learn to speak."""
        import tensorflow as tf

        own = tf.cast(tf.random.stateless_uniform(tf.shape(items), seed) >= self.params.id_dropout, tf.float32)
        own *= tf.gather(self._warm, items)
        rows = tf.gather(self.weights["own"], items) * own[..., None]
        rows += tf.tensordot(tf.gather(self._texts, items), self.weights["adapter"], 1)
        return rows, tf.gather(self.weights["bias"], items) * own

    def _leads(self, items: Any, seed: Any) -> Any:
        """(rows, length, d) what each history so far leads to."""
        import tensorflow as tf

        rows, _ = self._items(items, seed)
        inputs = tf.tensordot(_dropped(rows, self.params.dropout, seed + 1), self.weights["kernel"], 1)
        inputs += self.weights["gates"]
        states = _run(CELLS[self.params.cell], inputs, self.weights["recurrent"])
        states = _dropped(states, self.params.dropout, seed + 2)
        leads = tf.tensordot(states, self.weights["project"], 1) + self.weights["start"]
        return leads + self.weights["skip"] * rows


def first_weights(n_items: int, width: int, params: SequenceParams, rng: np.random.Generator) -> dict[str, np.ndarray]:
    hidden, size = params.hidden, params.dimensions
    gates = 4 if params.cell == "lstm" else 3
    opened = np.zeros((gates, hidden))
    if gates == 4:
        opened[1] = 1  # the forget gate: remember at first
    squares = [np.linalg.qr(rng.normal(size=(hidden, hidden)))[0] for _ in range(gates)]
    return {
        "own": rng.normal(0, 0.1, (n_items, size)),
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
    """(rows, length, h) the states after each place; a loop, for unrolled it compiles and runs several times longer."""
    import tensorflow as tf

    length, rows, size = tf.shape(inputs)[1], tf.shape(inputs)[0], recurrent.shape[0]
    by_place = tf.TensorArray(tf.float32, length, element_shape=(None, inputs.shape[2]))
    by_place = by_place.unstack(tf.transpose(inputs, (1, 0, 2)))
    found = tf.TensorArray(tf.float32, length, element_shape=(None, size))

    def body(place: Any, state: Any, memory: Any, found: Any) -> tuple[Any, ...]:
        state, memory = cell(by_place.read(place), state, memory, recurrent)
        return place + 1, state, memory, found.write(place, state)

    empty = tf.zeros((rows, size))
    *_, found = tf.while_loop(lambda place, *_: place < length, body, (0, empty, empty, found))
    return tf.transpose(found.stack(), (1, 0, 2))


def _lstm(inputs: Any, state: Any, memory: Any, recurrent: Any) -> Any:
    import tensorflow as tf

    enter, keep, leave, new = tf.split(inputs + state @ recurrent, 4, axis=1)
    memory = tf.sigmoid(keep) * memory + tf.sigmoid(enter) * tf.tanh(new)
    return tf.sigmoid(leave) * tf.tanh(memory), memory


def _gru(inputs: Any, state: Any, memory: Any, recurrent: Any) -> Any:
    import tensorflow as tf

    reset, keep, new = tf.split(inputs, 3, axis=1)
    reset_back, keep_back, new_back = tf.split(state @ recurrent, 3, axis=1)
    kept = tf.sigmoid(keep + keep_back)
    return kept * state + (1 - kept) * tf.tanh(new + tf.sigmoid(reset + reset_back) * new_back), memory


CELLS: dict[str, Cell] = {"lstm": _lstm, "gru": _gru}


def scores_of(network: Network, lesson: Lesson) -> FloatArray:
    return network.read(lesson.pasts) @ network.table.T + network.bias


def judge(scores: FloatArray, lesson: Lesson) -> float:
    """NDCG@30 of the kept-back items among all that are new to the person; 0 without any."""
    gains = [0.0]
    for row, past, answer in zip(scores, lesson.pasts, lesson.answers, strict=True):
        better = row > row[answer]
        better[past] = False
        rank = int(better.sum())
        gains.append(1 / np.log2(rank + 2) if rank < 30 else 0.0)
    return sum(gains) / max(1, len(gains) - 1)


def best_content(network: Network, vectors: FloatArray, lesson: Lesson, params: SequenceParams) -> float:
    if not vectors.any() or not len(lesson.answers):
        return 0.0
    plain = scores_of(network, lesson)
    nearest = np.zeros_like(plain)
    add_content(nearest, lesson.pasts, vectors, 1.0, params.compared)
    return max(CONTENTS, key=lambda content: judge(plain + np.float32(content) * nearest, lesson))


def _blank(n_items: int, params: SequenceParams) -> Network:
    """What has learnt nothing: all items alike."""
    size, hidden = params.dimensions, params.hidden
    shapes = {
        "table": (n_items, size), "bias": (n_items,), "kernel": (size, 4 * hidden), "recurrent": (hidden, 4 * hidden),
        "gates": (4 * hidden,), "project": (hidden, size), "start": (size,), "skip": (1,),
    }  # fmt: skip
    return Network(**{name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()})
