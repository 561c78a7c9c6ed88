"""Fault 15: who may read the figures, and what they say."""

from __future__ import annotations

import re
import shutil

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from config.database_errors import count_database_error
from recommender.models import TrainingRun
from recommender.serving import live_models, page_store
from recommender.tasks import sweep_training_runs
from recommender.training import heartbeats, runs
from tests.api_clients import reader, writer
from tests.factories import make_staff, make_user

NOT_RECORDED = 'longtail_events_not_recorded_total{catalog="shop",reason="%s"}'


@pytest.fixture
def page(client, settings, db):
    settings.MONITORING_NETWORKS = ["127.0.0.0/8"]

    def read():
        answer = client.get("/metrics")
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def value(page, line):
    found = re.search(rf"^{re.escape(line)} ([0-9.e+-]+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_strangers_find_nothing(client, settings, db):
    settings.MONITORING_TOKEN = "a token of monitoring"
    assert client.get("/metrics").status_code == 404
    client.force_login(make_user())
    assert client.get("/metrics").status_code == 404
    wrong = {"authorization": "Bearer another token"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    right = {"authorization": "Bearer a token of monitoring"}
    assert client.get("/metrics", headers=right).status_code == 200
    client.force_login(make_staff())
    assert client.get("/metrics").status_code == 200


def test_events_and_lists_are_counted(page, client, items):
    event = 'longtail_events_total{catalog="shop",kind="like"}'
    made = 'longtail_lists_total{catalog="shop",fallback="popular"}'
    before = page()
    client.post(f"/c/shop/items/{items[0].pk}/act/", {"kind": "like"})
    client.get("/c/shop/")
    after = page()
    assert value(after, event) == value(before, event) + 1
    assert value(after, made) > value(before, made)


def test_runs_versions_and_processes_are_read(page, live_version):
    heartbeats.beat(["worker"])
    text = page()
    assert value(text, 'longtail_training_runs{state="succeeded"}') == 1
    assert 'longtail_training_run_age_seconds{state="succeeded"}' in text
    assert value(text, 'longtail_live_version{catalog="shop"}') == live_version.number
    assert value(text, 'longtail_heartbeat_age_seconds{process="worker"}') < 60


def growth(page, act, line):
    """By how much the value of a line grows while something is done."""
    before = value(page(), line)
    act()
    return value(page(), line) - before


def places(page, *labels):
    text = page()
    return sum(
        value(text, f'longtail_list_{name}_total{{catalog="shop",{label}="{each}"}}')
        for name, label, each in labels
    )


def test_every_place_of_a_list_has_a_source_and_a_popularity(page, live_version):
    program = reader(live_version.catalog)
    head_and_tail = [("places", "popularity", each) for each in ("head", "tail")]
    before = places(page, *head_and_tail)
    found = []
    made = growth(
        page,
        lambda: found.append(program.get("recommendations", user_id="trained-1", n=5)),
        'longtail_lists_total{catalog="shop",fallback="none"}',
    )
    items = found[0]["items"]
    assert made == 1
    assert places(page, *head_and_tail) - before == len(items) > 2
    for source in {name for item in items for name in item["sources"]}:
        assert places(page, ("sources", "source", source)) >= 1


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ({}, 'longtail_events_total{catalog="shop",kind="view"}'),
        ({"event_id": "first"}, NOT_RECORDED % "repeated"),
        ({"item_id": "none"}, NOT_RECORDED % "refused"),
        ({"kind": "sing"}, NOT_RECORDED % "refused"),
        ({"kind": 7}, NOT_RECORDED % "refused"),
    ],
)
@pytest.mark.parametrize("bulk", [False, True])
def test_events_are_recorded_or_not_for_a_reason(page, items, event, line, bulk):
    program = writer(items[0].catalog)
    usual = {"user_id": "p1", "item_id": items[0].external_id, "kind": "view"}
    program.post("interactions", {**usual, "event_id": "first"})
    row = {**usual, "event_id": "second", **event}
    rejected, repeated = "refused" in line, "repeated" in line

    def post():
        if bulk:
            program.post("interactions/bulk", {"interactions": [row]}, 207 if rejected else 200)
        else:
            program.post("interactions", row, 400 if rejected else 200 if repeated else 201)

    assert growth(page, post, line) == 1


