"""What a training run has finished, on the disk of the machine that trains.

A run that was killed, handed back or put off goes on after its last finished stage, with the data
that it read first. The files hold people's data. They are deleted when the run is over, and when
anybody of the catalogue is erased: then the run goes on without stored stages, and one that begins
again reads the data anew. See docs/decisions/0025-stages-resume.md.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.dispatch import receiver
from django.utils.timezone import now

from accounts.models import Erasure
from accounts.privacy.erasure import erased
from catalog.models import Profile
from recommender.models import TrainingRun
from recommender.training.database_outage import outlasting
from recommender.training.datasets import CatalogData
from recommender.training.stage_files import StageFiles

logger = logging.getLogger(__name__)

READING = "reading"
_NAME = re.compile(r"run-(\d+)")
OPEN = (TrainingRun.State.QUEUED, TrainingRun.State.RUNNING)


def folder_of(run_id: int) -> Path:
    return _root() / f"run-{run_id}"


def read_data(run: TrainingRun, reader: str, read: Callable[[], CatalogData]) -> CatalogData:
    """The data of a run: those that its first attempt read, if nobody was erased since.

    Notes on the run's row from when the data are.

    Args:
        reader: what reads the texts.
        read: reads the catalogue.
    """
    files = _files(run, reader)
    data = files.load(READING, {}) if files.allowed() else None
    if isinstance(data, CatalogData):
        return data
    _begin(run)
    data = read()
    files.save(READING, data, {})
    return data


def store_of(run: TrainingRun, data: CatalogData, *rivals: object) -> StageFiles:
    """The stages of a run on this data. ``rivals``: what it is compared with."""
    return _files(run, data.fingerprint, *rivals)


def forget(run_id: int) -> None:
    """Delete a run's files."""
    shutil.rmtree(folder_of(run_id), ignore_errors=True)


def sweep() -> int:
    """Delete the files of runs that are over, or whose data somebody was erased from.

    Runs on every machine that trains, because others may not see its disk. Returns how many runs
    lost their files.
    """
    stored = dict(_stored())
    if not stored:
        return 0
    runs = TrainingRun.objects.select_related("catalog").in_bulk(list(stored))
    orphans = [
        pk
        for pk in stored
        if pk not in runs or runs[pk].state not in OPEN or not _is_complete(runs[pk])
    ]
    for pk in orphans:
        forget(pk)
        logger.info("the stage files of run %s are deleted", pk)
    return len(orphans)


def files_of(slug: str) -> list[Path]:
    """All stage files of a catalogue's runs on this machine."""
    runs = TrainingRun.objects.filter(pk__in=dict(_stored()), catalog__slug=slug)
    folders = map(folder_of, runs.values_list("pk", flat=True))
    return sorted(path for folder in folders for path in folder.rglob("*"))


@receiver(erased, sender=Profile)
def forget_catalog(*, place: str, **_signal: Any) -> None:
    """Delete all files of a catalogue that somebody was erased from."""
    runs = TrainingRun.objects.filter(catalog__slug=place, state__in=OPEN)
    for run_id in runs.values_list("pk", flat=True):
        forget(run_id)


def _begin(run: TrainingRun) -> None:
    """Note what was erased before the data are read, and make an empty folder."""
    forget(run.pk)
    run.data_at, run.erasures_before = now(), outlasting(partial(_erasures, run))
    fields = {"data_at": run.data_at, "erasures_before": run.erasures_before}
    outlasting(lambda: TrainingRun.objects.filter(pk=run.pk).update(**fields))
    try:
        folder_of(run.pk).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        logger.warning("the stages of run %s are not stored: %s", run.pk, error)


def _is_complete(run: TrainingRun) -> bool:
    """Whether nobody was erased from the catalogue since the run began to read.

    Erasures are counted, because the times of two machines and of two transactions do not compare.
    """
    return run.erasures_before is not None and run.erasures_before == _erasures(run)


def _erasures(run: TrainingRun) -> int:
    return Erasure.objects.filter(place=run.catalog.slug).count()


def _root() -> Path:
    return Path(settings.STAGES_DIR)


def _stored() -> Iterator[tuple[int, Path]]:
    root = _root()
    for path in root.iterdir() if root.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            yield int(match[1]), path


def _files(run: TrainingRun, *depends_on: object) -> StageFiles:
    key = repr((run.pk, run.seed, run.quick, _code(), *depends_on))
    return StageFiles(folder_of(run.pk), key, partial(outlasting, partial(_is_complete, run)))


@cache
def _code() -> str:
    """Changes with the code that computes the stages: its results may then differ."""
    digest = hashlib.sha256(f"{platform.python_version()} {np.__version__}".encode())
    for folder in ("engine", "training"):
        for path in sorted((Path(settings.BASE_DIR) / "recommender" / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
