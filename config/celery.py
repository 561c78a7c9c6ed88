"""The Celery application; the schedule is in `config.schedule`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("longtail")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
