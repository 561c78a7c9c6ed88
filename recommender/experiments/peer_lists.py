"""One peer's lists for a split, as a program, so that its time and memory can be measured.

python -m recommender.experiments.peer_lists SPLIT OUT.csv.gz --peer NAME [--settings {}] [--k 10]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from recommender.engine.data.dataset import Items
from recommender.engine.data.types import FloatArray
from recommender.experiments.peers import PEERS
from recommender.experiments.splits import SplitFolder

BLOCK = 500


def write_lists(
    split: SplitFolder, out: Path, peer: str, k: int, settings: Mapping[str, Any] | None = None
) -> None:
    """Write ``user_id,item_id,rank``; no list has an item of the person's history."""
    loaded = split.loaded
    log = loaded.dataset.matrix.copy()
    log.data[:] = 1
    score = PEERS[peer](log, texts_of(loaded.dataset.items), **(settings or {}))
    tables = []
    for start in range(0, len(loaded.serve), BLOCK):
        users = loaded.serve[start : start + BLOCK]
        best = best_unseen(score(users), log[users], k)
        tables.append(_table(loaded.user_ids[users], loaded.item_ids[best]))
    pd.concat(tables).to_csv(out, index=False)


def texts_of(items: Items) -> Sequence[str]:
    """Title and categories of each item, without the description."""
    return [
        f"{title} {' '.join(names)}"
        for title, names in zip(items.titles, items.categories, strict=True)
    ]


def best_unseen(scores: FloatArray, seen: sp.csr_matrix, k: int) -> np.ndarray:
    """(n, k) columns, best first; the order of ties is not defined."""
    scores = np.array(scores, dtype=np.float32)
    scores[seen.nonzero()] = -np.inf
    best = np.argpartition(-scores, k, axis=1)[:, :k]
    return np.take_along_axis(
        best, np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable"), 1
    )


def _table(users: np.ndarray, items: np.ndarray) -> pd.DataFrame:
    k = items.shape[1]
    ranks = np.tile(np.arange(1, k + 1), len(users))
    return pd.DataFrame({"user_id": np.repeat(users, k), "item_id": items.ravel(), "rank": ranks})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("split", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--peer", required=True, choices=PEERS)
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON: other than common")
    parser.add_argument("--k", type=int, default=10)
    given = parser.parse_args()
    write_lists(SplitFolder(given.split), given.out, given.peer, given.k, given.settings)


if __name__ == "__main__":
    main()
