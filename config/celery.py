"""The Celery application; the schedule is in `config.schedule`.

There are no default settings: a worker that took the local ones in production would look for
trainings in an empty database.
"""

from importlib import import_module

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

from config import entry, stopping  # noqa: F401 (connected before the pool is forked)

entry.prepare(stays=entry.is_celery())

app = Celery("longtail")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add("config.workers:HeartbeatStep")
app.steps["worker"].add(DjangoStructLogInitStep)
for signals in ("config.task_logs", "config.task_metrics"):
    import_module(signals)
