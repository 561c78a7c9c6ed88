"""A program fills an empty catalogue, trains it, and gets lists that follow people's events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recommender import tasks
from recommender.training import child_process, execution, queue
from tests.api_clients import Program, writer
from tests.factories import make_catalog

THEMES = {
    "code": [
        "python",
        "loops",
        "functions",
        "classes",
        "testing",
        "data",
        "arrays",
        "plots",
        "web",
        "queries",
    ],
    "kitchen": [
        "bread",
        "soup",
        "noodles",
        "dumplings",
        "rice",
        "beans",
        "salad",
        "curry",
        "cake",
        "tea",
    ],
    "garden": [
        "roses",
        "herbs",
        "soil",
        "compost",
        "lawns",
        "hedges",
        "bulbs",
        "pruning",
        "seeds",
        "ponds",
    ],
}
LEVELS = ("first steps", "in depth")


@pytest.fixture
def api(db: None, artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program with the key to an empty catalogue. Trainings run in this process."""
    monkeypatch.setattr(child_process, "train", execution.carry_out)
    monkeypatch.setattr(
        queue, "enqueue_training", tasks.run_training
    )  # no worker listens here, broker or not
    return writer(make_catalog(slug="library"))


def book_id(theme: str, subject: str, level: str) -> str:
    return f"https://books.example.org/{theme}/{subject}?level={level}"


def books() -> list[dict[str, Any]]:
    return [
        {
            "item_id": book_id(theme, subject, level),
            "title": f"{subject} {level}",
            "categories": [theme],
        }
        for theme, subjects in THEMES.items()
        for subject in subjects
        for level in LEVELS
    ]


def events() -> list[dict[str, Any]]:
    """Ninety readers. Each reads the books of one theme in turn."""
    themes = list(THEMES)
    return [
        {
            "user_id": f"reader/{reader}",
            "item_id": book_id(
                theme, THEMES[theme][(reader // 3 + step) % 10], LEVELS[(reader + step) % 2]
            ),
            "kind": "take",
            "created_at": f"2026-{1 + step:02}-{1 + reader % 28:02}T10:00:00Z",
            "event_id": f"loan-{reader}-{step}",
        }
        for reader in range(90)
        for theme in [themes[reader % 3]]
        for step in range(6)
    ]


def themes_of(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"].split("/")[3] for item in answer["items"]]


def test_from_an_empty_catalogue_to_lists_that_follow_people(
    api: Program, django_capture_on_commit_callbacks: Any
) -> None:
    assert api.get("recommendations", user_id="reader/0")["items"] == []

    assert api.post("items/bulk", {"items": books()}, 200)["created"] == 60
    assert api.post("interactions/bulk", {"interactions": events()}, 200)["created"] == 540
    untrained = api.get("recommendations", user_id="reader/0")
    assert untrained["version"] is None
    assert len(untrained["items"]) == 10

    with django_capture_on_commit_callbacks(execute=True):
        api.post("training-runs", {"seed": 1}, 202)
    run = api.client.get(api.response.headers["Location"]).json()
    assert (run["state"], run["fraction"], run["error"]) == ("succeeded", 1.0, "")
    api.post(f"model-versions/{run['version']}/promote", status=200)

    trained = api.get("recommendations", user_id="reader/0", n=5)
    assert (trained["version"], trained["fallback"]) == (run["version"], None)
    assert themes_of(trained)[:3] == ["code"] * 3

    stranger = api.get("recommendations", user_id="newcomer", n=5)
    assert stranger["fallback"]
    loan = {
        "user_id": "newcomer",
        "item_id": book_id("garden", "roses", LEVELS[0]),
        "kind": "take",
        "event_id": "n-1",
    }
    api.post("interactions", loan)
    after = api.get("recommendations", user_id="newcomer", n=5)
    assert after["fallback"] is None
    assert themes_of(after)[0] == "garden"
    assert loan["item_id"] not in [item["item_id"] for item in after["items"]]

    api.delete("interactions/n-1")
    assert api.get("recommendations", user_id="newcomer", n=5)["items"] == stranger["items"]
    api.delete("profiles/newcomer")
    assert api.get("interactions", user_id="newcomer")["results"] == []
