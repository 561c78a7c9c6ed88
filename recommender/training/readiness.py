"""Whether this machine sees the folder of the artifacts, and can read the live ones."""

from __future__ import annotations

import os
from collections.abc import Mapping

from django.conf import settings

from config import health
from recommender.models import ModelVersion
from recommender.training import remote_artifacts


def states() -> Mapping[str, health.State]:
    """``ok`` also before the first training or fetch, which makes the folder."""
    live = ModelVersion.objects.filter(state=ModelVersion.State.LIVE)
    try:
        os.scandir(settings.ARTIFACTS_DIR).close()
    except FileNotFoundError as error:
        if live.exists() and not remote_artifacts.is_used():
            return {"artifacts": ("missing", str(error))}
    except OSError as error:
        return {"artifacts": (health.UNAVAILABLE, str(error))}
    damaged = live.exclude(damage="").select_related("catalog")
    details = "; ".join(f"{version}: {version.damage}" for version in damaged)
    return {"artifacts": ("damaged", details) if details else (health.OK, "")}
