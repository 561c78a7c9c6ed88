"""What every entry point does first: `manage.py`, WSGI, ASGI and Celery.

It must run before numpy loads, because numpy's libraries read the number of their threads once.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import MutableMapping

from django.core.exceptions import ImproperlyConfigured

from config import env

SETTINGS = "DJANGO_SETTINGS_MODULE"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
OURS = "LONGTAIL_LIMITED_THREADS"
"""Remembers what an entry point set, as ``NAME=number,…``; what an operator set stays."""

MOST_THREADS = 256


def prepare(default_settings: str = "") -> None:
    """Choose the settings and limit the threads of numpy's libraries.

    Args:
        default_settings: taken when neither the environment nor `.env` names any.

    Raises:
        ImproperlyConfigured: no settings are named, or they do not exist.
    """
    choose_settings(default_settings)
    limit_threads(os.environ, env.whole("BLAS_THREADS", 1, least=1, most=MOST_THREADS))


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
