"""How much of what people took next the candidates of each source hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recommender.admin.measures import as_percent
from recommender.explanations.evidence import scorer_name
from recommender.models import ModelVersion


@dataclass(frozen=True)
class Source:
    """One source, or all of them together.

    Attributes:
        percent: of the held-out items, for the bar.
        only: the share that no other source names; empty for all sources together.
    """

    name: str
    recall: str
    percent: float
    tail_recall: str
    only: str
    candidates: str


@dataclass(frozen=True)
class CandidateRecall:
    sources: tuple[Source, ...]
    union: Source


def candidates_of(version: ModelVersion) -> CandidateRecall | None:
    """The sources, the best first. None if the training measured none."""
    measured = (version.report.get("validation") or {}).get("candidates")
    if not measured:
        return None
    ordered = sorted(measured["sources"].items(), key=lambda pair: -pair[1]["recall"])
    return CandidateRecall(
        tuple(_source(scorer_name(name), each, each["only"]) for name, each in ordered),
        _source("", measured["union"], None),
    )


def _source(name: str, figures: Mapping[str, Any], only: float | None) -> Source:
    return Source(
        name=name,
        recall=as_percent(figures["recall"]),
        percent=round(100 * figures["recall"], 1),
        tail_recall=as_percent(figures["tail_recall"]),
        only="" if only is None else as_percent(only),
        candidates=f"{figures['candidates']:.0f}",
    )
