"""Checks migrations for locks, and for what the code of before cannot live with, on PostgreSQL.

`make lint` runs it, as ``python -m tests.migration_locks``. It makes a cluster for a moment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.production_local import programs, settings
from deploy.production_local.postgresql import Cluster

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "catalog", "recommender")

EXEMPT = (
    "0003_search_texts",
    "0005_items_as_shops_have_them",
    "0007_event_kinds",
    "0009_remove_catalog_weights",
    "0010_feeds_and_file_imports",
    "0011_interaction_indexes",
    "0012_longer_titles",
    "0004_exclusions",
    "0005_interest_sentences",
    "0006_quick_runs",
)
"""Written before this check: the web must not run while a database is taken across them."""

HELP = """
The old code runs beside the new one for a while, so it must be able to live with the new tables:
  NOT NULL   give the new column a db_default, or null=True
  DROPPING   in the release after the one that no longer reads it
  ALTERING   a new column instead; a type that only grows wider may be named in EXEMPT
  INDEX      AddIndexInUse of config/index_operations.py, in a migration with atomic = False
"""


def main() -> int:
    found = programs.postgresql()
    if found is None:
        sys.stdout.write("PostgreSQL is not installed, so migrations are not checked for locks.\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="longtail-") as folder:
        Path(folder).chmod(0o711)
        (port,) = settings.free_ports(1)
        cluster = Cluster(found, Path(folder) / "postgresql", port, "lint")
        cluster.make()
        command = [*cluster.command(), "-c", "fsync=off"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as up:
            try:
                return lint(cluster)
            finally:
                up.terminate()


def lint(cluster: Cluster) -> int:
    while not cluster.answers():
        time.sleep(0.1)
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.address,
        "DJANGO_SETTINGS_MODULE": "tests.lint_settings",
        "LOG_LEVEL": "WARNING",
    }
    for words in (
        ("migrate", "--verbosity", "0"),
        ("lintmigrations", "--project-root-path", str(ROOT), "--include-apps", *APPS,
         "--ignore-name", *EXEMPT, "--no-cache", "--quiet", "ok", "ignore",
         "--warnings-as-errors", "CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX", "REINDEX"),
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=False
        )
        if done.returncode:
            sys.stdout.write(HELP)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
