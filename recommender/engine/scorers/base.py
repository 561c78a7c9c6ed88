"""The scorer contract: what every way of scoring items must be able to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import NotFittedError
from recommender.engine.data.types import Contribution, FloatArray, IntArray, Query


class Scorer(ABC):
    """Scores items for a person; unbounded, higher is better, NaN = cannot tell.

    ``fit`` twice equals ``fit`` once; unfitted raises ``NotFittedError``; ``params`` is a frozen dataclass.
    """

    name: ClassVar[str]
    wants_texts: ClassVar[bool] = False
    """Whether the constructor takes ``texts``, to save reading them again."""
    params: Any

    @abstractmethod
    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        """Learn from the data set; all randomness comes from ``rng``."""

    @abstractmethod
    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        """(len(queries), n_items) scores of the whole catalogue."""

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        """(len(items),) scores; of the whole catalogue when ``items`` is None."""
        scores: FloatArray = self.score_batch([query])[0]
        return scores if items is None else scores[items]

    @abstractmethod
    def explain(self, query: Query, item: int) -> list[Contribution]:
        """Parts that sum to ``score(query, [item])``; empty when the score is NaN."""

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        """What ``explain`` says of each item."""
        return [self.explain(query, item) for item in items]

    def similar(self, item: int) -> FloatArray:
        """(n_items,) how near every item is to this one: the score for a person who took only it."""
        return self.score(Query.of([item]))

    def likeness(self, items: IntArray) -> FloatArray | None:
        """(n, n) how alike the items themselves are, 1 = the same; None for a scorer that does not look at them."""
        return None

    @abstractmethod
    def get_state(self) -> dict[str, np.ndarray]:
        """Everything learnt, as numeric arrays."""

    @classmethod
    @abstractmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        """The fitted scorer again; arrays may be memory-mapped and are never written to."""

    def _fitted(self, attribute: str) -> Any:
        value = getattr(self, attribute, None)
        if value is None:
            raise NotFittedError(f"{self.name} must be fitted before it can score")
        return value
