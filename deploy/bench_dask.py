#!/usr/bin/env python3
"""Times the blocks of item-kNN and of text encoding here, on one Dask worker and on two.

    OMP_NUM_THREADS=1 python deploy/bench_dask.py --items 20000 --events 2000000 --texts 8192

Scheduler and workers are processes of this machine, one thread each. Prints seconds and the
speed-up from one worker to two, and ends with 1 if a result differs from the one here.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """The scheduler's address."""
    from distributed import Client

    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    address, started = f"tcp://127.0.0.1:{port}", []

    def start(kind: str, *options: str) -> None:
        command = (sys.executable, "-m", f"distributed.cli.dask_{kind}", *options)
        started.append(
            subprocess.Popen(  # noqa: S603 (our own command)
                (*command, "--no-dashboard"),
                cwd=ROOT,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        )

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        for _ in range(workers):
            start("worker", address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0")
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def neighbours_of(n_items: int, n_events: int) -> Callable[[], Any]:
    import numpy as np

    from recommender.engine.data.dataset import Dataset, Items, Log
    from recommender.engine.scorers.item_knn import ItemKnn

    rng, n_people = np.random.default_rng(0), max(1, n_events // 20)
    users = rng.integers(n_people, size=n_events).astype(np.int32)
    items = (n_items * rng.random(n_events) ** 2).astype(np.int32)
    log = Log(users, items, np.ones(n_events, np.float32), np.arange(n_events, dtype=np.int64))
    texts = Items([""] * n_items, [""] * n_items, [()] * n_items)
    data = Dataset(texts, log, n_people)
    return lambda: ItemKnn().fit(data, np.random.default_rng(0)).weights


def vectors_of(n_texts: int) -> Callable[[], Any]:
    from recommender.engine.runtime.block_executor import current_executor
    from recommender.engine.text.sentence_encoder import of_process

    texts = [f"a kind of thing number {number} for the garden" for number in range(n_texts)]
    blocks = [texts[start : start + 1024] for start in range(0, n_texts, 1024)]
    return lambda: list(current_executor().map_blocks(of_process().encode, blocks))


def is_same(one: Any, other: Any) -> bool:
    import numpy as np

    if isinstance(one, list):
        return all(np.allclose(*pair, atol=1e-5) for pair in zip(one, other, strict=True))
    return abs(one - other).max() == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--texts", type=int, default=8_192)
    options = parser.parse_args()

    import django

    django.setup()
    from django.test.utils import override_settings

    from recommender.training.dask_executor import on_cluster

    stages = {
        "neighbours": neighbours_of(options.items, options.events),
        "texts": vectors_of(options.texts),
    }
    found: dict[str, Any] = {"cores": os.cpu_count(), **vars(options)}
    results, differs = {}, []

    def measure(label: str, warm: bool) -> None:
        for name, run in stages.items():
            if warm:  # workers load the encoder once
                run()
            began = time.perf_counter()
            result = run()
            found.setdefault(f"{name}_seconds", {})[label] = round(time.perf_counter() - began, 2)
            if not is_same(results.setdefault(name, result), result):
                differs.append(f"{name} on {label}")

    vectors_of(8)()
    measure("here", warm=False)
    for workers in (1, 2):
        with cluster(workers) as address, override_settings(DASK_SCHEDULER=address), on_cluster():
            measure(f"{workers} workers", warm=True)
    for name in stages:
        seconds = found[f"{name}_seconds"]
        seconds["speed-up 1 → 2"] = round(seconds["1 workers"] / seconds["2 workers"], 2)
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    if differs:
        raise SystemExit(f"not the same result: {', '.join(differs)}")


if __name__ == "__main__":
    main()
