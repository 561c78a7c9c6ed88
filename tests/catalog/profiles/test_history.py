from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from catalog.models import Item, Profile
from catalog.profiles import history
from tests.factories import make_interaction


def test_the_history_has_positive_events_newest_first(profile: Profile, items: list[Item]) -> None:
    now = timezone.now()
    for age, (item, kind) in enumerate(
        zip(items, ["take", "hide", "view", "dislike", "rate", "like"], strict=True)
    ):
        make_interaction(profile, item, kind, created_at=now - timedelta(hours=age))
    assert [row.kind for row in history.history(profile, n=3)] == ["take", "view", "rate"]
    past = history.past(profile, n=3)
    assert [row.kind for row in past.liked] == ["take", "view", "rate"]
    assert past.known == {items[place].pk for place in (0, 1, 3, 4, 5)}
