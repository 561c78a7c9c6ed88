"""What tuning decides: the terms of a score, with their weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

VARIANT = "@"
"""Parts the name from the variant in a component's key."""

LAST_RESORT = "popularity"
"""The component of a blend of which every other one failed."""


@dataclass(frozen=True)
class Term:
    """One summand of a learned score: ``weight`` * z + ``root`` * sqrt(z), z = score / deviation.

    Attributes:
        component: key of the component; see ``Blend.components``.
        decay: weight of a past item relative to the next newer one; 0 = the newest item alone.
    """

    component: str
    decay: float = 1.0
    weight: float = 0.0
    root: float = 0.0


@dataclass(frozen=True)
class Blend:
    """What tuning decides, as JSON values.

    A component's *key* is its name, or its name and a variant: ``recent_popularity@0.03``.

    Attributes:
        weights: weight by component key, above 0; with ``terms`` each component's share of the
            scores.
        decays: weight of a past item relative to the next newer one, by component; default 1.
        popularity_penalty: subtracted from a score per unit of log1p(people who took the item);
            may be below 0.
        min_tail_share: for the re-ranking stage, as in ``Request``; does not change scores.
        calibration: for the re-ranking stage, as in ``Request``; does not change scores.
        params: parameters that differ from the component's defaults, by key.
        terms: what a score consists of; empty = one term a component, of its weight.
        tail_bonus: for the re-ranking stage: added to the score of a tail item; None = nothing was
            tuned.
    """

    weights: Mapping[str, float]
    decays: Mapping[str, float] = field(default_factory=dict)
    popularity_penalty: float = 0.0
    min_tail_share: float = 0.0
    calibration: float = 0.0
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    tail_bonus: float | None = None

    @property
    def reranking(self) -> dict[str, Any]:
        """Fields of every ``Request`` for a list of this blend."""
        return {"min_tail_share": self.min_tail_share, "calibration": self.calibration}

    @property
    def components(self) -> tuple[str, ...]:
        """The keys of the components that scores consist of."""
        if not self.terms:
            return tuple(self.weights)
        return tuple(dict.fromkeys(term.component for term in self.terms))

    def summands(self) -> tuple[Term, ...]:
        """The terms of a score."""
        return self.terms or tuple(
            Term(name, self.decay(name), weight) for name, weight in self.weights.items()
        )

    def decay(self, component: str) -> float:
        return self.decays.get(component, 1.0)

    def without(self, names: Collection[str]) -> Self:
        """The blend without these components; popularity alone if none is left."""

        def stays(key: str) -> bool:
            return name_of(key) not in names and key not in names

        if all(map(stays, (*self.weights, *self.components))):
            return self
        weights = {key: weight for key, weight in self.weights.items() if stays(key)}
        terms = tuple(term for term in self.terms if stays(term.component))
        return replace(
            self,
            weights=weights if weights and bool(terms) == bool(self.terms) else {LAST_RESORT: 1.0},
            decays={key: decay for key, decay in self.decays.items() if stays(key)},
            params={key: params for key, params in self.params.items() if stays(key)},
            terms=terms,
        )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        terms = tuple(Term(**term) for term in data.get("terms", ()))
        return cls(**{**data, "terms": terms})


def name_of(key: str) -> str:
    """The component's name in its key."""
    return key.partition(VARIANT)[0]
