"""Lists from files: train in memory, recommend for the requested users, write one table."""

from __future__ import annotations

import csv
import gzip
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recommender.engine.data.csv_files import Loaded, load
from recommender.engine.data.types import IntArray, Progress, Query, Recommendation, no_progress
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.runtime.block_executor import current_executor
from recommender.engine.runtime.failed_components import as_line
from recommender.engine.runtime.progress import StageClock
from recommender.engine.runtime.sparse import blocks
from recommender.engine.runtime.tf_cluster import ALONE, Cluster
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.train import TrainingResult, train

COLUMNS = ("user_id", "item_id", "rank", "score", "sources")
PEOPLE = 500
"""People whose lists are made at once."""

KIBIBYTES_A_MEBIBYTE = 1024


@dataclass(frozen=True)
class BatchRequest:
    """A batch job.

    Attributes:
        interactions, items, users, vectors: input files, see ``csv_files``.
        out: output file.
        k: items per list.
        tail: the dial, 0 … 1; None = as tuned.
        without: components that the blend may not use.
        repeat: whether what is bought again and again may come back; lower where it is not due.
    """

    interactions: Path
    items: Path
    users: Path | None
    out: Path
    k: int = 10
    tail: float | None = None
    seed: int = 0
    without: tuple[str, ...] = ()
    vectors: tuple[Path, ...] = ()
    repeat: bool = False


def recommend_from_files(
    request: BatchRequest,
    progress: Progress = no_progress,
    encoder: TextEncoder | None = None,
    cluster: Cluster = ALONE,
    read: Callable[..., Loaded] = load,
) -> dict[str, Any]:
    """Write ``request.out`` and return figures of the job, as JSON values.

    Args:
        read: reads the files, with the arguments of `csv_files.load`.

    Raises:
        DataError: with file, line, field and value of invalid input, before anything is written.
    """
    clock = StageClock({"reading": 1.0, "training": 12.0, "recommending": 4.0}, progress)
    with clock.stage("reading"):
        loaded = read(
            interactions=request.interactions,
            items=request.items,
            users=request.users,
            vectors=request.vectors,
        )
    with clock.stage("training") as inner:
        result = train(
            loaded.dataset,
            seed=request.seed,
            progress=inner,
            evaluate=False,
            serve_users=loaded.serve,
            without=request.without,
            interests=False,
            encoder=encoder,
            cluster=cluster,
        )
    began = time.process_time()
    with clock.stage("recommending") as inner:
        lists = _lists(loaded, result, request, inner)
        written, fallbacks = _write(request.out, lists, loaded)
    spent = time.process_time() - began
    return {
        "seconds": {
            name: round(value, 2) for name, value in {**clock.seconds, **result.seconds}.items()
        },
        "list_cpu_ms": round(1000 * spent / max(1, len(loaded.serve)), 2),
        "peak_memory_mib": peak_memory_mib(),
        "people": len(loaded.serve),
        "rows": written,
        "fallbacks": fallbacks,
        "items": loaded.dataset.n_items,
        "interactions": len(loaded.dataset.log),
        "blend": result.blend.as_dict(),
        "validation": result.report["validation"],
        "warnings": [*loaded.warnings, *map(as_line, result.warnings)],
    }


def peak_memory_mib() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / KIBIBYTES_A_MEBIBYTE ** (2 if sys.platform == "darwin" else 1))


def _lists(
    loaded: Loaded, result: TrainingResult, request: BatchRequest, progress: Progress
) -> Iterator[tuple[str, Recommendation]]:
    """Each user's id and list, with item indices."""
    users = [loaded.serve[block] for block in blocks(len(loaded.serve), PEOPLE)]
    make = ListsOfPeople(loaded, result.recommender, request, result.blend.reranking)
    done = 0
    for some, lists in zip(users, current_executor().map_blocks(make, users), strict=True):
        yield from zip(loaded.user_ids[some], lists, strict=True)
        done += len(some)
        progress("recommending", done / len(loaded.serve))


@dataclass(frozen=True)
class ListsOfPeople:
    """Makes the lists of a block of people; ``reranking``: further fields of the requests."""

    loaded: Loaded
    recommender: Recommender
    request: BatchRequest
    reranking: Mapping[str, Any]

    def __call__(self, users: IntArray) -> list[Recommendation]:
        return list(self.recommender.recommend_many(list(map(self._request, users.tolist()))))

    def _request(self, user: int) -> Request:
        query = _query(self.loaded, user, repeat=self.request.repeat)
        return Request(
            query,
            self.request.k,
            tail=self.request.tail,
            exclude=np.array([each.item for each in query.negative_feedback], dtype=np.int32),
            allowed=self.loaded.listed,
            **self.reranking,
        )


def _query(loaded: Loaded, user: int, *, repeat: bool) -> Query:
    """The history, and what of it the list may hold again."""
    due = loaded.again.due.get(user, ()) if repeat else ()
    coming_back = {item for item, _share in due}
    seen = (item for item in loaded.again.seen.get(user, ()) if item not in coming_back)
    return replace(loaded.dataset.query(user), seen=tuple(seen), due=due)


def _write(
    path: Path, lists: Iterable[tuple[str, Recommendation]], loaded: Loaded
) -> tuple[int, dict[str, int]]:
    """Write the table to a temporary file and rename it.

    Returns:
        Number of rows, and number of users by fallback.
    """
    fallbacks: Counter[str] = Counter()
    rows = 0
    unfinished = path.with_name(f".unfinished.{path.name}")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(unfinished, "wt", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for user, made in lists:
            for rank, item in enumerate(made.ranked_items, start=1):
                table.writerow(
                    (
                        user,
                        loaded.item_ids[item.item],
                        rank,
                        f"{item.score:.6g}",
                        "|".join(item.sources),
                    )
                )
            rows += len(made.ranked_items)
            fallbacks.update([made.fallback] if made.fallback else [])
    unfinished.replace(path)
    return rows, dict(fallbacks)
