"""The blend: a weighted sum of scaled component scores with a popularity penalty."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar, Self
from weakref import ref

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import Contribution, FloatArray, IntArray, Query
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.popularity import Popularity

PENALTY = "popularity_penalty"

LAST_RESORT = "popularity"
"""The component of a blend of which every other one failed."""


@dataclass(frozen=True)
class Blend:
    """What tuning decides, as JSON values.

    Attributes:
        weights: weight by component name, above 0.
        decays: weight of a past item relative to the next newer one, by component; default 1.
        popularity_penalty: subtracted from a score per unit of log1p(people who took the item).
        min_tail_share: for the re-ranking stage, as in ``Request``; does not change scores.
        calibration: for the re-ranking stage, as in ``Request``; does not change scores.
        params: a component's parameters that differ from its defaults.
    """

    weights: Mapping[str, float]
    decays: Mapping[str, float] = field(default_factory=dict)
    popularity_penalty: float = 0.0
    min_tail_share: float = 0.0
    calibration: float = 0.0
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def reranking(self) -> dict[str, Any]:
        """Fields of every ``Request`` for a list of this blend."""
        return {"min_tail_share": self.min_tail_share, "calibration": self.calibration}

    def decay(self, component: str) -> float:
        return self.decays.get(component, 1.0)

    def without(self, names: Collection[str]) -> Self:
        """The blend without these components; popularity alone if none is left."""
        weights = {name: weight for name, weight in self.weights.items() if name not in names}
        if len(weights) == len(self.weights):
            return self
        return replace(
            self,
            weights=weights or {LAST_RESORT: 1.0},
            decays={name: decay for name, decay in self.decays.items() if name in weights},
            params={name: params for name, params in self.params.items() if name in weights},
        )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)


class Hybrid(Scorer):
    """score(i) = sum over c of weight(c) * c(i) / std(c) - penalty * log1p(people of i).

    The standard deviation is taken over the catalogue for each user. Scores are divided, not
    centred: centring moves all items equally, and without it the contributions of an explanation
    sum to the score. A component without a score for an item adds nothing. An item that no
    component scores above 0 gets NaN: a penalty alone must not rank it.
    """

    name: ClassVar[str] = "hybrid"
    params: Blend
    people: IntArray | None = None
    _latest_scales: tuple[ref[Query], list[float]] | None = None

    def __init__(self, components: Sequence[Scorer], blend: Blend) -> None:
        self.components = tuple(components)
        self.params = blend

    @property
    def blend(self) -> Blend:
        return self.params

    def fit(
        self, train: Dataset, rng: np.random.Generator, fitted: Collection[Scorer] = ()
    ) -> Self:
        """``fitted``: components that are already fitted on the same data with the same seed."""
        seed = int(rng.integers(2**31))
        for component in self.components:
            if component not in fitted:
                component.fit(train, np.random.default_rng(seed))
        self.people = train.counts
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        people = self._fitted("people")
        total = np.zeros((len(queries), len(people)), dtype=np.float32)
        known = np.zeros(total.shape, dtype=bool)
        for component in self.components:
            scores = component.score_batch([self._faded(query, component) for query in queries])
            known |= scores > 0
            total += (
                np.nan_to_num(scores)
                * (self.blend.weights[component.name] * inverse_scale(scores))[:, None]
            )
        total -= self.blend.popularity_penalty * np.log1p(people, dtype=np.float32)
        total[~known] = np.nan
        return total

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        total = self._sum(query, self.components)
        total -= self.blend.popularity_penalty * np.log1p(self._fitted("people"), dtype=np.float32)
        return total if items is None else total[items]

    def similar(self, item: int) -> FloatArray:
        """Similarity without popularity components, whose scores are equal for every item."""
        looking = [
            component for component in self.components if not isinstance(component, Popularity)
        ]
        return self._sum(Query.of([item]), looking or self.components)

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        """The result of ``explain`` for each item. The catalogue is scored once, for the scales."""
        people = self._fitted("people")
        found: list[list[Contribution]] = [[] for _ in items]
        known = np.zeros(len(items), dtype=bool)
        for component, scale in zip(self.components, self._scales_for(query), strict=True):
            factor = self.blend.weights[component.name] * scale
            for at, of_component in enumerate(
                component.explain_many(self._faded(query, component), items)
            ):
                known[at] |= sum(p.amount for p in of_component) > 0
                found[at] += [
                    Contribution(p.scorer, p.amount * factor, p.item, p.word) for p in of_component
                ]
        for own, item in zip(found, items, strict=True):
            if self.blend.popularity_penalty:
                own.append(
                    Contribution(
                        PENALTY, -self.blend.popularity_penalty * float(np.log1p(people[item]))
                    )
                )
        return [own if scored else [] for own, scored in zip(found, known, strict=True)]

    def get_state(self) -> dict[str, np.ndarray]:
        state = {"people": self._fitted("people")}
        for component in self.components:
            state |= {
                f"{component.name}.{key}": value for key, value in component.get_state().items()
            }
        return state

    @classmethod
    def from_state(
        cls,
        params: Blend,
        state: dict[str, np.ndarray],
        scorers: Mapping[str, type[Scorer]] = MappingProxyType({}),
    ) -> Self:
        """``scorers``: the component classes by name.

        Raises:
            KeyError: if ``scorers`` lacks a component or the state lacks an array.
        """
        components = []
        for name in params.weights:
            own = {
                key.removeprefix(f"{name}."): value
                for key, value in state.items()
                if key.startswith(f"{name}.")
            }
            components.append(
                scorers[name].from_state(component_params(scorers[name], params), own)
            )
        hybrid = cls(components, params)
        hybrid.people = state["people"]
        return hybrid

    def _sum(self, query: Query, components: Sequence[Scorer]) -> FloatArray:
        """(n_items,) weighted sum of the components; NaN if none scores the item above 0."""
        total = np.zeros(len(self._fitted("people")), dtype=np.float32)
        known = np.zeros(len(total), dtype=bool)
        scales = []
        for component in components:
            scores = component.score(self._faded(query, component))
            known |= scores > 0
            scale = inverse_scale(scores[None])[0]
            scales.append(float(scale))
            total += np.nan_to_num(scores) * (self.blend.weights[component.name] * scale)
        total[~known] = np.nan
        if components is self.components:
            self._latest_scales = (ref(query), scales)
        return total

    def _scales_for(self, query: Query) -> list[float]:
        """The factor of each component's scores; those of the latest scored query are reused."""
        latest = self._latest_scales
        if latest is not None and latest[0]() is query:
            return latest[1]
        return [
            float(inverse_scale(component.score(self._faded(query, component))[None])[0])
            for component in self.components
        ]

    def _faded(self, query: Query, component: Scorer) -> Query:
        return faded(query, self.blend.decay(component.name))


