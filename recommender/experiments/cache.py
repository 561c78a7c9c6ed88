"""Results that cost minutes, kept by everything that decides over them: an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from recommender.experiments.children import ROOT

LIBRARIES = ("numpy", "scipy", "pandas", "tensorflow-cpu", "keras", "gensim")

Make = Callable[[Path], dict[str, Any]]
"""Writes its files into the folder and gives its figures as JSON values."""


@dataclass(frozen=True)
class Kept:
    """``told``: what the maker gave; ``folder``: what it wrote."""

    folder: Path
    told: dict[str, Any]
    fresh: bool


@dataclass(frozen=True)
class ResultCache:
    root: Path

    def get(self, about: Mapping[str, Any], make: Make, *, again: bool = False) -> Kept:
        """The result for ``about`` (JSON values), made if it is not there; it counts only when it is complete."""
        text = json.dumps(about, sort_keys=True)
        folder = self.root / hashlib.sha256(text.encode()).hexdigest()[:20]
        done = folder / "told.json"
        if done.exists() and not again:
            return Kept(folder, json.loads(done.read_text()), fresh=False)
        folder.mkdir(parents=True, exist_ok=True)
        done.unlink(missing_ok=True)
        told = make(folder)
        (folder / "about.json").write_text(text)
        unfinished = folder / "unfinished.json"
        unfinished.write_text(json.dumps(told))
        unfinished.replace(done)
        return Kept(folder, told, fresh=True)


def code_fingerprint(*places: str) -> str:
    """Of the Python below the places (relative to the project) and of the libraries it computes with."""
    digest = hashlib.sha256(json.dumps(versions()).encode())
    for place in places:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}
