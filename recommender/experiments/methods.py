"""Methods that make lists for a split: Longtail's command, or a peer; each in a child process."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from recommender.experiments.cache import ResultCache, code_fingerprint
from recommender.experiments.children import Measured, run_measured
from recommender.experiments.folders import fingerprint_of
from recommender.experiments.machine import threads
from recommender.experiments.peer_lists import texts_of
from recommender.experiments.peers import release, unfit
from recommender.experiments.splits import SplitFolder

OURS = "Longtail"
K = 10
LISTS = "lists.csv.gz"
OUR_CODE = ("recommender/engine", "recommender/training/encoders.py")
PEER_CODE = ("recommender/experiments/peers.py", "recommender/experiments/peer_lists.py")


def peer_of(name: str) -> str:
    """The peer of a label such as "EASE, tuned"."""
    return name.split(",")[0]


class Method(Protocol):
    @property
    def name(self) -> str: ...

    def unfit(self, split: SplitFolder) -> str:
        """Why the method cannot run on this split; empty if it can."""

    def about(self) -> dict[str, Any]:
        """All that its lists depend on, beside the split."""

    def command(self, split: SplitFolder, out: Path) -> list[str]: ...

    def environment(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Longtail:
    """``batch_recommend`` with its defaults.

    ``without``: components left out. ``text_encoder``: None = the default one.
    """

    seed: int = 0
    name: str = OURS
    without: tuple[str, ...] = ()
    text_encoder: str | None = None

    def unfit(self, split: SplitFolder) -> str:
        return ""

    def about(self) -> dict[str, Any]:
        settings = {key: value for key, value in asdict(self).items() if key != "name"}
        return {"method": OURS, **settings, "code": code_fingerprint(*OUR_CODE)}

    def command(self, split: SplitFolder, out: Path) -> list[str]:
        files = {
            "interactions": split.interactions,
            "items": split.items,
            "users": split.users,
            "out": out,
        }
        paths = [word for name, path in files.items() for word in (f"--{name}", str(path))]
        rest = [
            "--k",
            str(K),
            "--seed",
            str(self.seed),
            "--without",
            ",".join(self.without),
            "-v",
            "0",
        ]
        return [sys.executable, "manage.py", "batch_recommend", *paths, *rest]

    def environment(self) -> Mapping[str, str]:
        return {"TEXT_ENCODER": self.text_encoder} if self.text_encoder else {}


@dataclass(frozen=True)
class Peer:
    """``settings``: other than its common ones. ``label``: its name in tables."""

    peer: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.peer

    def unfit(self, split: SplitFolder) -> str:
        items = split.loaded.dataset.items
        return unfit(self.peer, len(items), texts_of(items))

    def about(self) -> dict[str, Any]:
        return {
            "method": self.peer,
            "settings": dict(self.settings),
            "code": code_fingerprint(*PEER_CODE),
            "library": release(self.peer),
        }

    def command(self, split: SplitFolder, out: Path) -> list[str]:
        program = [sys.executable, "-m", "recommender.experiments.peer_lists"]
        given = ["--peer", self.peer, "--settings", json.dumps(self.settings), "--k", str(K)]
        return [*program, str(split.path), str(out), *given]

    def environment(self) -> Mapping[str, str]:
        return {}


@dataclass(frozen=True)
class Lists:
    """``figures``: wall and cpu seconds, peak MiB, and for Longtail the command's report."""

    file: Path
    figures: dict[str, Any]
    fresh: bool


def lists_of(method: Method, split: SplitFolder, cache: ResultCache) -> Lists:
    """The method's lists for the split, cached by all that they depend on."""

    def make(folder: Path) -> dict[str, Any]:
        # An empty VAR_DIR: cached texts of an earlier run would make this one seem faster.
        with tempfile.TemporaryDirectory() as var:
            environment = {**os.environ, **method.environment(), "VAR_DIR": var}
            measured = run_measured(method.command(split, folder / LISTS), environment)
        return {**_figures(measured), "said": _last_json(measured.output)}

    about = {**method.about(), "k": K, "split": _content(split), "threads": threads()}
    cached = cache.get(about, make)
    return Lists(cached.folder / LISTS, cached.figures, cached.fresh)


def _figures(measured: Measured) -> dict[str, Any]:
    return {"wall": round(measured.wall, 1), "cpu": round(measured.cpu, 1), "peak": measured.peak}


def _last_json(output: str) -> dict[str, Any]:
    lines = output.splitlines()
    return json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}


def _content(split: SplitFolder) -> str:
    return fingerprint_of([split.interactions, split.items, split.users])