def test_caches_say_how_often_they_know(page, live_version):
    hit = 'longtail_cache_requests_total{cache="live_models",outcome="hit"}'
    loaded = 'longtail_artifact_loads_total{catalog="shop",outcome="loaded"}'
    live_models.forget()
    assert growth(page, lambda: live_models.live(live_version.catalog), loaded) == 1
    assert growth(page, lambda: live_models.live(live_version.catalog), hit) == 1
    pages = 'longtail_cache_requests_total{cache="pages",outcome="miss"}'
    assert growth(page, lambda: page_store.load("none", None), pages) == 1


def test_a_damaged_artifact_is_counted(page, live_version):
    live_models.forget()
    shutil.rmtree(live_version.path)
    damaged = 'longtail_artifact_loads_total{catalog="shop",outcome="damaged"}'
    assert growth(page, lambda: live_models.live(live_version.catalog), damaged) >= 1
    assert value(page(), 'longtail_live_version_damaged{catalog="shop"}') == 1


def test_an_error_of_the_database_is_counted_once(page, catalog):
    line = 'longtail_database_errors_total{error="OperationalError"}'

    def ask():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    assert growth(page, ask, line) == (1 if connection.vendor == "sqlite" else 0)
    error = OperationalError("away")
    assert growth(page, lambda: [count_database_error(error) for _time in range(2)], line) == 1
    assert growth(page, lambda: count_database_error(ValueError("other")), line) == 0


def test_tasks_are_counted_with_their_time(page, db, tasks_in_place):
    done = 'longtail_tasks_total{outcome="success",task="recommender.tasks.sweep_training_runs"}'
    seconds = 'longtail_task_seconds_count{task="recommender.tasks.sweep_training_runs"}'
    before = value(page(), seconds)
    assert growth(page, sweep_training_runs.delay, done) == 1
    assert value(page(), seconds) == before + 1


def test_a_method_that_nobody_knows_is_no_series_of_its_own(page, client):
    client.generic("BREW", "/c/shop/")
    assert "BREW" not in page()


def test_the_live_version_and_its_training_have_ages_and_stages(page, live_version):
    text = page()
    assert 0 < value(text, 'longtail_live_version_age_seconds{catalog="shop"}') < 3600
    assert value(text, 'longtail_live_version_damaged{catalog="shop"}') == 0
    assert value(text, 'longtail_training_last_failed{catalog="shop"}') == 0


def test_a_running_training_shows_stage_and_progress(page, catalog):
    run = runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.API)
    runs.claim_run(run_id=run.pk)
    runs.report_progress(run_id=run.pk, stage="reading", fraction=0.25, eta=None)
    line = 'longtail_training_progress_ratio{catalog="shop",stage="reading"}'
    assert value(page(), line) == 0.25
    ended = 'longtail_training_runs_ended_total{catalog="shop",state="failed"}'
    assert growth(page, lambda: runs.fail_run(run_id=run.pk, error="no"), ended) == 1
    assert value(page(), 'longtail_training_last_failed{catalog="shop"}') == 1


def test_services_are_up_or_not(page, db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    heartbeats.beat(["worker"])
    text = page()
    assert value(text, 'longtail_service_up{service="worker"}') == 1
    assert 'longtail_service_up{service="beat"} 0' in text
    assert value(text, 'longtail_disk_free_bytes{folder="var"}') > 0


def test_counts_are_shown_while_the_database_is_away(page, monkeypatch):
    def away(*args, **more):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", away)
        text = page()
    assert 'longtail_service_up{service="database"} 0' in text
    assert "longtail_events_total" in text
