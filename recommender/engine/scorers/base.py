"""The scorer contract: what every scorer implements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.contributions import ContributionTable
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import NotFittedError
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import Contribution, FloatArray, IntArray, Query


class Scorer(ABC):
    """Scores items for a user. Scores are unbounded; higher is better; NaN means no score.

    Fitting twice equals fitting once. An unfitted scorer raises ``NotFittedError``.
    ``params`` is a frozen dataclass.
    """

    name: ClassVar[str]
    wants_texts: ClassVar[bool] = False
    """Whether the constructor takes ``texts``, so that they are read only once."""
    same_for_all: ClassVar[bool] = False
    """Whether every query gets the same scores."""
    params: Any

    @abstractmethod
    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        """Learn from the data set; all randomness comes from ``rng``."""

    @abstractmethod
    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        """(len(queries), n_items) scores of the whole catalogue."""

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        """(len(items),) scores; (n_items,) of the whole catalogue if ``items`` is None."""
        scores: FloatArray = self.score_batch([query])[0]
        return scores if items is None else scores[items]

    def score_reweighted(
        self, queries: Sequence[Query], items: IntArray | None = None
    ) -> Sequence[FloatArray]:
        """The result of ``score`` for each of queries that differ in their weights alone.

        ``items``: each once; None = the whole catalogue.
        """
        return [self.score(query, items) for query in queries]

    @property
    def sizes(self) -> FloatArray | None:
        """(n_items,) about how widely a past item of weight 1 spreads scores over the catalogue.

        Scores of a history with small rows differ less. None = all items spread scores alike.
        """
        return None

    def spread(self, query: Query) -> float:
        """About how widely the scores of a query differ, up to a constant of the scorer; above 0.

        Costs a few operations a past item: nothing is computed for the catalogue.
        """
        if self.sizes is None or not len(query):
            return 1.0
        own = query.weights * self.sizes[query.history]
        return float(np.sqrt(own @ own)) or 1.0

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        """Candidates: the items that this scorer alone would list, in no certain order.

        An item may be named twice. Nothing is computed for all items; a scorer that could not do
        without names none, and scores what the others name.
        """
        return np.empty(0, dtype=np.int32)

    @abstractmethod
    def explain(self, query: Query, item: int) -> list[Contribution]:
        """Contributions that sum to ``score(query, [item])``; empty if the score is NaN."""

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        """The result of ``explain`` for each item."""
        return [self.explain(query, item) for item in items]

    def explain_table(self, query: Query, items: Sequence[int]) -> ContributionTable:
        """The result of ``explain_many`` as a table."""
        return ContributionTable.of(items, self.explain_many(query, items))

    def pair_weights(self, history: IntArray, items: Sequence[int]) -> FloatArray | None:
        """(len(history), len(items)) for a scorer whose score is the sum of weight * this.

        None if its score is something else.
        """
        return None

    def similar(self, item: int, items: IntArray | None = None) -> FloatArray:
        """(len(items),) similarity to this item: the scores after a history of it alone.

        (n_items,) of the whole catalogue if ``items`` is None.
        """
        return self.score(Query.of([item]), items)

    def likeness(self, items: IntArray) -> FloatArray | None:
        """(n, n) similarity of content, 1 = equal; None if the scorer reads no content."""
        return None

    @abstractmethod
    def get_state(self) -> dict[str, np.ndarray]:
        """All fitted values, as numeric arrays."""

    @classmethod
    @abstractmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        """Restore the fitted scorer. Arrays may be memory-mapped and are never written to."""

    def forget(self) -> None:
        """Drop what was computed from values that were fitted before."""
        for kind in type(self).__mro__:
            for name, value in vars(kind).items():
                if isinstance(value, cached_property):
                    vars(self).pop(name, None)

    def _fitted(self, attribute: str) -> Any:
        value = getattr(self, attribute, None)
        if value is None:
            raise NotFittedError(f"{self.name} must be fitted before it can score")
        return value


def contributions_of(
    name: str, history: IntArray, amounts: NDArray[Any]
) -> list[list[Contribution]]:
    """For each column of ``amounts`` (len(history), n) the contributions of the past items."""
    found: list[list[Contribution]] = [[] for _ in range(amounts.shape[1])]
    rows, columns = np.nonzero(amounts)
    past = history[rows].tolist()
    for item, column, amount in zip(
        past, columns.tolist(), amounts[rows, columns].tolist(), strict=True
    ):
        found[column].append(Contribution(name, amount, item))
    return found
