"""Cache of slow results, by all that they depend on. An interrupted run continues with it."""

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
"""Writes its files to the folder and returns its figures as JSON values."""


@dataclass(frozen=True)
class CachedResult:
    """``figures``: returned by the maker; ``folder``: its files; ``fresh``: made just now."""

    folder: Path
    figures: dict[str, Any]
    fresh: bool


@dataclass(frozen=True)
class ResultCache:
    root: Path

    def get(self, about: Mapping[str, Any], make: Make, *, again: bool = False) -> CachedResult:
        """The complete result for ``about`` (JSON values), made if it is missing."""
        text = json.dumps(about, sort_keys=True)
        folder = self.root / hashlib.sha256(text.encode()).hexdigest()[:20]
        done = folder / "figures.json"
        if done.exists() and not again:
            return CachedResult(folder, json.loads(done.read_text()), fresh=False)
        folder.mkdir(parents=True, exist_ok=True)
        done.unlink(missing_ok=True)
        figures = make(folder)
        (folder / "about.json").write_text(text)
        unfinished = folder / "unfinished.json"
        unfinished.write_text(json.dumps(figures))
        unfinished.replace(done)
        return CachedResult(folder, figures, fresh=True)


def code_fingerprint(*paths: str) -> str:
    """Fingerprint of the Python files below ``paths`` (from the project) and of the libraries."""
    digest = hashlib.sha256(json.dumps(versions()).encode())
    for name in paths:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}
