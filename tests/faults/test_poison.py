"""Events that would break a later step, and tasks that break their worker."""

from __future__ import annotations

import json

import pytest

from tests.faults.killing_tasks import NAME
from tests.faults.load import API
from tests.faults.servers import Site, wait_until

pytestmark = pytest.mark.faults

EVENT = {"user_id": "person-1", "item_id": "mug-red", "kind": "view"}
LONG = "x" * (1 << 20)
REJECTED = {
    "value": ["NaN", "Infinity", "-Infinity", "1e400", "1e308", '"nan"', "-1", "1e10", "[]"],
    "quantity": ["NaN", "Infinity", "1e400", "1e308", "-1", "0"],
    "price": ['"1e30"', '"NaN"', '"-1"', "1e400"],
    "created_at": [
        '"9999-12-31T23:59:59Z"', '"0001-01-01T00:00:00Z"', "1e30", "-1", "NaN",
        '"2999-01-01T00:00:00Z"', '"999-12-31T00:00:00Z"',
    ],
    "event_id": [r'"\ud800"', r'"a\u0000b"', f'"{LONG}"', "1" + "0" * 5000],
    "user_id": [r'"\ud800"', r'"\u0000"', f'"{LONG}"', '"nan"', "1.5"],
    "item_id": [r'"\udfff"', r'"a\u0000"', f'"{LONG}"', "1" + "0" * 5000],
    "kind": [r'"\ud800"', r'"view\u0000"', f'"{LONG}"', '"no such kind"'],
    "session": [r'"\ud800"', r'"\u0000"', f'"{LONG}"'],
}  # fmt: skip
"""What is rejected, by the field that the answer names."""

EXTREME = (
    {"kind": "take", "quantity": 1e9, "price": "9999999999.99", "currency": "EUR"},
    {"kind": "take", "quantity": 1e-9},
    {"kind": "rate", "value": 0.5},
    {"kind": "view", "created_at": "1000-01-01T00:00:00Z"},
    {"kind": "view", "created_at": "1970-01-01T00:00:00Z", "session": "\u2028" * 3},
    {"kind": "view", "user_id": "\U0001f9ff" * 255},
    {"kind": "view", "event_id": "..%2f..%2f' OR 1=1 --"},
)
"""What may be accepted; then it must be harmless."""


def raw(field: str, text: str) -> bytes:
    """An event as JSON with a field as it stands; Python writes no such numbers and texts."""
    fields = {name: json.dumps(value) for name, value in EVENT.items()} | {field: text}
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}").encode()


@pytest.fixture
def served(postgres_site) -> Site:
    postgres_site.start_valkey()
    postgres_site.start_web("--workers", "1")
    return postgres_site


def all_goes_on(site: Site, key: dict[str, str]) -> None:
    for path in (
        f"{API}/recommendations?user_id=person-1&n=10&explain=true",
        f"{API}/recommendations?user_id=stranger&n=10",
        f"{API}/items/mug-red/similar",
        f"{API}/interactions?user_id=person-1",
        f"{API}/profiles/person-1/export",
        f"{API}/profiles/person-1/interests",
    ):
        status, body, _headers, _seconds = site.get(path, **key)
        assert status == 200, (path, body)
    assert site.get("/c/shop/")[0] == 200


def test_bad_events_are_rejected_by_name(served, postgres_key):
    for field, texts in REJECTED.items():
        for text in texts:
            body = raw(field, text)
            status, answer, *_ = served.request("POST", f"{API}/interactions", body, **postgres_key)
            assert status == 400, (field, text[:40], status, answer[:300])
            said = json.loads(answer)
            assert said["code"] in ("invalid", "parse_error"), said
            if said["code"] == "invalid":
                assert field in {detail["field"] for detail in said["details"]}, said
            bulk = b'{"interactions": [' + body + b"]}"
            status, answer, *_ = served.request(
                "POST", f"{API}/interactions/bulk", bulk, **postgres_key
            )
            assert status in (207, 400), (field, text[:40], status, answer[:300])
            if status == 207:
                said = json.loads(answer)
                assert (said["created"], said["errors"][0]["field"]) == (0, field), said
    for deep in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        assert served.request("POST", f"{API}/interactions", deep, **postgres_key)[0] == 400
    all_goes_on(served, postgres_key)


def test_extreme_events_are_harmless(served, postgres_key):
    for more in EXTREME:
        status, answer, *_ = served.request(
            "POST", f"{API}/interactions", {**EVENT, **more}, **postgres_key
        )
        assert status in (201, 400), (more, status, answer)
    all_goes_on(served, postgres_key)
    done = served.process("manage.py", "train", "shop", "--quick", "--force")
    assert done.returncode == 0, done.stdout + done.stderr
    all_goes_on(served, postgres_key)


DELETE_THE_KIND = """
from catalog.models import Catalog
shop = Catalog.objects.get(slug="shop")
shop.event_kinds.filter(name="borrow").delete()
"""
MAKE_THE_KIND = """
from catalog.models import Catalog, EventKind
shop = Catalog.objects.get(slug="shop")
like = shop.event_kinds.get(name="take")
like.pk, like.name = None, "borrow"
like.save()
"""


def test_a_kind_that_is_deleted_meanwhile_leaves_its_events_readable(served, postgres_key):
    served.shell(MAKE_THE_KIND)
    event = {**EVENT, "kind": "borrow", "event_id": "b1"}

    def post() -> int:
        return served.request("POST", f"{API}/interactions", event, **postgres_key)[0]

    wait_until(lambda: post() in (200, 201), "the new kind is not known")
    served.shell(DELETE_THE_KIND)
    event["event_id"] = "b2"
    wait_until(lambda: post() == 400, "the deleted kind is still accepted")
    all_goes_on(served, postgres_key)
    done = served.process("manage.py", "train", "shop", "--quick", "--force")
    assert done.returncode == 0, done.stdout + done.stderr
    all_goes_on(served, postgres_key)


SEND_POISON = f"""
from config import celery_app, task_queue
task_queue.send("{NAME}")
task_queue.send("recommender.tasks.refresh_interest_texts", ["no id"])
task_queue.send("recommender.tasks.run_training", 10**9)
task_queue.send("no.such.task")
"""


def test_a_task_that_kills_its_process_does_not_loop(served, postgres_key):
    served.start_worker("default,texts,long,training", "-I", "tests.faults.killing_tasks")
    wait_until(lambda: served.health()["worker"] == "ok", "the worker did not start")
    served.shell(SEND_POISON)

    def times(text: str) -> int:
        return sum(NAME in line and text in line for line in served.log("worker").splitlines())

    wait_until(lambda: times("is given up"), "it loops", seconds=120)
    assert times("received") == 4  # the first time, and three more
    before = served.log("worker").count("sweep_training_runs")
    wait_until(
        lambda: served.log("worker").count("sweep_training_runs") > before, "no other task is done"
    )
    assert (times("received"), times("is given up")) == (4, 1)
    assert "no.such.task" in served.log("worker")
