from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils.timezone import now

from config import views
from config.health import PROCESSES
from recommender.models import Heartbeat
from recommender.training import heartbeats
from tests.factories import make_staff


@pytest.fixture
def alive(db):
    """All processes were seen a moment ago."""
    heartbeats.beat(PROCESSES)


def test_healthz_is_ok_when_everything_answers(client, alive):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        **dict.fromkeys(("database", "cache", *PROCESSES), "ok"),
    }


def fail(*args, **more):
    raise ConnectionError("redis.internal:6379")


@pytest.fixture
def cache_away(monkeypatch):
    """Neither a cache of this process nor a server answers."""
    monkeypatch.setattr(cache, "set", fail)
    monkeypatch.setattr("config.cache_backends.PatientRedisCache.client", fail)


def test_healthz_says_what_is_missing_and_to_strangers_not_where(client, alive, cache_away):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["cache"]) == ("degraded", "unavailable")
    assert "redis.internal" not in answer.content.decode()


def test_healthz_fails_without_the_database(client, monkeypatch):
    monkeypatch.setattr("django.db.connection.ensure_connection", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "database": "unavailable", "cache": "ok"}


@pytest.mark.parametrize("process", PROCESSES)
def test_healthz_shows_a_silent_process(client, alive, process):
    Heartbeat.objects.filter(name=process).update(seen_at=now() - timedelta(seconds=46))
    assert client.get("/healthz").json()[process] == "silent"
    Heartbeat.objects.all().delete()
    assert client.get("/healthz").json()[process] == "missing"


@pytest.mark.parametrize("who", ["staff", "token", "network"])
def test_staff_and_monitoring_see_details(client, alive, settings, cache_away, who):
    headers = {}
    if who == "staff":
        client.force_login(make_staff())
    elif who == "token":
        settings.MONITORING_TOKEN = "a token of monitoring"
        headers["authorization"] = "Bearer a token of monitoring"
    else:
        settings.MONITORING_NETWORKS = ["127.0.0.0/8"]
    details = client.get("/healthz", headers=headers).json()["details"]
    assert details["cache"] == "ConnectionError: redis.internal:6379"
    assert details["worker"].startswith("last seen at ")


def test_a_wrong_token_sees_no_details(client, alive, settings):
    settings.MONITORING_TOKEN = "a token of monitoring"
    for value in ("Bearer another", "a token of monitoring", "Bearer"):
        assert "details" not in client.get("/healthz", headers={"authorization": value}).json()


def test_the_dashboard_names_a_silent_process(client, alive):
    Heartbeat.objects.filter(name="worker").update(seen_at=now() - timedelta(minutes=5))
    client.force_login(make_staff())
    page = client.get("/admin/").content.decode()
    assert "The worker of the default queue does not answer: last seen at" in page
    assert "The scheduler (beat) does not answer" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/catalogs/", "/c/shop/"])
def test_without_the_database_an_answer_is_503_and_says_when_to_retry(monkeypatch, catalog, path):
    def away(*args, **more):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    answer = Client(raise_request_exception=False).get(path, headers={"authorization": "Api-Key x"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "content"), [("/api/v1/catalogs/", "application/json"), ("/", "text/html")]
)
def test_an_error_outside_the_views_is_a_page_or_json(monkeypatch, path, content):
    def broken(*args, **kwargs):
        raise RuntimeError("middleware")

    monkeypatch.setattr("django_htmx.middleware.HtmxMiddleware.__call__", broken)
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith(content)
    if content == "application/json":
        assert answer.json()["code"] == "server_error"


def test_the_error_page_needs_no_database(rf):
    assert views.server_error(rf.get("/")).status_code == 500
