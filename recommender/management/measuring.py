"""Arguments that the measuring commands share."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from recommender.experiments.folders import DataFolder
from recommender.experiments.splits import PROTOCOLS

AUTO = "auto"


def add_folders(parser: ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument(
        "--data", type=Path, nargs="+", default=[], required=required, metavar="DIR",
        help="folders with interactions.csv.gz and items.csv.gz",
    )  # fmt: skip
    parser.add_argument(
        "--protocols", nargs="+", choices=[AUTO, *PROTOCOLS], default=[AUTO],
        help="one for all folders, or one each; auto: last if times are only an order or few "
        "people return, else time",
    )  # fmt: skip
    parser.add_argument(
        "--docs", type=Path, default=settings.BASE_DIR / "docs" / "explanation",
        help="folder of evaluation.md and controls.md",
    )  # fmt: skip


def folders_of(data: Sequence[Path], protocols: Sequence[str]) -> list[tuple[DataFolder, str]]:
    """The folders, each with its protocol."""
    if len(protocols) not in (1, len(data)):
        raise CommandError(
            f"--protocols: {len(protocols)} given for {len(data)} folders; give one, or one each"
        )
    chosen = list(protocols) * len(data) if len(protocols) == 1 else list(protocols)
    folders = [DataFolder.at(path) for path in data]
    pairs = zip(folders, chosen, strict=True)
    return [
        (folder, folder.protocol() if protocol == AUTO else protocol) for folder, protocol in pairs
    ]


def needs_development() -> None:
    missing = [name for name in ("implicit", "matplotlib") if find_spec(name) is None]
    if missing:
        raise CommandError(
            f"{', '.join(missing)}: not installed; pip install -r requirements-dev.txt"
        )
