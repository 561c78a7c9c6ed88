from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils.timezone import now

from config import views
from config.health import PROCESSES
from recommender.models import Heartbeat
from recommender.training import heartbeats
from tests.factories import make_staff

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def alive(db):
    """All processes were seen a moment ago."""
    heartbeats.beat(PROCESSES)


def test_healthz_needs_nothing(client, monkeypatch, cache_away):
    """Without a mark for the database every query fails."""
    monkeypatch.setattr("django.db.connection.ensure_connection", fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_without_tls_is_not_sent_elsewhere(client, alive, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = production_exempt()
    assert client.get(path).status_code == 200
    assert client.get("/").status_code == 301


def production_exempt() -> list[str]:
    source = (ROOT / "config/settings/production.py").read_text()
    return ast.literal_eval(re.search(r"^SECURE_REDIRECT_EXEMPT = (.*)$", source, re.M)[1])


def test_readyz_is_ok_when_everything_answers(client, alive):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        **dict.fromkeys(("database", "migrations", "cache", "artifacts", *PROCESSES), "ok"),
    }


def fail(*args, **more):
    raise ConnectionError("redis.internal:6379")


@pytest.fixture
def cache_away(monkeypatch):
    """Neither a cache of this process nor a server answers."""
    monkeypatch.setattr(cache, "set", fail)
    monkeypatch.setattr("config.cache_backends.PatientRedisCache.client", fail)


def test_readyz_says_what_is_missing_and_to_strangers_not_where(client, alive, cache_away):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["cache"]) == ("degraded", "unavailable")
    assert "redis.internal" not in answer.content.decode()


def test_readyz_fails_without_the_database(client, monkeypatch):
    monkeypatch.setattr("django.db.connection.ensure_connection", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "database": "unavailable", "cache": "ok"}


def test_readyz_fails_while_migrations_are_pending(client, alive):
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in recorder.applied_migrations() if app == "recommender")
    recorder.record_unapplied("recommender", newest)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["migrations"]) == ("failing", "pending")
    assert "recommender" not in answer.content.decode()


def test_readyz_says_when_the_artifacts_are_not_there(client, alive, live_version, settings):
    settings.ARTIFACTS_DIR = "/nowhere/artifacts"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["artifacts"]) == ("degraded", "missing")
    assert "/nowhere" not in answer.content.decode()


def test_before_the_first_training_no_folder_is_missed(client, alive, settings):
    settings.ARTIFACTS_DIR = "/nowhere/artifacts"
    assert client.get("/readyz").json()["artifacts"] == "ok"


@pytest.mark.parametrize("process", PROCESSES)
def test_readyz_shows_a_silent_process(client, alive, process):
    Heartbeat.objects.filter(name=process).update(seen_at=now() - timedelta(seconds=46))
    assert client.get("/readyz").json()[process] == "silent"
    Heartbeat.objects.all().delete()
    assert client.get("/readyz").json()[process] == "missing"


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
    details = client.get("/readyz", headers=headers).json()["details"]
    assert details["cache"] == "ConnectionError: redis.internal:6379"
    assert details["worker"].startswith("last seen at ")


def test_a_wrong_token_sees_no_details(client, alive, settings):
    settings.MONITORING_TOKEN = "a token of monitoring"
    for value in ("Bearer another", "a token of monitoring", "Bearer"):
        assert "details" not in client.get("/readyz", headers={"authorization": value}).json()


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
