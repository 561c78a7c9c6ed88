"""Measures the import of a large log: processor time, peak memory, rows a second.

    python deploy/bench_import.py --rows 1000000
    python deploy/bench_import.py --checkout ../older --database postgres://localhost/bench

A generated log has one ragged line in its middle, so `--skip-bad` is used. The database is a new
SQLite file, or the empty one of ``--database``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ITEMS, PEOPLE, SECONDS = 10_000, 50_000, 1_500_000_000


def write_files(folder: Path, rows: int) -> None:
    """``items.csv`` and ``log.csv``, the same for the same number of rows."""
    chance = random.Random(0)  # noqa: S311 (data, no secret)
    items = "".join(f"i{item},Item {item}\n" for item in range(ITEMS))
    (folder / "items.csv").write_text(f"item_id,title\n{items}")
    with (folder / "log.csv").open("w") as log:
        log.write("user_id,item_id,value,timestamp\n")
        for row in range(rows):
            if row == rows // 2:
                log.write("u1,i1\n")
            user, item = chance.randrange(PEOPLE), chance.randrange(ITEMS)
            log.write(f"u{user},i{item},1,{SECONDS + row}\n")


def run(checkout: Path, environment: dict[str, str], *command: str) -> dict[str, float]:
    """Seconds and processor seconds of a management command."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "manage.py", *command], cwd=checkout, env=environment, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(time.monotonic() - started, 1),
        "processor_seconds": round(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1
        ),
        "peak_mib": round(after.ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--checkout", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--database", default="", help="a URL; default: a new SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, options.rows)
        database = options.database or f"sqlite:///{folder / 'bench.sqlite3'}"
        environment = {**os.environ, "DATABASE_URL": database, "VAR_DIR": name}
        quiet = ("--verbosity", "0")
        run(options.checkout, environment, "migrate", *quiet)
        run(options.checkout, environment, "create_catalog", "bench", "--name", "Bench")
        run(options.checkout, environment, "import_items", "bench", str(folder / "items.csv"))
        figures = run(
            options.checkout,
            environment,
            *("import_interactions", "bench", str(folder / "log.csv"), "--skip-bad", *quiet),
        )
    figures["rows_a_second"] = round(options.rows / figures["seconds"])
    sys.stdout.write(json.dumps({"rows": options.rows, **figures}) + "\n")


if __name__ == "__main__":
    main()
