"""Teach the interest model to name the words of what people take next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.sparse import strongest
from recommender.engine.scorers.interest_words.numpy_network import FADING, LATEST, Network, softmax
from recommender.engine.text.lexicon import CatalogueWords, topicality

NEXT = 5
"""Items ahead whose words are to be named, each counting ``FADING`` of the one before."""

WORDS_AN_ITEM = 12
"""Its strongest: what is to be named of it."""

WRITTEN = 4
"""Words that the writer writes in training."""

WRITING_SHARE = 0.1
"""Places of a batch after which the writer writes."""

BATCH_PLACES = (32, 1024)
"""Least and most; between them, such that an epoch has ``EPOCH_BATCHES``."""

EPOCH_BATCHES = 30
NEGATIVES = 1024
RATE = 4e-3
DROPOUT = 0.3
HELD_OUT = 0.1
MOST_EPOCHS = 12
PATIENCE = 1
CONTRAST = 8.0
"""What a cosine of 1 adds to a word's logit at the beginning."""

JUDGED = 1000
SHARES = tuple(np.arange(0, 1, 0.05).tolist())
UNTAUGHT_SHARE = 0.8


@dataclass(frozen=True)
class Size:
    """``width``: of the network's space; ``hidden``: of the LSTMs; ``places``: of histories that are read in all;
    ``fewest``: pieces of histories below which nothing is taught."""

    width: int
    hidden: int
    places: int
    fewest: int


@dataclass(frozen=True)
class Learnt:
    """``adapter`` (d, a): from vectors to what the network reads, ``item_steps`` (n_items, a) and ``word_steps``
    (n_words, a); ``common``, ``topical`` (n_words,): how often a word is met at all, and how alike are its items."""

    network: Network
    adapter: FloatArray
    item_steps: FloatArray
    word_steps: FloatArray
    common: FloatArray
    topical: FloatArray
    copied: float


@dataclass(frozen=True)
class Windows:
    """Pieces of histories. ``items[row]``: what is read; the place ``t`` of it was followed by row
    ``first[row] + t`` of ``followers`` (places, n_items)."""

    items: Sequence[IntArray]
    first: NDArray[np.int64]
    followers: sp.csr_matrix

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        return np.array([len(items) for items in self.items], dtype=np.int64)

    def places(self, rows: IntArray) -> NDArray[np.int64]:
        """(sum of lengths,) rows of ``followers``, window by window."""
        return np.concatenate([self.first[row] + np.arange(self.lengths[row]) for row in rows])


class Batch(NamedTuple):
    """What one step of learning sees: n windows of at most t places, s words that compete, k words written.

    ``steps`` (n, t, d); ``mask`` (n, t); ``words`` (s,); ``raised`` (s,) added to their logits, as each drawn word
    stands for many; ``targets`` (n, t, s); ``writers`` (m,) windows after whose places ``at`` (m,) the writer begins;
    ``written`` (m, k) places in ``words``; ``left`` (m, k, s) what is still to be written after each.
    """

    steps: FloatArray
    mask: FloatArray
    words: IntArray
    raised: FloatArray
    targets: FloatArray
    writers: IntArray
    at: IntArray
    written: IntArray
    left: FloatArray


