"""The manifest of an artifact: format, parameters, origin, and a checksum of every file."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from recommender.engine.data.errors import ArtifactError

FILE_NAME = "manifest.json"
FORMAT = "longtail-artifact"
VERSION = 1
"""Raised with every field or file that the code of before would not know."""

OLDEST = 1
"""The oldest version that is read."""


@dataclass(frozen=True)
class ArrayFile:
    """The checksum, size, type and shape of one .npy file."""

    sha256: str
    bytes: int
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Manifest:
    """``scorer`` and ``params`` rebuild the scorer.

    ``about``: fingerprint, metrics, seed and time of creation, from the writer. ``interest``,
    ``rating``: parameters of these models; None = there is no such model, or it is a component of
    the scorer. ``tree_features``: names of the features that the trees read beside the scorer's
    terms; None = there are no trees.
    """

    scorer: str
    params: Mapping[str, Any]
    n_items: int
    n_categories: int
    tail_rule: str
    about: Mapping[str, Any]
    files: Mapping[str, ArrayFile]
    interest: Mapping[str, Any] | None = None
    rating: Mapping[str, Any] | None = None
    tree_features: Sequence[str] | None = None
    format: str = FORMAT
    version: int = VERSION

    def to_json(self) -> str:
        """Indented JSON with a checksum of all other fields at the end; NaN becomes null."""
        content = _plain(asdict(self))
        return (
            json.dumps({**content, "checksum": checksum_of(content)}, indent=1, ensure_ascii=False)
            + "\n"
        )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an artifact's folder.

    Raises:
        ArtifactError: if it is missing, not JSON, of another format, newer than this code, or was
            edited.
    """
    path = folder / FILE_NAME
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path}: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ArtifactError(f"{path}: not a {FORMAT}")
    _reject_other_version(path, content)
    if content.pop("checksum", None) != checksum_of(content):
        raise ArtifactError(
            f"{path}: does not match its own checksum, it was changed after writing"
        )
    try:
        return Manifest(
            **{
                **content,
                "files": {name: _file(name, **entry) for name, entry in content["files"].items()},
            }
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(f"{path}: incomplete: {error!r}") from error


def _reject_other_version(path: Path, content: Mapping[str, Any]) -> None:
    version = content.get("version")
    known = {field.name for field in fields(Manifest)} | {"checksum"}
    unknown = sorted(map(str, content.keys() - known))
    if isinstance(version, int) and (version > VERSION or unknown):
        of_it = f"with {', '.join(unknown)} " if unknown else ""
        raise ArtifactError(
            f"{path}: {FORMAT} version {version} {of_it}was written by a newer Longtail; "
            f"this one reads up to version {VERSION}"
        )
    if not isinstance(version, int) or version < OLDEST:
        raise ArtifactError(
            f"{path}: {FORMAT} version {version!r}; this Longtail reads {OLDEST} to {VERSION}"
        )


def _file(name: str, *, shape: list[int], **entry: Any) -> ArrayFile:
    if Path(name).name != name:
        raise ValueError(f"{name}: not a file of the artifact's own folder")
    return ArrayFile(shape=tuple(shape), **entry)


def checksum_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """JSON has no NaN, no tuples and no numpy numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if hasattr(value, "item"):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
