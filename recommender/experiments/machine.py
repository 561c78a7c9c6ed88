"""The machine that the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from recommender.experiments.cache import code_fingerprint, versions

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def describe_machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "engine": code_fingerprint("recommender/engine"),
        "libraries": {**versions(), "implicit": version("implicit")},
        "threads": threads(),
    }


def threads() -> dict[str, str]:
    """Thread limits of the environment, if set."""
    return {name: os.environ[name] for name in THREADS if name in os.environ}


def _processor() -> str:
    """The model name, if the system has it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"
