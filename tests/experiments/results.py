"""Results of each command, as small as they can be."""

from __future__ import annotations

from typing import Any

from recommender.experiments.ablation import FULL
from recommender.experiments.methods import OURS
from recommender.experiments.report_paper import ENHANCED, FIGURES, PLAIN

MACHINE = {
    "processor": "a processor",
    "cores": 2,
    "memory_gib": 8,
    "system": "Linux",
    "python": "3.11",
    "engine": "0123abcd",
    "libraries": {"numpy": "2.4"},
    "threads": {},
}
SIZES = {"protocol": "last", "people": 9, "items": 20, "train": 100, "test": 9, "asked": 9}


def figures(ndcg: float, tail: float, wall: float, coverage: float = 0.5) -> dict[str, Any]:
    return {
        "ndcg": ndcg,
        "ndcg_low": ndcg - 0.002,
        "ndcg_high": ndcg + 0.002,
        "tail_recall": tail,
        "tail_recall_low": tail - 0.002,
        "tail_recall_high": tail + 0.002,
        "recall": ndcg,
        "cold_recall": float("nan"),
        "coverage": coverage,
        "tail_share": 0.5,
        "gini": 0.5,
        "novelty": 10.0,
        "category_diversity": 0.5,
        "wall": wall,
        "cpu": wall,
        "peak": 1000,
    }


BONUS = {"strength": 0.3, "amount": 0.12, "figures": {"ndcg_at_10": 0.04, "tail_recall": 0.05}}
SAID = {
    "list_cpu_ms": 8.25,
    "blend": {"tail_bonus": 0.12},
    "validation": {
        "bonuses": [{**BONUS, "strength": 0.0, "amount": 0.0}, BONUS],
        "candidates": {
            "sources": {
                "words": {"recall": 0.3, "tail_recall": 0.2, "only": 0.05, "candidates": 50.0}
            },
            "union": {"recall": 0.4, "tail_recall": 0.25, "only": 0.0, "candidates": 120.4},
        },
    },
}

BENCHMARK: dict[str, Any] = {
    "k": 10,
    "data": [
        {
            "name": "shop",
            **SIZES,
            "machine": MACHINE,
            "seed": 0,
            "methods": {
                OURS: {**figures(0.03, 0.04, 60.0, coverage=0.7), "said": SAID},
                "EASE": figures(0.02, 0.01, 2.0),
                "TF-IDF": figures(0.01, 0.05, 3.0, coverage=0.8),
                "EASE, tuned": figures(0.019, 0.02, 2.0),
                "ALS": {"unfit": "no text"},
            },
            "seeds": {
                "seeds": [0, 1],
                **{
                    name: {"mean": 0.03, "low": 0.029, "high": 0.031}
                    for name in ("ndcg", "tail_recall", "cold_recall", "coverage")
                },
            },
            "published": {
                "about": "There: as many.",
                "rows": [
                    {"model": "A network", "ndcg": 0.025, "reads": "ids", "source": "a paper"},
                    {
                        "model": "A better one",
                        "ndcg": 0.031,
                        "recall": 0.05,
                        "reads": "ids",
                        "source": "a paper",
                    },
                ],
                "differs": ["it reads texts"],
            },
            "against": {
                "ndcg": {
                    "peer": "EASE",
                    "theirs": 0.02,
                    "difference": 0.01,
                    "low": 0.005,
                    "high": 0.015,
                },
                "tail_recall": {
                    "peer": "TF-IDF",
                    "theirs": 0.05,
                    "difference": -0.01,
                    "low": -0.02,
                    "high": 0.0,
                },
            },
        }
    ],
}

ABLATION: dict[str, Any] = {
    "machine": MACHINE,
    "seed": 0,
    "k": 10,
    "data": [
        {
            "name": "shop",
            **SIZES,
            "arms": {
                FULL: figures(0.03, 0.04, 60.0),
                "the sequence model": {
                    **figures(0.02, 0.039, 40.0),
                    "adds": {"ndcg": (0.01, 0.005, 0.015), "tail_recall": (0.001, -0.002, 0.004)},
                },
            },
        }
    ],
}


def _setting(seed: int) -> dict[str, Any]:
    plain = dict.fromkeys(FIGURES.values(), 0.09 + 0.02 * seed)
    better = {name: value + 0.01 for name, value in plain.items()}
    sizes = {"people": 10, "items": 50, "interactions": 200, "learnt": 160, "asked": 10}
    return {
        "folder": "shop",
        "interpretation": "histories",
        "seed": seed,
        "sizes": sizes,
        "figures": {
            "chance": dict.fromkeys(FIGURES.values(), 0.01),
            PLAIN: plain,
            ENHANCED: better,
        },
    }


PAPER: dict[str, Any] = {"machine": MACHINE, "settings": [_setting(0), _setting(1)]}

_FOUND = {
    "settings": {"ridge": 30, "neighbours": None},
    **figures(0.025, 0.02, 2.0),
    "difference": {"ndcg": (0.005, 0.001, 0.009), "tail_recall": (-0.001, -0.002, 0.001)},
}
TUNED_PEERS: dict[str, Any] = {
    "k": 10,
    "data": [
        {
            "name": "shop",
            **SIZES,
            "validation": {**SIZES, "train": 80},
            "machine": MACHINE,
            "peers": {
                "EASE": {
                    "tried": [
                        {"settings": {"ridge": 30, "neighbours": None}, "ndcg": 0.02,
                         "tail_recall": 0.01, "cpu": 40.0, "peak": 900},
                        {"settings": {"ridge": 3, "neighbours": 20}, "ndcg": 0.01,
                         "tail_recall": 0.03, "cpu": 50.0, "peak": 900},
                    ],
                    "cpu": 90.0,
                    "common": figures(0.02, 0.01, 2.0),
                    "best": {
                        "ndcg": _FOUND,
                        "tail_recall": {**_FOUND, "settings": {"ridge": 3, "neighbours": 20}},
                    },
                }
            },
        }
    ],
}  # fmt: skip