def train_interest(
    train: Dataset, vectors: FloatArray, words: CatalogueWords, size: Size, seed: int
) -> Learnt:
    """A network that reads ``vectors`` (n_items, d) and writes ``words``.

    With too short a log it stays untaught: then all words are copied from what a person did and typed.
    """
    rng = np.random.default_rng(seed)
    windows = make_windows(train, rng, size.places)
    word_vectors = mean_vectors(words.weights, vectors)
    common = commonness(words.weights, train.counts)
    order, held = rng.permutation(len(windows)), int(np.ceil(len(windows) * HELD_OUT))
    if len(windows) < size.fewest:
        return _untaught(vectors, word_vectors, words, common, size, rng)
    model = InterestModel(word_vectors, common, size, seed)
    teacher = Teacher(model, windows, words.weights, vectors, rng)
    epochs = int(np.clip(size.places // int(windows.lengths.sum()), 1, MOST_EPOCHS))
    teacher.teach(order[held:], order[:held], epochs)  # type: ignore[arg-type]
    network, adapter = model.network(), model.adapter_weights()
    item_steps, word_steps = np.asarray(vectors @ adapter), np.asarray(word_vectors @ adapter)
    copied = copied_share(network, windows, order[:held], item_steps, words.weights)  # type: ignore[arg-type]
    return Learnt(
        network, adapter, item_steps, word_steps, common, topicality(words.weights, vectors), copied
    )


def make_windows(train: Dataset, rng: np.random.Generator, most: int) -> Windows:
    """Histories in pieces of ``LATEST`` places, of people in an order drawn, until there are ``most`` places."""
    items: list[IntArray] = []
    rows, columns, values = [], [], []
    places = 0
    first = []
    for user in rng.permutation(train.n_users):
        history = train.query(user).history
        for end in range(len(history) - 1, 0, -LATEST):
            start = max(0, end - LATEST)
            items.append(history[start:end])
            first.append(places)
            ahead = np.arange(start, end)[:, None] + 1 + np.arange(NEXT)
            there = ahead < len(history)
            rows.append(
                np.broadcast_to(places + np.arange(end - start)[:, None], ahead.shape)[there]
            )
            columns.append(history[ahead[there]])
            values.append(np.broadcast_to(FADING ** np.arange(NEXT), ahead.shape)[there])
            places += end - start
        if places >= most:
            break
    data = [np.concatenate(part) if part else np.zeros(0) for part in (values, rows, columns)]
    followers = sp.csr_matrix(
        (data[0].astype(np.float32), (data[1], data[2])), shape=(places, train.n_items)
    )
    return Windows(items, np.array(first, dtype=np.int64), followers)


def mean_vectors(weights: sp.csr_matrix, vectors: FloatArray) -> FloatArray:
    """(n_words, d) unit vectors: the mean of the items that have the word."""
    total = np.asarray(weights.T @ vectors, dtype=np.float32)
    means: FloatArray = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return means


def commonness(weights: sp.csr_matrix, people: IntArray) -> FloatArray:
    """(n_words,) shares of all that people take, every item once more than it was taken; sum 1."""
    taken = np.asarray(weights.T @ (people + 1.0), dtype=np.float64)
    shares: FloatArray = (taken / max(1e-12, taken.sum())).astype(np.float32)
    return shares


class InterestModel:
    """The network in Keras layers, as it is taught; ``network`` gives the weights that serve."""

    def __init__(self, word_vectors: FloatArray, common: FloatArray, size: Size, seed: int) -> None:
        import keras

        layers, initial = keras.layers, keras.initializers
        d = word_vectors.shape[1]
        begin = _spread(d, size.width, np.random.default_rng(seed))
        self.adapter = layers.Dense(
            size.width, use_bias=False, kernel_initializer=initial.Constant(begin)
        )
        self.reader = _lstm(layers, initial, size.hidden, seed, sequences=True)
        self.writer = _lstm(layers, initial, size.hidden, seed + 1, sequences=True)
        self.from_state = layers.Dense(
            size.width, use_bias=False, kernel_initializer=initial.Zeros()
        )
        self.from_mean = layers.Dense(
            size.width, use_bias=False, kernel_initializer=initial.Identity()
        )
        self.to_words = layers.Dense(
            size.width, use_bias=False, kernel_initializer=initial.Constant(CONTRAST * begin)
        )
        self.drop_input = layers.Dropout(DROPOUT, seed=seed)
        self.drop_state = layers.Dropout(DROPOUT, seed=seed + 1)
        self.word_vectors = keras.ops.convert_to_tensor(word_vectors)
        self.word_bias = keras.Variable(np.log(common + 1e-9).astype(np.float32), name="word_bias")
        self.adapter.build((None, None, d))
        self.to_words.build((None, d))
        for layer in (self.reader, self.writer, self.from_mean):
            layer.build((None, None, size.width))
        self.from_state.build((None, None, size.hidden))

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
        """(n, t, h) states and (n, t, a) means after each place of ``steps`` (n, t, d)."""
        from keras import ops

        read = self.adapter(self.drop_input(steps, training=training))
        return self.reader(read), ops.matmul(_fading(ops.shape(read)[1]), read)

    def queries(self, states: Any, means: Any, training: bool = False) -> Any:
        """(…, a) what comes next."""
        return self.from_state(self.drop_state(states, training=training)) + self.from_mean(means)

    def logits(self, queries: Any, words: Any) -> Any:
        """(…, s) of the words (s,) given."""
        from keras import ops

        return ops.matmul(queries, ops.transpose(self.spell(words))) + ops.take(
            self.word_bias, words
        )

    def spell(self, words: Any) -> Any:
        """(s, a)"""
        from keras import ops

        return self.to_words(ops.take(self.word_vectors, words, axis=0))

    def write(self, states: Any, spelt: Any) -> Any:
        """(n, k, h) states after each of the words ``spelt`` (n, k, a), from the reader's ``states`` (n, h)."""
        return self.writer(spelt, initial_state=[states, states])

    def adapter_weights(self) -> FloatArray:
        weights: FloatArray = self.adapter.kernel.numpy()
        return weights

    def network(self) -> Network:
        reader, writer = (np_weights(layer) for layer in (self.reader, self.writer))
        words = self.spell(np.arange(self.word_vectors.shape[0], dtype=np.int32))
        rest = (self.from_state.kernel, self.from_mean.kernel, words, self.word_bias)
        return Network(*reader, *writer, *(each.numpy() for each in rest))


class Teacher:
    """Shows a model batches of windows until it names the words of others' next items no better."""

    def __init__(
        self,
        model: InterestModel,
        windows: Windows,
        weights: sp.csr_matrix,
        vectors: FloatArray,
        rng: np.random.Generator,
    ) -> None:
        import keras

        self.model, self.windows, self.vectors, self.rng = model, windows, vectors, rng
        self.weights = strongest(weights, WORDS_AN_ITEM)
        self.batch_places = int(np.clip(windows.lengths.sum() // EPOCH_BATCHES, *BATCH_PLACES))
        self.optimizer = keras.optimizers.Adam(RATE)
        self.optimizer.build(model.variables)
        self.learn, self.judge = self._compiled()

    def teach(self, rows: IntArray, held: IntArray, epochs: int) -> None:
        """Keep the ``losses`` of the ``held`` windows, epoch by epoch; the model ends as it was at the lowest."""
        best, losses = self._weights(), [np.inf]
        check = [self.batch(part, np.random.default_rng(0)) for part in self.batches(held)]
        for _ in range(epochs):
            for part in self.batches(rows):
                self.learn(*self.batch(part, self.rng))
            losses.append(float(np.mean([float(self.judge(*batch)) for batch in check])))
            if losses[-1] <= min(losses):
                best = self._weights()
            elif np.argmin(losses) < len(losses) - 1 - PATIENCE:
                break
        for variable, value in zip(self.model.variables, best, strict=True):
            variable.assign(value)
        self.losses = losses[1:]

    def batches(self, rows: IntArray) -> list[IntArray]:
        """Windows of like lengths together, some ``batch_places`` each, in an order drawn."""
        mixed = self.rng.permutation(rows)
        sorted_rows = mixed[np.argsort(self.windows.lengths[mixed], kind="stable")]
        ends = np.cumsum(self.windows.lengths[sorted_rows]) // self.batch_places
        parts = np.split(sorted_rows, np.flatnonzero(np.diff(ends)) + 1)
        return [parts[at] for at in self.rng.permutation(len(parts))]

    def batch(self, rows: IntArray, rng: np.random.Generator) -> Batch:
        lengths = self.windows.lengths[rows]
        mask = np.arange(int(lengths.max())) < lengths[:, None]
        steps = np.zeros((*mask.shape, self.vectors.shape[1]), dtype=np.float32)
        steps[mask] = self.vectors[np.concatenate([self.windows.items[row] for row in rows])]
        wanted = _sum_to_one(self.windows.followers[self.windows.places(rows)] @ self.weights)
        words, raised, target = compete(wanted, NEGATIVES, rng)
        targets = np.zeros((*mask.shape, len(words)), dtype=np.float32)
        targets[mask] = target
        writers = rng.permutation(len(rows))[: max(8, int(WRITING_SHARE * lengths.sum()))].astype(
            np.int32
        )
        at = (rng.random(len(writers)) * lengths[writers]).astype(np.int32)
        written, left = spell_out(targets[writers, at], WRITTEN, rng)
        return Batch(
            steps, mask.astype(np.float32), words, raised, targets, writers, at, written, left
        )

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
                ([None, None, self.vectors.shape[1]], tf.float32),
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
    """Cross-entropy of the words that come next, at every place, and of those left to write after each written one."""
    from keras import ops

    states, means = model.read(batch.steps, training)
    after = model.logits(model.queries(states, means, training), batch.words) + batch.raised
    next_loss = ops.sum(_cross_entropy(batch.targets, after) * batch.mask) / ops.sum(batch.mask)
    begin = batch.writers * ops.shape(states)[1] + batch.at
    state, mean = (
        ops.take(ops.reshape(each, (-1, each.shape[-1])), begin, axis=0) for each in (states, means)
    )
    spelt = ops.take(model.spell(batch.words), batch.written, axis=0)
    later = model.write(state, spelt)
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


def compete(
    wanted: sp.csr_matrix, n: int, rng: np.random.Generator
) -> tuple[IntArray, FloatArray, FloatArray]:
    """(s,) words wanted anywhere in (p, n_words) with ``n`` drawn from the rest, what raises logits, (p, s) targets."""
    mine = np.unique(wanted.indices)
    rest = np.setdiff1d(np.arange(wanted.shape[1]), mine, assume_unique=True)
    drawn = rest if len(rest) <= n else rng.choice(rest, n, replace=False)
    raised = np.zeros(len(mine) + len(drawn), dtype=np.float32)
    raised[len(mine) :] = np.log(max(1, len(rest)) / max(1, len(drawn)))
    targets = np.zeros((wanted.shape[0], len(raised)), dtype=np.float32)
    rows = np.repeat(np.arange(wanted.shape[0]), np.diff(wanted.indptr))
    targets[rows, np.searchsorted(mine, wanted.indices)] = wanted.data
    return np.concatenate([mine, drawn]).astype(np.int32), raised, targets


def spell_out(targets: FloatArray, k: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """(n, k) columns drawn one after the other by what is left of ``targets`` (n, s), and (n, k, s) what is then left.

    Where nothing is left the rows are 0, and do not count.
    """
    # Gumbel's trick: the largest of log p plus noise is a draw from p, the next largest a draw from the rest.
    with np.errstate(divide="ignore"):
        keys = np.log(targets) + rng.gumbel(size=targets.shape).astype(np.float32)
    k = min(k, targets.shape[1])
    top = np.argpartition(-keys, k - 1, axis=1)[:, :k]
    written = np.take_along_axis(
        top, np.argsort(-np.take_along_axis(keys, top, axis=1), axis=1), axis=1
    )
    left = np.repeat(targets[:, None], k, axis=1)
    for place in range(k):
        left[
            np.arange(len(left))[:, None], np.arange(place, k)[None, :], written[:, place, None]
        ] = 0
    total = left.sum(axis=2, keepdims=True)
    return written.astype(np.int32), np.divide(
        left, total, out=np.zeros_like(left), where=total > 1e-6
    )


def copied_share(
    network: Network,
    windows: Windows,
    rows: IntArray,
    item_steps: FloatArray,
    weights: sp.csr_matrix,
) -> float:
    """How much of the next words is best said to be copied from the past ones, by the likelihood of ``rows``."""
    rows = rows[:JUDGED]
    histories = [windows.items[row] for row in rows]
    lengths = np.array([len(items) for items in histories])
    steps = np.zeros((len(rows), LATEST, item_steps.shape[1]), dtype=np.float32)
    met = np.zeros((len(rows), weights.shape[1]), dtype=np.float32)
    for row, items in enumerate(histories):
        steps[row, : len(items)] = item_steps[items]
        met[row] = (FADING ** np.arange(len(items) - 1, -1, -1)) @ weights[items]
    met /= np.maximum(met.sum(axis=1, keepdims=True), 1e-12)
    wanted = _sum_to_one(windows.followers[windows.first[rows] + lengths - 1] @ weights)
    likely = softmax(network.logits(network.read(steps, lengths)))
    places = (np.repeat(np.arange(len(rows)), np.diff(wanted.indptr)), wanted.indices)
    net, past = likely[places], met[places]
    return float(
        max(
            SHARES,
            key=lambda share: float(wanted.data @ np.log((1 - share) * net + share * past + 1e-12)),
        )
    )


def _untaught(
    vectors: FloatArray,
    word_vectors: FloatArray,
    words: CatalogueWords,
    common: FloatArray,
    size: Size,
    rng: np.random.Generator,
) -> Learnt:
    """A network of zeros and nothing but copies: what can be said before anybody did anything."""
    begin = _spread(vectors.shape[1], size.width, rng)
    a, h = size.width, size.hidden
    shapes = ((a, 4 * h), (h, 4 * h), (4 * h,)) * 2 + ((h, a), (a, a))
    zeros = (np.zeros(shape, dtype=np.float32) for shape in shapes)
    network = Network(
        *zeros, CONTRAST * word_vectors @ begin, np.log(common + 1e-9).astype(np.float32)
    )  # type: ignore[call-arg]
    network = replace(network, from_mean=np.eye(a, dtype=np.float32))
    topical = topicality(words.weights, vectors)
    return Learnt(
        network, begin, vectors @ begin, word_vectors @ begin, common, topical, UNTAUGHT_SHARE
    )


def _spread(d: int, width: int, rng: np.random.Generator) -> FloatArray:
    """(d, width) a random projection that keeps cosines as well as it can."""
    if d == 0:
        return np.zeros((0, width), dtype=np.float32)
    square, _ = np.linalg.qr(rng.normal(size=(max(d, width), max(d, width))))
    scale = np.sqrt(max(1.0, d / width))
    spread: FloatArray = (scale * square[:d, :width]).astype(np.float32)
    return spread


def _lstm(layers: Any, initial: Any, hidden: int, seed: int, *, sequences: bool) -> Any:
    return layers.LSTM(
        hidden,
        return_sequences=sequences,
        kernel_initializer=initial.GlorotUniform(seed=seed),
        recurrent_initializer=initial.Orthogonal(seed=seed),
    )


def np_weights(layer: Any) -> tuple[FloatArray, ...]:
    return tuple(variable.numpy() for variable in layer.trainable_variables)


def _fading(places: Any) -> Any:
    """(t, t) weights of the means after each place."""
    from keras import ops

    age = ops.arange(places)[:, None] - ops.arange(places)[None, :]
    weights = ops.where(age >= 0, ops.power(FADING, ops.cast(ops.maximum(age, 0), "float32")), 0.0)
    return weights / ops.sum(weights, axis=1, keepdims=True)


def _sum_to_one(rows: sp.csr_matrix) -> sp.csr_matrix:
    total = np.asarray(rows.sum(axis=1)).ravel()
    scaled = sp.csr_matrix(sp.diags(1 / np.maximum(total, 1e-12)) @ rows, dtype=np.float32)
    scaled.sort_indices()
    return scaled
