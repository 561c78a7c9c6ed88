from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from config import views


@pytest.mark.django_db
def test_healthz_is_ok_when_database_and_cache_answer(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "cache": "ok"}


@pytest.mark.django_db
def test_healthz_names_the_service_that_fails(client, monkeypatch):
    def fail(*args):
        raise ConnectionError("nobody there")

    monkeypatch.setattr(cache, "set", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["cache"] == "ConnectionError: nobody there"
    assert answer.json()["database"] == "ok"


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
