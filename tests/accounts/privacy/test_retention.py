"""Data is deleted when its retention time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.timezone import now

from accounts.tasks import forget_what_is_old
from config.schedule import BEAT_SCHEDULE
from recommender.models import Impression
from recommender.tasks import forget_old_impressions
from tests.factories import make_item


def test_old_sign_ins_are_deleted(db, settings):
    settings.SIGN_IN_RETENTION_DAYS = 10
    for days in (9, 11):
        log = AccessLog.objects.create(
            username="a@example.com", user_agent=f"{days}", path_info="/"
        )
        tried = AccessAttempt.objects.create(
            username=f"{days}", user_agent="x", failures_since_start=1
        )
        for row in (log, tried):
            type(row).objects.filter(pk=row.pk).update(attempt_time=now() - timedelta(days=days))
    assert forget_what_is_old() == 2
    assert AccessLog.objects.get().user_agent == "9"
    assert AccessAttempt.objects.get().username == "9"


def test_expired_sessions_are_deleted(db):
    for days in (1, -1):
        store = SessionStore()
        store["tails"] = {"1": 0.5}
        store.create()
        Session.objects.filter(pk=store.session_key).update(
            expire_date=now() + timedelta(days=days)
        )
    forget_what_is_old()
    assert Session.objects.get().expire_date > now()


def test_old_impressions_are_deleted(profile, settings):
    settings.IMPRESSION_RETENTION_DAYS = 30
    item = make_item(profile.catalog)
    for days in (29, 31):
        shown_at = now() - timedelta(days=days)
        Impression.objects.create(
            profile=profile, item=item, surface=f"{days}", position=1, created_at=shown_at
        )
    assert forget_old_impressions() == 1
    assert Impression.objects.get().surface == "29"


@pytest.mark.parametrize("task", [forget_what_is_old, forget_old_impressions])
def test_the_tasks_are_scheduled(task):
    assert task.name in {entry["task"] for entry in BEAT_SCHEDULE.values()}


def test_the_page_shows_the_retention_time(client, profile, settings):
    settings.IMPRESSION_RETENTION_DAYS = 45
    profile.external_id = None
    profile.save()
    session = client.session
    session["profiles"] = {str(profile.catalog_id): profile.pk}
    session.save()
    page = client.get("/privacy/").content.decode()
    assert "Stored for 45 days." in page
    assert "for 14 days after your last change" in page
