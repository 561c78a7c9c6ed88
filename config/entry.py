"""What every entry point does first: `manage.py`, WSGI, ASGI and Celery.

It must run before numpy loads, because numpy's libraries read the number of their threads once.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import env, metric_files

logger = logging.getLogger(__name__)

SETTINGS = "DJANGO_SETTINGS_MODULE"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
OURS = "LONGTAIL_LIMITED_THREADS"
"""Remembers what an entry point set, as ``NAME=number,…``; what an operator set stays."""

MOST_THREADS = 256


def prepare(default_settings: str = "", *, stays: bool = False) -> None:
    """Choose the settings, limit the threads of numpy's libraries, and say where to count.

    Args:
        default_settings: taken when neither the environment nor `.env` names any.
        stays: whether this is a process of the site: it counts with the others of this machine. A
            command of `manage.py` does not, unless one of them started it.

    Raises:
        ImproperlyConfigured: no settings are named, or they do not exist.
    """
    choose_settings(default_settings)
    limit_threads(os.environ, env.whole("BLAS_THREADS", 1, least=1, most=MOST_THREADS))
    if stays or env.is_set(metric_files.FOLDER):
        _count_together()


def _count_together() -> None:
    var = env.folder("VAR_DIR", env.BASE_DIR / "var")
    folder = env.folder(metric_files.FOLDER, var / "metrics")
    try:
        metric_files.prepare(folder)
    except OSError as error:
        os.environ.pop(metric_files.FOLDER, None)
        logger.warning("This process counts for itself: %s", error)


def is_celery() -> bool:
    """Whether this is Celery's own program: a worker or the scheduler."""
    program = Path(sys.argv[0])
    return "celery" in (program.name, program.parent.name)


def choose_settings(default: str) -> None:
    allowed = "config.settings.local (one machine) or config.settings.production"
    name = os.environ[SETTINGS].strip() if env.is_set(SETTINGS) else default
    if not name:
        raise ImproperlyConfigured(f"{SETTINGS} is not set: {allowed} is needed")
    if not _exists(name):
        raise env.wrong(SETTINGS, name, allowed)
    os.environ[SETTINGS] = name


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def limit_threads(environment: MutableMapping[str, str], most: int) -> None:
    """Let each call of a numpy library use ``most`` threads.

    A list is many small products: more threads than one wait for each other, and cost three times
    the processor time. What the operator set in OMP_NUM_THREADS and its like stays.
    """
    ours = environment.get(OURS, "").split(",")
    given = {name: environment.get(name, "").strip() for name in THREADS}
    chosen = [name for name in THREADS if not given[name] or f"{name}={given[name]}" in ours]
    environment.update(dict.fromkeys(chosen, str(most)))
    environment[OURS] = ",".join(f"{name}={most}" for name in chosen)