def faded(query: Query, decay: float) -> Query:
    """The query with weights log2(1 + weight), times ``decay`` for every newer past item."""
    age = np.arange(len(query) - 1, -1, -1, dtype=np.float32)
    weights = np.log2(1 + query.weights) * np.float32(decay) ** age
    return replace(query, weights=weights.astype(np.float32))


def inverse_scale(scores: FloatArray) -> FloatArray:
    """(rows,) one over the standard deviation of each row; 0 for a constant or empty row."""
    deviation = np.nan_to_num(_deviation(scores))
    return np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > 1e-12)


def _deviation(scores: FloatArray) -> FloatArray:
    unknown = np.isnan(scores)
    filled = np.where(unknown, 0, scores) if unknown.any() else scores
    count = np.maximum(scores.shape[1] - unknown.sum(axis=1), 1)
    mean = filled.sum(axis=1, dtype=np.float64) / count
    square = np.einsum("ij,ij->i", filled, filled) / count
    deviation: FloatArray = np.sqrt(np.maximum(square - mean**2, 0)).astype(np.float32)
    return deviation


def component_params(scorer: type[Scorer], blend: Blend) -> Any:
    """The component's default parameters, with the blend's changes."""
    return type(scorer().params)(**blend.params.get(scorer.name, {}))
