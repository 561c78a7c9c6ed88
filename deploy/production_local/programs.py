"""The servers that are started: where they are, and what to install if one is not here."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

OLDEST_POSTGRESQL = 15
DEBIAN = Path("/usr/lib/postgresql")
"""Debian puts no server of PostgreSQL on the PATH."""


class NotInstalled(Exception):
    """What is missing, with the command that installs it."""


@dataclass(frozen=True)
class Programs:
    """``postgresql``: the folder of its programs. ``redis``: Redis's or Valkey's server."""

    postgresql: Path
    redis: Path
    caddy: Path


def find(debian: Path = DEBIAN) -> Programs:
    """Where the servers are.

    Raises:
        NotInstalled: names every one that is missing.
    """
    database = postgresql(debian)
    redis = shutil.which("redis-server") or shutil.which("valkey-server")
    caddy = shutil.which("caddy", path=_path())
    found = {
        f"PostgreSQL {OLDEST_POSTGRESQL} or newer": (database, "postgresql"),
        "Redis or Valkey": (redis, "redis-server"),
        "Caddy": (caddy, "caddy"),
    }
    missing = {name: package for name, (place, package) in found.items() if not place}
    if missing or not (database and redis and caddy):
        raise NotInstalled(
            f"Not installed: {', '.join(missing)}. Debian and Ubuntu: "
            f"sudo apt-get install --no-install-recommends {' '.join(missing.values())}"
        )
    return Programs(database, Path(redis), Path(caddy))


def _path() -> str:
    """The programs of this virtual environment, then all others."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def postgresql(debian: Path = DEBIAN) -> Path | None:
    """The newest that is new enough, else what the PATH has."""
    versions = {
        int(folder.name): folder / "bin"
        for folder in (debian.iterdir() if debian.is_dir() else ())
        if re.fullmatch(r"[0-9]+", folder.name) and (folder / "bin" / "initdb").exists()
    }
    newest = max(versions, default=0)
    if newest >= OLDEST_POSTGRESQL:
        return versions[newest]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None
