"""Imports a settings file anew, with other variables, without touching the settings in use."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from config import env

PRODUCTION = {
    "DATABASE_URL": "postgres://longtail:pass@db:5432/longtail",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "b6T9-4yZs2Lq8RkXw3Nf7Hv1Jd5Gc0MpA-e2Ku8Ty5Wb1Qz4Xn",  # pragma: allowlist secret
    "ALLOWED_HOSTS": "shop.example.org",
}


def settings_anew(
    monkeypatch: Any, module: str, variables: Mapping[str, str], folder: object
) -> ModuleType:
    """The module of settings as a start with these variables would read it."""
    for name in [*env.DECLARED, *variables]:
        monkeypatch.delenv(name, raising=False)
    for name, value in {"VAR_DIR": str(folder), **variables}.items():
        monkeypatch.setenv(name, value)
    for name in [name for name in sys.modules if name.startswith("config.settings.")]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module(module)
