"""Whether this machine sees the folder of the artifacts."""

from __future__ import annotations

import os
from collections.abc import Mapping

from django.conf import settings

from config import health
from recommender.models import ModelVersion


def states() -> Mapping[str, health.State]:
    """``ok`` also before the first training, which makes the folder."""
    try:
        os.scandir(settings.ARTIFACTS_DIR).close()
    except FileNotFoundError as error:
        if ModelVersion.objects.filter(state=ModelVersion.State.LIVE).exists():
            return {"artifacts": ("missing", str(error))}
    except OSError as error:
        return {"artifacts": (health.UNAVAILABLE, str(error))}
    return {"artifacts": (health.OK, "")}
