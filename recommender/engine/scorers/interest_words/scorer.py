"""Interests in words: a network predicts a user's words, and items are scored by their words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import (
    Contribution,
    FloatArray,
    IntArray,
    Query,
    StatedPreferences,
)
from recommender.engine.runtime.quantisation import packed, unpacked
from recommender.engine.runtime.sparse import (
    as_state,
    blocks,
    columns_of,
    entries_of,
    from_state,
    strongest,
)
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.interest_words.followers import Followers
from recommender.engine.scorers.interest_words.history_input import (
    HistoryInput,
    UserInput,
    unit,
    words_met,
)
from recommender.engine.scorers.interest_words.numpy_network import (
    HistoryState,
    Network,
    softmax,
)
from recommender.engine.scorers.interest_words.params import LATEST, InterestParams
from recommender.engine.scorers.interest_words.rate_mixture import UNFITTED, RateMixture
from recommender.engine.scorers.interest_words.stated_words import StatedWords
from recommender.engine.scorers.interest_words.typed_text import Typing, typed_vector
from recommender.engine.scorers.interest_words.writer import WordWriter
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.lexicon import Lexicon, catalogue_words

NETWORK, LEXICON, TYPING, FOLLOWERS = "network.", "lexicon.", "typing.", "followers."

SHARPENING = 0.5
"""Exponent of the probabilities in scores, so that a likely word does not outweigh all others."""

PREDICTED = 0.2
"""What the network's prediction counts beside the words that were counted after past items."""

TOPICAL = 0.25
"""Exponent of a word's topicality where nothing was counted: common words are likely there, but
not informative."""

COPIED_ALONE = 0.95
"""Copied share without a history: the network is trained on histories, so its prediction from two
typed words alone is mostly noise."""

NAMING_WORDS, POSTINGS = 30, 300
"""Words that name candidates, and items that each of them names."""

ALIKE_ITEMS = 20
"""Items semantically nearest to a typed text, whose words count as met: so a text in another
language than the items' finds words too."""


