"""What a person is interested in, in words: a language model writes them, and items are scored by those they have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self
from weakref import ref

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import EncoderError
from recommender.engine.data.types import (
    BoolArray,
    Contribution,
    FloatArray,
    Query,
    StatedPreferences,
)
from recommender.engine.runtime.identity_cache import recently
from recommender.engine.runtime.quantisation import packed, unpacked
from recommender.engine.runtime.sparse import as_state, from_state
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.interest_words.numpy_network import (
    FADING,
    LATEST,
    Network,
    Reading,
    softmax,
)
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.text.item_features import ItemTexts, read_texts
from recommender.engine.text.lexicon import Lexicon, catalogue_words
from recommender.engine.text.tokenizers import tokenize
from recommender.engine.text.whitening import Whitening

NETWORK, LEXICON, TYPING = "network.", "lexicon.", "typing."

SHARPENING = 0.5
"""Exponent on probabilities before items are scored: a likely word must not drown the others."""

TYPED_WEIGHT = 0.8
"""Weight of a catalogue word that a person typed, beside those that they chose."""

COPIED_ALONE = 0.95
"""How often the next words are among those met, for somebody without a history: the network learnt from histories, and
what it says of two typed words alone is mostly noise."""

ALIKE_ITEMS = 20
"""Items nearest in meaning to what was typed whose words count as met: so a text in another language than the items'
finds words, too."""

HEARD = 0.3
"""How much is said by the writer, who knows what it wrote already; the rest by what was read alone. On held-out parts
of trainings a writer heard alone names fewer of the words that come next, one never heard repeats itself."""

TOPICAL = 0.25
"""Exponent on how alike a word's items are: common words are likely, but say little."""

PHRASE = 1.5
"""What a category's whole name is worth beside one of its words: it reads better."""

MOST_REMEMBERED = 1000
"""Typed texts whose meaning is remembered: a page asks for the same one several times."""


@dataclass(frozen=True)
class InterestParams:
    """``width``: of the network's space; ``hidden``: of the LSTMs; ``places``: of histories that it may learn from,
    over all epochs; ``fewest``: pieces of histories below which it copies only; ``stored``: the form of its matrices,
    see ``quantisation``."""

    width: int = 96
    hidden: int = 96
    places: int = 120_000
    fewest: int = 100
    stored: str = "float16"


@dataclass(frozen=True, eq=False)
class Typing:
    """From a text encoder's vector to a step of the network: whiten, then (k, a) ``adapter``."""

    whitening: Whitening
    adapter: FloatArray

    @classmethod
    def of(cls, texts: ItemTexts, adapter: FloatArray) -> Self | None:
        """None where no encoder read the items. Sentences come first in what the ``adapter`` (d, a) reads."""
        if texts.whitening is None:
            return None
        return cls(texts.whitening, adapter[: texts.whitening.axes.shape[1]])

    def fits(self, encoder: TextEncoder) -> bool:
        """Whether the encoder can be the one that read the items."""
        return encoder.dimension == len(self.whitening.mean)

    def read(self, vector: FloatArray) -> FloatArray:
        """(k,) the whitened vector; times ``adapter`` it is a step of the network."""
        whitened: FloatArray = self.whitening(vector[None])[0]
        return whitened

    def get_state(self) -> dict[str, np.ndarray]:
        return {"mean": self.whitening.mean, "axes": self.whitening.axes, "adapter": self.adapter}

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> Self:
        return cls(Whitening(state["mean"], state["axes"]), state["adapter"])


@recently(MOST_REMEMBERED, key=lambda encoder, text: (ref(encoder), text))
def read_typed(typing: Typing, encoder: TextEncoder, text: str) -> FloatArray:
    """(k,) a typed text as ``typing`` reads it.

    Raises:
        EncoderError: when the encoder is away; that is not remembered.
    """
    return typing.read(encoder.encode([text])[0])


@dataclass(frozen=True)
class Told:
    """What is read of some people: (n, t, a) steps, how many of each row count, (n, n_words) words already met, and
    (n,) whether that is by what they did and not by what they said alone."""

    steps: FloatArray
    lengths: np.ndarray
    met: FloatArray
    did: BoolArray


