"""A recommender as a folder: a manifest and .npy arrays.

The folder is written once. Readers map the arrays into memory.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.errors import ArtifactError
from recommender.engine.pipeline import Kind, Recommender, component_of
from recommender.engine.ranking.features import FEATURES
from recommender.engine.ranking.second_stage import TreeRanker
from recommender.engine.runtime.sparse import as_state, from_state
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.ratings.scorer import Rating
from recommender.engine.scorers.registry import describe, restore
from recommender.engine.storage.manifest import FILE_NAME, ArrayFile, Manifest, read_manifest

TAIL_RULE = "tail: not among the 20 % most popular of the items with an interaction in training"
ITEM_IDS, SCORER, TREES = "item_ids", "scorer.", "trees."
BESIDE: tuple[type[Scorer], ...] = (Interest, Rating)
"""Models of a recommender that need not be components of its scorer."""

FEATURE_NAMES = tuple(feature.name for feature in FEATURES)

Ids = NDArray[np.int64] | NDArray[np.str_]


@dataclass(frozen=True)
class Artifact:
    """The content of a folder.

    ``item_ids``: (n_items,) the owner's keys in the order of the recommender's indices.
    """

    recommender: Recommender
    item_ids: Ids
    manifest: Manifest


def write(
    folder: Path,
    recommender: Recommender,
    *,
    item_ids: Ids | Sequence[str] | Sequence[int],
    about: Mapping[str, Any],
) -> Manifest:
    """Write a new artifact. The folder appears atomically and is on the disk on return.

    Args:
        folder: must not exist; its parent must.
        recommender: fitted.
        item_ids: (n_items,) integers or strings.
        about: JSON values stored with it: data set fingerprint, metrics, seed, time of creation.

    Raises:
        ArtifactError: if the folder exists, there is not one id per item, or writing fails.
    """
    if folder.exists():
        raise ArtifactError(f"{folder}: exists already, an artifact is never changed")
    arrays = {ITEM_IDS: _ids(item_ids, recommender.n_items)} | _arrays(recommender)
    try:
        with _appearing(folder) as unfinished:
            files = {
                f"{name}.npy": _save(unfinished / f"{name}.npy", array)
                for name, array in arrays.items()
            }
            manifest = _describe(recommender, about, files)
            _write_durably(unfinished / FILE_NAME, manifest.to_json().encode())
    except OSError as error:
        raise ArtifactError(f"{folder}: could not be written: {_in_words(error)}") from error
    return manifest


def _in_words(error: OSError) -> str:
    """numpy says of a full disk only how many numbers it has written."""
    is_short = error.errno is None and "requested and" in str(error)
    return os.strerror(errno.ENOSPC) if is_short else str(error)


def read(folder: Path, verify: bool = True) -> Artifact:
    """Load an artifact. Its arrays are mapped from the files and read-only.

    ``verify`` compares the checksums, which reads every file once. Without it only sizes, types and
    shapes are compared.

    Raises:
        ArtifactError: names the file that is missing, damaged or of an unknown format.
    """
    manifest = read_manifest(folder)
    arrays = {
        name.removesuffix(".npy"): _load(folder / name, entry, verify)
        for name, entry in manifest.files.items()
    }
    try:
        return Artifact(_recommender(manifest, arrays), arrays[ITEM_IDS], manifest)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{folder / FILE_NAME}: cannot be rebuilt: {error!r}") from error


def _arrays(recommender: Recommender) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {"counts": recommender.counts, "head": recommender.head}
    if recommender.recent is not None:
        arrays["recent"] = recommender.recent
    if recommender.providers is not None:
        arrays["providers"] = recommender.providers
    if recommender.categories is not None:
        arrays |= as_state("categories", recommender.categories)
    for name, model in _apart(recommender).items():
        arrays |= {f"{name}.{key}": value for key, value in model.get_state().items()}
    if recommender.trees is not None:
        arrays |= {TREES + key: value for key, value in recommender.trees.get_state().items()}
    return arrays | {SCORER + key: value for key, value in recommender.scorer.get_state().items()}


def _apart(recommender: Recommender) -> dict[str, Scorer]:
    """The models beside the scorer that are not in its state already."""
    models = {
        kind.name: (getattr(recommender, kind.name), component_of(recommender.scorer, kind))
        for kind in BESIDE
    }
    return {
        name: model
        for name, (model, component) in models.items()
        if model is not None and model is not component
    }


def _describe(
    recommender: Recommender, about: Mapping[str, Any], files: Mapping[str, ArrayFile]
) -> Manifest:
    beside = {name: asdict(model.params) for name, model in _apart(recommender).items()}
    return Manifest(
        scorer=recommender.scorer.name,
        params=describe(recommender.scorer),
        n_items=recommender.n_items,
        n_categories=0 if recommender.categories is None else recommender.categories.shape[1],
        tail_rule=TAIL_RULE,
        about=about,
        files=files,
        interest=beside.get(Interest.name),
        rating=beside.get(Rating.name),
        tree_features=None if recommender.trees is None else FEATURE_NAMES,
    )


def _recommender(manifest: Manifest, arrays: Mapping[str, np.ndarray]) -> Recommender:
    scorer = restore(manifest.scorer, manifest.params, _named(SCORER, arrays))
    n_categories = manifest.n_categories
    categories = from_state("categories", dict(arrays), n_categories) if n_categories else None
    return Recommender(
        scorer=scorer,
        counts=arrays["counts"],
        head=arrays["head"],
        recent=arrays.get("recent"),
        categories=categories,
        providers=arrays.get("providers"),
        interest=_beside(Interest, scorer, manifest.interest, arrays),
        rating=_beside(Rating, scorer, manifest.rating, arrays),
        trees=_trees(manifest, arrays),
    )


def _trees(manifest: Manifest, arrays: Mapping[str, np.ndarray]) -> TreeRanker | None:
    if manifest.tree_features is None:
        return None
    if tuple(manifest.tree_features) != FEATURE_NAMES:
        raise ValueError(f"tree_features: {manifest.tree_features} instead of {FEATURE_NAMES}")
    return TreeRanker.from_state(_named(TREES, arrays))


def _beside(
    kind: type[Kind],
    scorer: Scorer,
    params: Mapping[str, Any] | None,
    arrays: Mapping[str, np.ndarray],
) -> Kind | None:
    """The model with these parameters; without parameters the component of the scorer."""
    if params is None:
        return component_of(scorer, kind)
    return kind.from_state(type(kind().params)(**params), _named(f"{kind.name}.", arrays))


def _named(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        key.removeprefix(prefix): value for key, value in arrays.items() if key.startswith(prefix)
    }


def _ids(item_ids: Ids | Sequence[str] | Sequence[int], n_items: int) -> Ids:
    ids = np.asarray(item_ids)
    if ids.shape != (n_items,):
        raise ArtifactError(f"{ITEM_IDS}: shape {ids.shape} for {n_items} items")
    return ids.astype(np.int64) if ids.dtype.kind in "iu" else ids.astype(np.str_)


@contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """A temporary folder that is renamed to ``folder`` at the end, or deleted on an error."""
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield unfinished
        unfinished.chmod(0o755)  # web processes of another account cannot read mkdtemp's 0700
        _sync_folder(unfinished)
        unfinished.rename(folder)
        _sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _save(path: Path, array: np.ndarray) -> ArrayFile:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        _flush(file)
    return ArrayFile(_sha256(path), path.stat().st_size, array.dtype.str, array.shape)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        _flush(file)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _load(path: Path, entry: ArrayFile, verify: bool) -> np.ndarray:
    try:
        size = path.stat().st_size
        if size != entry.bytes:
            raise ArtifactError(f"{path}: {size} bytes instead of {entry.bytes}")
        if verify and _sha256(path) != entry.sha256:
            raise ArtifactError(f"{path}: does not match its checksum")
        # a plain array on the mapped memory: every slice of an np.memmap is slower
        array = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path}: {error}") from error
    if (array.dtype.str, array.shape) != (entry.dtype, entry.shape):
        raise ArtifactError(
            f"{path}: {array.dtype.str} {array.shape} instead of {entry.dtype} {entry.shape}"
        )
    return array


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
