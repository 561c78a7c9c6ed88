"""What is logged: one record a line, with what it is about, without personal data."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.db import IntegrityError
from django.test import Client

from config import logs
from config.log_privacy import MASK, masked, without_personal_data
from recommender import tasks
from recommender.training import child_process
from tests.api_clients import writer
from tests.factories import make_user

EMAIL, PASSWORD, PERSON, WORDS = (
    "ann@example.org",
    "a good passphrase",
    "person-4711",
    "red slippers",
)
ADDRESS = "198.51.100.7"


@pytest.fixture
def lines(settings):
    """Everything that is logged from now on, at every level, as the site writes it in JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(logs.JSON))
    handler.addFilter(logs.Once())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def of(lines, event):
    return [line for line in lines() if line["event"] == event]


def test_a_request_has_an_id_a_route_and_a_catalogue(client, items, lines):
    answer = client.get("/c/shop/")
    (line,) = of(lines, "request_finished")
    assert line["request"] == "GET c/<slug:slug>/"
    assert line["catalog"] == "shop"
    assert line["request_id"] == answer["X-Request-ID"]
    assert len(line["request_id"]) == 32
    assert list(line)[:4] == ["timestamp", "level", "logger", "event"]


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("3f2b8c1e-aaaa-bbbb-cccc-1234567890ab", True),
        ("short", False),
        ("ann@example.org-0123456789", False),
        ("198.51.100.7-0123456789", False),
        ("x" * 65, False),
        ("", False),
    ],
)
def test_an_id_of_the_client_is_taken_if_it_is_one(client, given, is_taken):
    answer = client.get("/healthz", headers={"x-request-id": given})
    assert (answer["X-Request-ID"] == given) is is_taken
    assert len(answer["X-Request-ID"]) >= 16


def test_each_request_has_its_own_id(client):
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]


def test_nothing_personal_is_logged_of_real_requests(items, lines, settings):
    """Sign-in, a wrong password, search, the API with a person's id, mistakes, an unknown page."""
    settings.AXES_ENABLED = True
    make_user(email=EMAIL, password=PASSWORD)
    client = Client(REMOTE_ADDR=ADDRESS, raise_request_exception=False)
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    Client(REMOTE_ADDR=ADDRESS).post("/accounts/login/", {"login": EMAIL, "password": "wrong one"})
    client.get("/c/shop/search/", {"q": WORDS})
    client.get(f"/nothing/{PERSON}?mail={EMAIL}")
    client.get("/c/shop/", headers={"host": f"{ADDRESS}:80"})
    program = writer(items[0].catalog)
    event = {"user_id": PERSON, "item_id": items[0].external_id, "kind": "view"}
    program.post("interactions", event)
    program.get(f"profiles/{PERSON}")
    program.get("recommendations", user_id=PERSON)
    program.post("interactions", {**event, "item_id": "unknown"}, 400)
    program.get(f"profiles/{PERSON}-other", 404)
    program.get("search", q=WORDS)
    logged = lines()
    text = json.dumps(logged)
    key = program.client.defaults["HTTP_AUTHORIZATION"].split()[-1]
    for secret in (EMAIL, PASSWORD, "wrong one", PERSON, WORDS, "slippers", ADDRESS, key):
        assert secret not in text, secret
    assert len(of(lines, "request_finished")) >= 10


def test_an_error_is_logged_without_what_it_quotes(client, items, lines, monkeypatch):
    def broken(*args, **more):
        raise IntegrityError(
            f"DETAIL:  Key (external_id)=({PERSON}) already exists.\n{EMAIL} {ADDRESS}"
        )

    monkeypatch.setattr("django_htmx.middleware.HtmxMiddleware.__call__", broken)
    client.raise_request_exception = False
    assert client.get(f"/c/shop/?q={PERSON}").status_code == 500
    (line,) = of(lines, "request_failed")
    assert "IntegrityError" in line["exception"]
    assert "broken" in line["exception"]
    text = json.dumps(lines())
    for secret in (PERSON, EMAIL, ADDRESS):
        assert secret not in text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail to ann.b+c@mail.example.org failed", f"mail to {MASK} failed"),
        ("from 203.0.113.9 and [2001:db8::1]:80", f"from {MASK} and [{MASK}]:80"),
        ("at 22:18:03, 127.0.0.1:8000, ::1", "at 22:18:03, 127.0.0.1:8000, ::1"),
        ("GET /c/shop/search?q=slippers HTTP/1.1", f"GET /c/shop/search?{MASK} HTTP/1.1"),
        ("Authorization: Api-Key abcd1234.efgh", f"Authorization: Api-Key {MASK}"),
        ("password='hunter22', next", f"password={MASK}', next"),
        ("redis://:pw@redis:6379/0", f"redis://{MASK}@redis:6379/0"),
        ("/catalogs/shop/profiles/ann-7/erase", f"/catalogs/shop/profiles/{MASK}/erase"),
        ("Key (email)=(ann) already exists", f"Key (email)=({MASK}) already exists"),
        ("What? A question", "What? A question"),
        ("shop v3 in 1.5 s", "shop v3 in 1.5 s"),
    ],
)  # fmt: skip
def test_what_is_personal_or_secret_is_masked(text, left):
    assert masked(text) == left


def test_values_under_personal_names_are_dropped_at_any_depth():
    given = {"a": {"Email": "x", "n": 1}, "list": [{"user": 3}, "to ann@example.org"], "when": None}
    assert without_personal_data(given) == {"a": {"n": 1}, "list": [{}, f"to {MASK}"], "when": None}


def test_a_task_carries_its_name_run_and_catalogue(catalog, lines, monkeypatch, tasks_in_place):
    from recommender.models import TrainingRun
    from recommender.training import runs

    run = runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.API, send=False)
    logger = logging.getLogger("recommender.training")
    monkeypatch.setattr(child_process, "train", lambda run: logger.info("training"))
    tasks.run_training.delay(run.pk)
    (line,) = of(lines, "training")
    assert (line["run"], line["catalog"]) == (run.pk, "shop")


def test_records_of_other_libraries_look_the_same(lines):
    logging.getLogger("urllib3.connectionpool").warning("Retrying %s", "https://x.org/a?token=abc")
    (line,) = lines()
    assert line["event"] == f"Retrying https://x.org/a?{MASK}"
    assert (line["level"], line["logger"]) == ("warning", "urllib3.connectionpool")


def test_plain_lines_are_read_by_people(lines):
    record = logging.LogRecord("catalog", logging.INFO, "", 1, "done %s", (3,), None)
    line = logs.formatter(logs.PLAIN).format(record)
    assert line.split(" ", 1)[1] == "INFO catalog done 3"


@pytest.mark.parametrize(
    ("module", "form"),
    [("config.settings.production", "json"), ("config.settings.local", "plain")],
)
def test_production_writes_json(monkeypatch, module, form):
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    assert logs.chosen_format(module) == form
    monkeypatch.setenv("LOG_FORMAT", "plain")
    assert logs.chosen_format(module) == "plain"