class Interest(Scorer):
    """P(word) = (1 - copied) * network(word) + copied * met(word); score(i) = sum over words of tfidf(i, w) * P(w)^½.

    ``met``: the words of the past items, newer ones counting more; ``copied``: how often the next words are among
    them, learnt. What a person typed or chose is read like one more item. NaN for an item without words, and for
    everything when nothing that is known of the person has any.

    Source of the mixture: See, Liu, Manning 2017, pointer-generator networks.
    """

    name: ClassVar[str] = "interest"
    wants_texts: ClassVar[bool] = True
    params: InterestParams
    encoder: TextEncoder | None = None
    """Reads what people type; whoever loads the scorer gives the one that read the items. Words do without it."""
    network: Network | None = None
    typing: Typing | None = None
    lexicon: Lexicon
    weights: sp.csr_matrix
    item_steps: FloatArray
    word_steps: FloatArray
    common: FloatArray
    topical: FloatArray
    semantic_vectors: FloatArray
    """(n_items, k) from ``Whitening.semantic_vectors``; k = 0 if no encoder read the items."""
    copied: float

    def __init__(
        self, params: InterestParams | None = None, texts: ItemTexts | None = None
    ) -> None:
        self.params = params or InterestParams()
        self._texts = texts

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        from recommender.engine.scorers.interest_words.fit_training import Size, train_interest

        seed = int(rng.integers(2**31))
        texts = self._texts or read_texts(train, seed)
        words = catalogue_words(train.items)
        size = Size(self.params.width, self.params.hidden, self.params.places, self.params.fewest)
        learnt = train_interest(train, texts.joined, words, size, seed)
        self.lexicon, self.weights = words.lexicon, words.weights
        self.network, self.copied = learnt.network, float(np.float32(learnt.copied))
        self.item_steps, self.word_steps = learnt.item_steps, learnt.word_steps
        self.common, self.topical = learnt.common, learnt.topical
        self.typing = Typing.of(texts, learnt.adapter)
        self.semantic_vectors = np.zeros((train.n_items, 0), dtype=np.float32)
        if texts.whitening is not None and texts.sentences is not None:
            self.semantic_vectors = texts.whitening.semantic_vectors(texts.sentences)
        self._take(self.get_state())
        return self

    def words(
        self, query: Query, n: int = 12, hidden: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """What the person is interested in: at most ``n`` words with weights 0 … 1.

        First the words that they chose, then those of what they typed, then written ones, each the strongest first;
        never unwanted or ``hidden`` ones, in any form, and only such as the catalogue has. Nothing for somebody of
        whom nothing is known.
        """
        self._fitted("network")
        banned = self._banned(query.stated_preferences, hidden)
        own = {
            word: weight
            for word, weight in self._chosen(query.stated_preferences).items()
            if word not in banned
        }
        written = self._write(query, n - len(own), banned, own) if n > len(own) else {}
        return [(self.form(word), weight) for word, weight in [*own.items(), *written.items()][:n]]

    @property
    def n_items(self) -> int:
        return int(self.weights.shape[0])

    def form(self, word: int) -> str:
        """A word as people read it."""
        return self.lexicon.forms[word]

    def wanted(self, stated_preferences: StatedPreferences) -> dict[int, float]:
        """The words that a person chose, as far as the catalogue has them, with their weights."""
        found = {
            at: weight
            for word, weight in stated_preferences.wanted.items()
            for at in self.lexicon.find(word)[:1]
        }
        return {
            at: weight
            for at, weight in found.items()
            if at not in self.unwanted(stated_preferences)
        }

    def unwanted(self, stated_preferences: StatedPreferences) -> set[int]:
        return self._banned(stated_preferences)

    def has(self, word: int) -> FloatArray:
        """(n_items,) 0 … 1: how much an item has of a word, 1 for the item that has most of it."""
        rows = self._by_word
        found = np.zeros(self.n_items, dtype=np.float32)
        own = slice(rows.indptr[word], rows.indptr[word + 1])
        found[rows.indices[own]] = rows.data[own] / max(1e-12, float(rows.data[own].max(initial=0)))
        return found

    @cached_property
    def _by_word(self) -> sp.csr_matrix:
        """(n_words, n_items)"""
        return sp.csr_matrix(self.weights.T.tocsr())

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        self._fitted("network")
        told = self._told(queries)
        scores = np.asarray((self.weights @ self._wordings(queries, told).T).T, dtype=np.float32)
        scores[:, np.diff(self.weights.indptr) == 0] = np.nan
        scores[told.lengths == 0] = np.nan
        return scores

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        self._fitted("network")
        told = self._told([query])
        if not told.lengths[0]:
            return [[] for _ in items]
        wording = self._wordings([query], told)[0]
        return [self._parts(wording, item) for item in items]

    def get_state(self) -> dict[str, np.ndarray]:
        network = self._fitted("network").get_state()
        state = {NETWORK + key: value for key, value in network.items()}
        state |= {LEXICON + key: value for key, value in self.lexicon.get_state().items()}
        state |= (
            {TYPING + key: value for key, value in self.typing.get_state().items()}
            if self.typing
            else {}
        )
        state |= {
            name: getattr(self, name) for name in ("item_steps", "word_steps", "common", "topical")
        }
        state["meanings"] = self.semantic_vectors
        state |= as_state("weights", self.weights) | {
            "copied": np.array([self.copied], dtype=np.float32)
        }
        return packed(state, self.params.stored)

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer._take(state)
        return scorer

    def _take(self, state: dict[str, np.ndarray]) -> None:
        """Score by what is stored, also right after fitting."""
        full = unpacked(state)
        self.network = Network.from_arrays(_part_of(full, NETWORK))
        self.lexicon = Lexicon.from_state(_part_of(full, LEXICON))
        self.weights = from_state("weights", full, len(self.lexicon))
        self.item_steps, self.word_steps = full["item_steps"], full["word_steps"]
        self.common, self.topical = full["common"], full["topical"]
        self.semantic_vectors = full["meanings"]
        self.copied = float(full["copied"][0])
        typing = _part_of(full, TYPING)
        self.typing = Typing.from_state(typing) if typing else None

    def _told(self, queries: Sequence[Query]) -> Told:
        """The latest past items that have words or a vector, then what was typed or chosen."""
        own = [self._steps(query) for query in queries]
        lengths = np.array([len(steps) for steps, *_ in own], dtype=np.int64)
        steps = np.zeros(
            (len(own), int(lengths.max(initial=0)), self.item_steps.shape[1]), dtype=np.float32
        )
        met = np.zeros((len(own), len(self.lexicon)), dtype=np.float32)
        for row, (read, words, _) in enumerate(own):
            steps[row, : len(read)] = read
            met[row] = words
        return Told(steps, lengths, met, np.array([did for *_, did in own], dtype=bool))

    def _steps(self, query: Query) -> tuple[FloatArray, FloatArray, bool]:
        recent = query.history[-LATEST:]
        past = recent[self.item_steps[recent].any(axis=1)]
        said = self._said(query.stated_preferences)
        met = np.zeros(len(self.lexicon), dtype=np.float32)
        for age, item in enumerate(past[::-1].tolist()):
            row = slice(self.weights.indptr[item], self.weights.indptr[item + 1])
            met[self.weights.indices[row]] += self.weights.data[row] * FADING**age
        steps = self.item_steps[past]
        words, amounts = (
            np.array(list(said), dtype=np.int64),
            np.array(list(said.values()), dtype=np.float32),
        )
        weight = np.float32(len(past) / 4 + 1)
        met[words] += weight * _unit(amounts)
        spoken = self._as_step(amounts @ self.word_steps[words], query.stated_preferences.text)
        if query.stated_preferences.text:
            met += weight * _unit(self._words_alike(query.stated_preferences))
        return np.concatenate([steps, spoken]), met / max(1e-12, float(met.sum())), bool(len(past))

    def alike(self, stated_preferences: StatedPreferences) -> FloatArray:
        """(n_items,) 0 … 1: how near in meaning each item is to what the person typed; zeros where none can tell."""
        read = self._read_typed(stated_preferences.text)
        if read is None or self.typing is None:
            return np.zeros(self.n_items, dtype=np.float32)
        typed = self.typing.whitening.semantic_vectors(read[None])[0]
        return np.asarray(np.maximum(self.semantic_vectors @ typed, 0), dtype=np.float32)

    def _words_alike(self, stated_preferences: StatedPreferences) -> FloatArray:
        """(n_words,) the words of the items that are nearest in meaning to what was typed."""
        near = self.alike(stated_preferences)
        nearest = np.argsort(-near, kind="stable")[:ALIKE_ITEMS]
        words = np.asarray(self.weights[nearest].T @ near[nearest], dtype=np.float32)
        words[list(self._banned(stated_preferences))] = 0
        return words

    def _as_step(self, by_words: FloatArray, text: str) -> FloatArray:
        """(1, a) what was said, as long as an item's step usually is, by its words and its meaning; else (0, a)."""
        step = _unit(_unit(by_words) + _unit(self._meaning(text)))
        usual = (
            float(np.linalg.norm(self.item_steps, axis=1).mean()) if len(self.item_steps) else 0.0
        )
        return np.asarray(usual * step, dtype=np.float32)[None][: int(step.any())]

    def _meaning(self, text: str) -> FloatArray:
        """(a,) a typed text as a direction of the network's space; zeros where nothing reads it: words must do then."""
        read = self._read_typed(text)
        if read is None or self.typing is None:
            return np.zeros(self.item_steps.shape[1], dtype=np.float32)
        return np.asarray(read @ self.typing.adapter, dtype=np.float32)

    def _read_typed(self, text: str) -> FloatArray | None:
        """(k,) a typed text as the encoder reads it, whitened; None where there is none, or it is away."""
        if not (text.strip() and self.encoder and self.typing):
            return None
        try:
            return (
                read_typed(self.typing, self.encoder, text)
                if self.typing.fits(self.encoder)
                else None
            )
        except EncoderError:
            return None

    def _wordings(self, queries: Sequence[Query], told: Told) -> FloatArray:
        """(n, n_words) what each word is worth to each person."""
        likely = self._likely(self._read(told), told)
        for row, query in enumerate(queries):
            likely[row, list(self._banned(query.stated_preferences))] = 0
        return np.asarray(likely**SHARPENING, dtype=np.float32)

    def _read(self, told: Told) -> Reading:
        reading: Reading = self._fitted("network").read(told.steps, told.lengths)
        return reading

    def _likely(self, reading: Reading, told: Told) -> FloatArray:
        """(n, n_words) probabilities of the next word."""
        copied = np.where(told.did, self.copied, max(self.copied, COPIED_ALONE)).astype(np.float32)[
            :, None
        ]
        return (1 - copied) * softmax(self._fitted("network").logits(reading)) + copied * told.met

    def _parts(self, wording: FloatArray, item: int) -> list[Contribution]:
        row = slice(self.weights.indptr[item], self.weights.indptr[item + 1])
        amounts = wording[self.weights.indices[row]] * self.weights.data[row]
        pairs = zip(self.weights.indices[row].tolist(), amounts.tolist(), strict=True)
        return [
            Contribution(self.name, amount, word=self.lexicon.forms[word])
            for word, amount in pairs
            if amount
        ]

    def _write(
        self, query: Query, n: int, banned: set[int], said: Iterable[int]
    ) -> dict[int, float]:
        """Word by word: the likeliest that says something new, after what is ``said``; weights fall from 1."""
        told = self._told([query])
        if not told.lengths[0]:
            return {}
        open_words = self.lexicon.writable.copy()
        open_words[list(banned)] = False
        for word in said:
            open_words &= ~self._repeats(word)
        reading, value, first = self._read(told), 0.0, 0.0
        read = self._likely(reading, told)[0]
        written: dict[int, float] = {}
        while len(written) < n and open_words.any():
            worth = self._worth((1 - HEARD) * read + HEARD * self._likely(reading, told)[0])
            word = int(np.where(open_words, worth, -np.inf).argmax())
            value = float(worth[word]) if not written else min(value, float(worth[word]))
            first = first or value
            written[word] = round(value / first, 3) if first > 0 else 1.0
            open_words &= ~self._repeats(word)
            reading = self._fitted("network").wrote(reading, word)
        return written

    def _worth(self, likely: FloatArray) -> FloatArray:
        """(n_words,) what each word is worth writing."""
        return np.asarray(likely * self.topical**TOPICAL * np.where(self._is_phrase, PHRASE, 1))

    @cached_property
    def _is_phrase(self) -> BoolArray:
        """(n_words,)"""
        return np.array([" " in word for word in self.lexicon.words], dtype=bool)

    def _repeats(self, word: int) -> np.ndarray:
        """(n_words,) words that would say this one again: itself, and phrases that share a word with it."""
        own = self._pieces[word]
        return np.array([not own.isdisjoint(other) for other in self._pieces], dtype=bool)

    @cached_property
    def _pieces(self) -> list[frozenset[str]]:
        """The words in each word: those of a phrase as they stand alone, ``candles`` in "candles and lights" too."""
        return [
            frozenset(tokenize(word)) if " " in word else frozenset((word,))
            for word in self.lexicon.words
        ]

    def _chosen(self, stated_preferences: StatedPreferences) -> dict[int, float]:
        """Words that the person chose, with their weights, and then those of the text that they typed."""
        wanted = sorted(self.wanted(stated_preferences).items(), key=lambda entry: -entry[1])
        typed = (
            at for at in self.lexicon.find(stated_preferences.text) if self.lexicon.writable[at]
        )
        return dict(wanted) | {
            at: TYPED_WEIGHT for at in typed if at not in self.wanted(stated_preferences)
        }

    def _said(self, stated_preferences: StatedPreferences) -> dict[int, float]:
        """Typed and chosen words, with what each says of an item that has it."""
        said = dict.fromkeys(self.lexicon.find(stated_preferences.text), 1.0)
        for word, weight in stated_preferences.wanted.items():
            said |= {at: max(weight, said.get(at, 0.0)) for at in self.lexicon.find(word)}
        banned = self._banned(stated_preferences)
        return {
            at: weight / np.sqrt(self.common[at]) for at, weight in said.items() if at not in banned
        }

    def _banned(
        self, stated_preferences: StatedPreferences, hidden: Collection[str] = ()
    ) -> set[int]:
        return {
            at
            for word in (*stated_preferences.unwanted, *hidden)
            for at in self.lexicon.find(word)[:1]
        }


def _unit(step: FloatArray) -> FloatArray:
    return step / max(1e-12, float(np.linalg.norm(step)))


def _part_of(state: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }
