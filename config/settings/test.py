"""Fast tests without services: SQLite in memory, tasks in place, cheap passwords.

With DATABASE_URL and REDIS_URL set (`make test-services`) the same tests run on real servers.
"""

import os
import tempfile
from pathlib import Path

if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and "REDIS_URL" in os.environ:
    # Each parallel test process has its own Redis database (1, 2, …), which it empties.
    os.environ["REDIS_URL"] = (
        f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{1 + int(worker.removeprefix('gw'))}"
    )

from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, STORAGES

SECRET_KEY = "tests only"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
VAR_DIR = Path(tempfile.gettempdir()) / f"longtail-tests-{os.getpid()}"
ARTIFACTS_DIR = VAR_DIR / "artifacts"
STATIC_ROOT = VAR_DIR / "static"
if "DATABASE_URL" not in os.environ:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
if "REDIS_URL" not in os.environ:
    CACHES["default"] = {"BACKEND": "config.cache_backends.MemoryCache"}
    CELERY_TASK_ALWAYS_EAGER = True
    CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_IS_SET_UP = True
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ALLOW_UNVERIFIED_EMAIL = True
AXES_ENABLED = False
MODEL_REFRESH_SECONDS = 0.0
TEXT_ENCODER = "words"
