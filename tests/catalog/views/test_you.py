"""The page with the history of every catalogue."""

from __future__ import annotations

from tests.catalog.views.browsing import act
from tests.factories import make_interaction, make_profile


def test_the_history_lists_events_with_an_undo(client, items, django_assert_max_num_queries):
    for item in items:
        act(client, item, "like")
    client.get("/you/")
    with django_assert_max_num_queries(10):
        page = client.get("/you/").content.decode()
    assert page.count("Undo:") == 6
    act(client, items[0], undo="like", next="/you/")
    assert "Undo: Red Mug" not in client.get("/you/").content.decode()


def test_another_persons_history_is_not_shown(client, items):
    make_interaction(make_profile(items[0].catalog), items[0], "like")
    assert "Red Mug" not in client.get("/you/").content.decode()