class Interest(Scorer):
    """score(i) = sum over words w of tfidf(i, w) * P(w)^½.

    P(w) = (1 - copied) * network(w) + copied * met(w). ``met``: the words of the past items,
    weighted towards newer ones. ``copied``: how often the next words are among them, fitted.
    Stated preferences are read like one more item. NaN for an item without words, and for all
    items if nothing known of the user has words.

    Source of the mixture: See, Liu, Manning 2017, pointer-generator networks.
    """

    name: ClassVar[str] = "interest"
    wants_texts: ClassVar[bool] = True
    params: InterestParams
    encoder: TextEncoder | None = None
    """Reads typed texts. Whoever loads the scorer sets the encoder that read the items. Without it
    only the words of a typed text count."""
    network: Network | None = None
    typing: Typing | None = None
    followers: Followers | None = None
    """None of a log that is too short to count what follows."""
    mixture: RateMixture
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
        self.forget()
        from recommender.engine.scorers.interest_words.fit_training import Size, train_interest
        from recommender.engine.scorers.interest_words.mixture_training import fit_mixture

        seed = int(rng.integers(2**31))
        texts = self._texts or read_texts(train, seed)
        words = catalogue_words(train.items)
        size = Size(self.params.width, self.params.hidden, self.params.places, self.params.fewest)
        learnt = train_interest(train, texts.joined, words, size, seed)
        self.lexicon, self.weights = words.lexicon, words.weights
        self.network, self.copied = learnt.network, float(np.float32(learnt.copied))
        self.item_steps, self.word_steps = learnt.item_steps, learnt.word_steps
        self.common, self.topical = learnt.common, learnt.topical
        self.typing, self.followers = Typing.of(texts, learnt.adapter), learnt.followers
        self.mixture = RateMixture.unfitted()
        if self.followers:
            self.mixture = fit_mixture(train, words, rng, self.params.places)
        self.semantic_vectors = np.zeros((train.n_items, 0), dtype=np.float32)
        if texts.whitening is not None and texts.sentences is not None:
            self.semantic_vectors = texts.whitening.semantic_vectors(texts.sentences)
        self._take(self.get_state())
        return self

    def words(
        self, query: Query, n: int = 12, hidden: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """The user's interests: at most ``n`` words with weights 0 … 1.

        First chosen words, then words of the typed text, then written ones; the strongest of each
        first. No form of an unwanted or ``hidden`` word. Empty if nothing is known of the user.
        """
        self._fitted("network")
        unwanted = self._stated_words.unwanted(query.stated_preferences, hidden)
        named = self._stated_words.named(query.stated_preferences)
        own = {word: weight for word, weight in named.items() if word not in unwanted}
        written = self._write(query, n - len(own), unwanted, own) if n > len(own) else {}
        return [(self.form(word), weight) for word, weight in [*own.items(), *written.items()][:n]]

    @property
    def n_items(self) -> int:
        return int(self.weights.shape[0])

    def form(self, word: int) -> str:
        """The word as the catalogue writes it."""
        return self.lexicon.forms[word]

    def shown(self, word: int) -> str | None:
        """The word as the catalogue writes it. None if it says nothing to people."""
        return self.lexicon.forms[word] if self.lexicon.writable[word] else None

    def wanted(self, stated_preferences: StatedPreferences) -> dict[int, float]:
        """Weight by chosen word, if the catalogue has the word and it is not unwanted."""
        return self._stated_words.wanted(stated_preferences)

    def unwanted(self, stated_preferences: StatedPreferences) -> set[int]:
        """Unwanted words of the catalogue."""
        return self._stated_words.unwanted(stated_preferences)

    def has(self, word: int) -> FloatArray:
        """(n_items,) 0 … 1: the word's weight in each item, 1 for the largest."""
        rows = self._by_word
        found = np.zeros(self.n_items, dtype=np.float32)
        own = slice(rows.indptr[word], rows.indptr[word + 1])
        found[rows.indices[own]] = rows.data[own] / max(1e-12, float(rows.data[own].max(initial=0)))
        return found

    def alike(self, stated_preferences: StatedPreferences) -> FloatArray:
        """(n_items,) 0 … 1: semantic similarity of each item to the typed text; 0 if unknown."""
        read = typed_vector(self.typing, self.encoder, stated_preferences.text)
        if read is None or self.typing is None:
            return np.zeros(self.n_items, dtype=np.float32)
        typed = self.typing.whitening.semantic_vectors(read[None])[0]
        return np.asarray(np.maximum(self.semantic_vectors @ typed, 0), dtype=np.float32)

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        self._fitted("network")
        read = self._input(queries)
        scores = np.asarray((self.weights @ self._word_values(queries, read).T).T, dtype=np.float32)
        scores[:, np.diff(self.weights.indptr) == 0] = np.nan
        scores[read.lengths == 0] = np.nan
        return scores

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        if items is None:
            return np.asarray(self.score_batch([query])[0])
        self._fitted("network")
        read = self._input([query])
        if not read.lengths[0]:
            return np.full(len(items), np.nan, dtype=np.float32)
        values, scores = self._word_values([query], read)[0], np.zeros(len(items), np.float32)
        for block in blocks(len(items)):
            at, owner = entries_of(self.weights, items[block])
            amounts = values[self.weights.indices[at]] * self.weights.data[at]
            scores[block] = np.bincount(owner, amounts, block.stop - block.start)
        scores[self.weights.indptr[items + 1] == self.weights.indptr[items]] = np.nan
        return scores

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        read = self._input([query])
        if not read.lengths[0]:
            return np.empty(0, dtype=np.int32)
        most = self._word_values([query], read)[0] * self._heaviest
        words = np.argsort(-most)[:NAMING_WORDS].astype(np.int32)
        items = columns_of(self._postings, words)
        return wanted.best(items, np.nan_to_num(self.score(query, items)))

    @cached_property
    def _postings(self) -> sp.csr_matrix:
        """(n_words, n_items) the items that have most of each word."""
        return strongest(self._by_word, POSTINGS)

    @cached_property
    def _heaviest(self) -> FloatArray:
        """(n_words,) the largest weight of each word in an item."""
        return np.asarray(self._by_word.max(axis=1).toarray().ravel(), dtype=np.float32)

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        self._fitted("network")
        read = self._input([query])
        if not read.lengths[0]:
            return [[] for _ in items]
        values = self._word_values([query], read)[0]
        return [self._contributions(values, item) for item in items]

    def get_state(self) -> dict[str, np.ndarray]:
        network = self._fitted("network").get_state()
        state = {NETWORK + key: value for key, value in network.items()}
        state |= {LEXICON + key: value for key, value in self.lexicon.get_state().items()}
        typing = self.typing.get_state() if self.typing else {}
        state |= {TYPING + key: value for key, value in typing.items()}
        followers = self.followers.get_state() if self.followers else {}
        state |= {FOLLOWERS + key: value for key, value in followers.items()}
        names = ("item_steps", "word_steps", "common", "topical")
        state |= {name: getattr(self, name) for name in names}
        state["meanings"] = self.semantic_vectors
        state |= as_state("weights", self.weights)
        state["mixture"] = self.mixture.weights
        state["copied"] = np.array([self.copied], dtype=np.float32)
        return packed(state, self.params.stored)

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer._take(state)
        return scorer

    def _take(self, state: dict[str, np.ndarray]) -> None:
        """Use the stored form, also right after fitting: scores equal those of the artifact."""
        full = unpacked(state)
        self.network = Network.from_arrays(_below(full, NETWORK))
        self.lexicon = Lexicon.from_state(_below(full, LEXICON))
        self.weights = from_state("weights", full, len(self.lexicon))
        self.item_steps, self.word_steps = full["item_steps"], full["word_steps"]
        self.common, self.topical = full["common"], full["topical"]
        self.semantic_vectors = full["meanings"]
        self.copied = float(full["copied"][0])
        typing = _below(full, TYPING)
        self.typing = Typing.from_state(typing) if typing else None
        followers = _below(full, FOLLOWERS)
        self.followers = Followers.from_state(followers) if followers else None
        # A version trained before mixtures were fitted has none.
        self.mixture = RateMixture(full.get("mixture", UNFITTED))
        self._stated_words = StatedWords(self.lexicon, self.common)
        self._writer = WordWriter(self.network, self.lexicon)

    @cached_property
    def _by_word(self) -> sp.csr_matrix:
        """(n_words, n_items)"""
        return sp.csr_matrix(self.weights.T.tocsr())

    def _input(self, queries: Sequence[Query]) -> HistoryInput:
        """The latest past items that have words or a vector, then the stated preferences."""
        users = [self._user_input(query) for query in queries]
        return HistoryInput.of(users, self.item_steps.shape[1], len(self.lexicon))

    def _user_input(self, query: Query) -> UserInput:
        recent = query.history[-LATEST:]
        past = recent[self.item_steps[recent].any(axis=1)]
        stated = query.stated_preferences
        named = self._stated_words.amounts(stated)
        met = words_met(self.weights, past)
        words = np.array(list(named), dtype=np.int64)
        amounts = np.array(list(named.values()), dtype=np.float32)
        weight = np.float32(len(past) / 4 + 1)
        met[words] += weight * unit(amounts)
        step = self._as_step(amounts @ self.word_steps[words], stated.text)
        if stated.text:
            met += weight * unit(self._words_alike(stated))
        steps = np.concatenate([self.item_steps[past], step])
        return UserInput(steps, met / max(1e-12, float(met.sum())), bool(len(past)))

    def _words_alike(self, stated_preferences: StatedPreferences) -> FloatArray:
        """(n_words,) the words of the items that are semantically nearest to the typed text."""
        near = self.alike(stated_preferences)
        nearest = np.argsort(-near, kind="stable")[:ALIKE_ITEMS]
        words = np.asarray(self.weights[nearest].T @ near[nearest], dtype=np.float32)
        words[list(self._stated_words.unwanted(stated_preferences))] = 0
        return words

    def _as_step(self, by_words: FloatArray, text: str) -> FloatArray:
        """(1, a) stated words plus typed text, as long as a mean item step; (0, a) if none."""
        step = unit(unit(by_words) + unit(self._typed_step(text)))
        lengths = np.linalg.norm(self.item_steps, axis=1)
        usual = float(lengths.mean()) if len(lengths) else 0.0
        return np.asarray(usual * step, dtype=np.float32)[None][: int(step.any())]

    def _typed_step(self, text: str) -> FloatArray:
        """(a,) a typed text as an input of the network; zeros without an encoder."""
        read = typed_vector(self.typing, self.encoder, text)
        if read is None or self.typing is None:
            return np.zeros(self.item_steps.shape[1], dtype=np.float32)
        return np.asarray(read @ self.typing.adapter, dtype=np.float32)

    def _word_values(self, queries: Sequence[Query], read: HistoryInput) -> FloatArray:
        """(n, n_words) value of each word for each user; 0 for unwanted words."""
        likely = self._likely(self._read(read), read)
        for row, query in enumerate(queries):
            likely[row, list(self._stated_words.unwanted(query.stated_preferences))] = 0
        return np.asarray(likely**SHARPENING, dtype=np.float32)

    def _read(self, read: HistoryInput) -> HistoryState:
        return self._fitted("network").read(read.steps, read.lengths)  # type: ignore[no-any-return]

    def _likely(self, history: HistoryState, read: HistoryInput) -> FloatArray:
        """(n, n_words) probabilities of the next word."""
        alone = max(self.copied, COPIED_ALONE)
        copied = np.where(read.has_history, self.copied, alone).astype(np.float32)[:, None]
        predicted = softmax(self._fitted("network").logits(history))
        return (1 - copied) * predicted + copied * read.met

    def _contributions(self, values: FloatArray, item: int) -> list[Contribution]:
        row = slice(self.weights.indptr[item], self.weights.indptr[item + 1])
        amounts = values[self.weights.indices[row]] * self.weights.data[row]
        pairs = zip(self.weights.indices[row].tolist(), amounts.tolist(), strict=True)
        return [
            Contribution(self.name, amount, word=self.shown(word))
            for word, amount in pairs
            if amount
        ]

    def _write(
        self, query: Query, n: int, unwanted: set[int], named: Collection[int]
    ) -> dict[int, float]:
        read = self._input([query])
        if not read.lengths[0]:
            return {}
        likely, usual = self._rates(query, read)
        return self._writer.write(
            self._read(read), likely, n, unwanted=unwanted, named=named, usual=usual
        )

    def _rates(
        self, query: Query, read: HistoryInput
    ) -> tuple[Callable[[HistoryState], FloatArray], FloatArray | None]:
        """How likely each word (n_words,) is next, by the network's state, and for anybody.

        Without a history the network's view is all there is.
        """
        past = query.history[-LATEST:]
        if self.followers is None or not len(past):
            return lambda history: self._by_network(history, read), None
        followers, counted = self.followers, self.followers.rates(past, self.weights)
        at_all = self.mixture.for_anybody(followers.trend, followers.usual)
        raised = followers.usual / np.maximum(self.common, 1e-9)

        def rates(history: HistoryState) -> FloatArray:
            predicted = np.minimum(1, self._likely(history, read)[0] * raised)
            rate = (counted + PREDICTED * predicted) / (1 + PREDICTED)
            return self.mixture.of(rate, at_all)

        return rates, self.mixture.of(followers.usual, at_all)

    def _by_network(self, history: HistoryState, read: HistoryInput) -> FloatArray:
        """(n_words,) the network's view; common words count less."""
        likely = self._likely(history, read)[0] * self.topical**TOPICAL
        return np.asarray(likely, dtype=np.float32)


def _below(state: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }
