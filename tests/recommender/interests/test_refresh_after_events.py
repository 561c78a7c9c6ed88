"""Texts follow events, by messages and by the sweep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils.timezone import now

from catalog.ingestion import bulk_writes
from catalog.interactions.record import record_interaction, undo_interactions
from recommender.interests import interest_texts, queue
from recommender.models import InterestText
from tests.factories import make_interaction, make_profile
from tests.recommender.interests.helpers import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(things, interest):
    """Eight mugs and eight towels, with a live version."""
    return things


@pytest.fixture
def taken(items):
    return items[:1]


class TestAfterEvents:
    def record(self, profile, item, **more):
        return record_interaction(profile=profile, item=item, kind="take", **more)

    def test_an_event_has_the_text_written(
        self, catalog, items, tasks_in_place, django_capture_on_commit_callbacks
    ):
        bob = make_profile(catalog)
        with django_capture_on_commit_callbacks(execute=True):
            self.record(bob, items[0])
        assert words(InterestText.objects.get(profile=bob))

    def test_undo_and_bulk_posts_have_the_text_written(
        self, ann, items, tasks_in_place, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            row = {"user_id": "ann", "item_id": items[1].external_id, "kind": "take"}
            bulk_writes.record_interactions(catalog=ann.catalog, rows=[row])
        first = InterestText.objects.get().basis
        with django_capture_on_commit_callbacks(execute=True):
            undo_interactions(profile=ann, item=items[1])
        assert InterestText.objects.get().basis != first

    def test_a_burst_is_one_message(self, ann, items, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            for item in items[1:5]:
                self.record(ann, item)
        assert sent == [[ann.pk]]

    def test_the_next_event_after_the_worker_began_is_a_new_message(
        self, ann, items, sent, django_capture_on_commit_callbacks
    ):
        for item in items[1:3]:
            with django_capture_on_commit_callbacks(execute=True):
                self.record(ann, item)
            interest_texts.refresh_interest_texts(profile_ids=[ann.pk])
        assert len(sent) == 2

    def test_an_event_that_is_posted_twice_sends_no_message(
        self, ann, items, sent, django_capture_on_commit_callbacks
    ):
        self.record(ann, items[1], event_id="e")
        cache.clear()
        with django_capture_on_commit_callbacks(execute=True):
            self.record(ann, items[1], event_id="e")
        assert sent == []

    def test_a_large_post_is_left_to_the_sweep(
        self, ann, items, sent, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(interest_texts, "MOST_AT_ONCE", 1)
        rows = [
            {"user_id": name, "item_id": items[1].external_id, "kind": "take"}
            for name in ("ann", "bob")
        ]
        with django_capture_on_commit_callbacks(execute=True):
            bulk_writes.record_interactions(catalog=ann.catalog, rows=rows)
        assert sent == []

    @pytest.mark.parametrize("broken", ["broker", "cache"])
    def test_an_unavailable_broker_or_cache_breaks_no_page(
        self, ann, items, broken, monkeypatch, django_capture_on_commit_callbacks
    ):
        def fail(*args, **kwargs):
            raise ConnectionError("away")

        if broken == "broker":
            monkeypatch.setattr("celery.canvas.Signature.apply_async", fail)
        else:
            monkeypatch.setattr(cache, "add", fail)
        with django_capture_on_commit_callbacks(execute=True):
            _interaction, is_new = self.record(ann, items[1])
        assert is_new

    def test_the_sweep_writes_texts_without_a_message(self, ann, items):
        row = interest_texts.refresh_interest_text(profile=ann)
        earlier = now() - timedelta(minutes=5)
        InterestText.objects.update(refreshed_at=earlier)
        assert interest_texts.refresh_stale_interest_texts() == 0
        make_interaction(ann, items[1], created_at=now() - timedelta(minutes=1))
        assert interest_texts.refresh_stale_interest_texts() == 1
        assert InterestText.objects.get().basis != row.basis
        assert interest_texts.refresh_stale_interest_texts() == 0

    def test_the_sweep_writes_merged_texts_that_wait(self, ann):
        interest_texts.refresh_interest_text(profile=ann)
        InterestText.objects.update(basis="")
        assert interest_texts.refresh_stale_interest_texts() == 1
        assert InterestText.objects.get().basis

    def test_deleted_people_are_skipped(self):
        assert interest_texts.refresh_interest_texts(profile_ids=[4711]) == 0

    @pytest.fixture
    def sent(self, monkeypatch) -> list:
        messages: list = []
        monkeypatch.setattr(
            queue, "enqueue_refresh", lambda profile_ids, countdown: messages.append(profile_ids)
        )
        return messages
