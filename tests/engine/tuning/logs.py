"""Logs of the shapes that slices tell apart."""

from __future__ import annotations

from tests.engine.builders import dataset

DAY = 86_400


def everlasting(n_users=40, n_items=30, each=10):
    """All people are active at all times, so on both sides of every instant."""
    events = [(user, (user + step) % n_items) for step in range(each) for user in range(n_users)]
    return dataset(events, n_items, times=[DAY * (at // n_users) + at for at in range(len(events))])


def bursts(n_users=50, each=6):
    """Each person is active on one day."""
    events = [(user, item) for user in range(n_users) for item in range(each)]
    return dataset(events, each + 1, times=[DAY * user + item for user, item in events])


def ordinals(n_users=30, each=5):
    events = [(user, (user + step) % 20) for step in range(each) for user in range(n_users)]
    return dataset(events, 20, times=[at // n_users + 1 for at in range(len(events))])
