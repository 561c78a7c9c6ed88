"""Every task can be delivered twice: the second time changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from accounts import tasks as account_tasks
from accounts.models import User
from catalog import tasks as catalog_tasks
from catalog.ingestion import uploads
from catalog.models import Catalog, Feed, FeedRun, FileImport, Item, Profile
from config import celery_app, task_rules
from recommender import tasks
from recommender.models import Impression, InterestText, ItemEncoding, TrainingRun
from recommender.training import child_process, runs
from tests.factories import make_interaction, make_item, make_profile

VOLATILE = {"refreshed_at", "heartbeat_at", "progress_at", "next_at"}
"""Times of the latest look; everything else must stay."""


def rows() -> dict[str, list[dict[str, Any]]]:
    """All rows of the product."""
    ours = map(apps.get_app_config, ("accounts", "catalog", "recommender"))
    models = [model for app in ours for model in app.get_models()]
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name not in VOLATILE}
            for row in model.objects.order_by("pk").values()
        ]
        for model in models
    }


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages that would be sent."""
    sent: list[str] = []
    monkeypatch.setattr(
        "celery.canvas.Signature.apply_async", lambda self, **_options: sent.append(self.task)
    )
    return sent


@pytest.fixture
def queued(catalog: Catalog, items: list[Item]) -> TrainingRun:
    return runs.request_training(catalog=catalog, trigger="api")


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that a child process would train; each succeeds."""
    trained: list[int] = []

    def train(run: TrainingRun) -> None:
        trained.append(run.pk)
        runs.finish_run(run_id=run.pk, fingerprint="f", attempt=run.attempts)

    monkeypatch.setattr(child_process, "train", train)
    return trained


@pytest.fixture
def text(profile: Profile) -> InterestText:
    return InterestText.objects.create(
        profile=profile, text="wool", language="en", basis="b", sentence="Wool.",
        refreshed_at=now() - timedelta(hours=1),
    )  # fmt: skip


@pytest.fixture
def feed(catalog: Catalog) -> Feed:
    return Feed.objects.create(
        catalog=catalog, name="nightly", address="items.csv", next_at=now() - timedelta(minutes=1)
    )


@pytest.fixture
def upload(catalog: Catalog, user: User) -> FileImport:
    """A file of two items, whose import has begun."""
    file = SimpleUploadedFile("items.csv", b"item_id,title\na1,Mug\na2,Towel\n")
    stored = uploads.store(upload=file, catalog=catalog, user=user, holds="items")
    FileImport.objects.update(state=FileImport.State.IMPORTING, heartbeat_at=now())
    stored.refresh_from_db()
    return stored


def twice(task: Callable[..., Any], *given: Any) -> dict[str, list[dict[str, Any]]]:
    """What the task changed, after it was run once and again."""
    before = rows()
    task(*given)
    once = rows()
    task(*given)
    assert rows() == once
    return {label: found for label, found in once.items() if found != before[label]}


def test_run_training(queued, trainings):
    assert twice(tasks.run_training, queued.pk)
    assert trainings == [queued.pk]


def test_sweep_training_runs(queued):
    runs.claim_run(run_id=queued.pk)
    TrainingRun.objects.update(heartbeat_at=now() - timedelta(minutes=5))
    (changed,) = twice(tasks.sweep_training_runs)["recommender.TrainingRun"]
    assert (changed["state"], changed["setbacks"]) == ("queued", 1)


def test_train_where_due(catalog, items):
    for _ in range(50):
        make_interaction(make_profile(catalog), items[0])
    assert len(twice(tasks.train_where_due)["recommender.TrainingRun"]) == 1


def test_refresh_interest_texts(text, interest, things):
    assert twice(tasks.refresh_interest_texts, [text.profile_id])["recommender.InterestText"]


def test_refresh_stale_interest_texts(text, interest, things):
    InterestText.objects.update(basis="")
    assert twice(tasks.refresh_stale_interest_texts)["recommender.InterestText"]


def test_word_interest_text(text, settings, monkeypatch):
    settings.LLM_URL, settings.LLM_MODEL = "http://127.0.0.1:9", "tiny"
    monkeypatch.setattr("recommender.interests.llm_wording.worded", lambda *_given: "Warm wool.")
    (row,) = twice(tasks.word_interest_text, text.pk, "b")["recommender.InterestText"]
    assert (row["sentence"], row["worded_by"]) == ("Warm wool.", "tiny")


def test_word_waiting_texts(text, settings, sent):
    settings.LLM_URL = "http://127.0.0.1:9"
    assert twice(tasks.word_waiting_texts) == {}
    assert set(sent) == {tasks.word_interest_text.name}
    settings.LLM_URL = ""
    tasks.word_interest_text(text.pk, "b")  # tried, in vain
    settings.LLM_URL = "http://127.0.0.1:9"
    assert tasks.word_waiting_texts() == 0


def test_encode_items(catalog):
    ItemEncoding.objects.create(catalog=catalog, item=make_item(catalog, title="Red Mug"))
    (row,) = twice(tasks.encode_items, catalog.pk)["recommender.ItemEncoding"]
    assert row["state"] == ItemEncoding.State.READY


def test_encode_waiting_items(catalog, things, sent):
    ItemEncoding.objects.create(catalog=catalog, item=make_item(catalog, title="Red Mug"))
    assert twice(tasks.encode_waiting_items) == {}
    assert tasks.encode_items.name in sent


def test_forget_old_impressions(profile, items):
    Impression.objects.create(
        profile=profile, item=items[0], surface="home", position=0,
        created_at=now() - timedelta(days=5000),
    )  # fmt: skip
    assert twice(tasks.forget_old_impressions)["recommender.Impression"] == []


def test_run_due_feeds(feed):
    (run,) = twice(catalog_tasks.run_due_feeds)["catalog.FeedRun"]
    assert run["state"] == FeedRun.State.QUEUED


def test_run_feed(feed, monkeypatch):
    read: list[int] = []

    def read_feed(run: FeedRun, beat: Any) -> dict[str, Any]:
        read.append(run.pk)
        return {"state": FeedRun.State.SUCCEEDED}

    monkeypatch.setattr("catalog.feeds.runs.read_feed", read_feed)
    run = FeedRun.objects.create(feed=feed, trigger=FeedRun.Trigger.SCHEDULE)
    assert twice(catalog_tasks.run_feed, run.pk)["catalog.FeedRun"]
    assert read == [run.pk]


def test_run_file_import(upload):
    changed = twice(catalog_tasks.run_file_import, upload.pk, upload.state)
    assert [item["external_id"] for item in changed["catalog.Item"]] == ["a1", "a2"]


def test_a_file_whose_import_was_cut_off_is_imported_again_without_harm(upload):
    catalog_tasks.run_file_import(upload.pk, upload.state)
    FileImport.objects.update(state=FileImport.State.IMPORTING)  # as if it had died before the end
    catalog_tasks.run_file_import(upload.pk, FileImport.State.IMPORTING)
    assert Item.objects.count() == 2


def test_forget_old_uploads(upload):
    FileImport.objects.update(heartbeat_at=now() - timedelta(hours=1))
    (row,) = twice(catalog_tasks.forget_old_uploads)["catalog.FileImport"]
    assert row["state"] == FileImport.State.FAILED


def test_mark_suspicious_profiles(catalog, items):
    robot = make_profile(catalog)
    for _ in range(1100):
        make_interaction(robot, items[0], created_at=now())
    twice(catalog_tasks.mark_suspicious_profiles)


def test_forget_what_is_old(user):
    twice(account_tasks.forget_what_is_old)


def test_every_task_is_tested_here():
    celery_app.loader.import_default_modules()
    ours = {name for name in celery_app.tasks if not name.startswith(("celery.", "tests."))}
    assert ours == set(task_rules.RULES)
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {name.rpartition(".")[2] for name in ours} <= tested
