"""Programs that send events and read lists at a steady rate, and note every answer."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from typing import Any

from tests.faults.postgres import Cluster
from tests.faults.servers import Site

API = "/api/v1/catalogs/shop"
ITEMS = [f"{thing}-{colour}" for thing in ("mug", "towel") for colour in ("red", "blue", "green")]

ACKNOWLEDGED = {200, 201}
AWAY = 0
"""Stands for a status when the connection broke."""


class Load:
    """A context manager; its threads stop at the end.

    ``sent``: every event by its id. ``acknowledged``: ids of events that were answered with 200 or
    201. ``answers``: how often each kind of request got each status.
    """

    def __init__(self, site: Site, key: dict[str, str], *, threads: int = 4, pause: float = 0.02):
        self.site, self.key, self.pause = site, key, pause
        self.sent: dict[str, dict[str, Any]] = {}
        self.acknowledged: set[str] = set()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.without_retry_after = 0
        self._numbers = itertools.count()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(threads)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            number = next(self._numbers)
            if number % 3 == 2:
                path = f"{API}/recommendations?user_id=person-{number % 24}&n=5"
                self.ask("list", "GET", path)
            else:
                self.send(f"load-{number}", number)
            time.sleep(self.pause)

    def send(self, event_id: str, number: int) -> None:
        event = {
            "user_id": f"person-{number % 24}",
            "item_id": ITEMS[number % len(ITEMS)],
            "kind": "view",
            "event_id": event_id,
        }
        self.sent[event_id] = event
        if self.ask("event", "POST", f"{API}/interactions", event) in ACKNOWLEDGED:
            self.acknowledged.add(event_id)

    def ask(self, kind: str, method: str, path: str, body: Any = None) -> int:
        try:
            status, _body, headers, _seconds = self.site.request(method, path, body, **self.key)
        except (OSError, http.client.HTTPException):
            status, headers = AWAY, {}
        self.answers[kind, status] += 1
        if status == 503 and "Retry-After" not in headers:
            self.without_retry_after += 1
        return status

    def statuses(self) -> set[int]:
        return {status for _kind, status in self.answers}

    def goes_on_for(self, events: int) -> None:
        """Wait until so many more events are acknowledged."""
        enough, end = len(self.acknowledged) + events, time.monotonic() + 60
        while len(self.acknowledged) < enough:
            assert time.monotonic() < end, f"no events are accepted: {self.answers}"
            time.sleep(0.05)

    def repeat_the_rest(self) -> None:
        """What a program does later with events that were not acknowledged."""
        for event_id in 3 * sorted(self.sent):
            if event_id not in self.acknowledged:
                self.send(event_id, int(event_id.removeprefix("load-")))


def stored(site: Site, cluster: Cluster) -> set[str]:
    """The ids of the load's events that are in the database, each once."""
    query = "SELECT event_id FROM catalog_interaction WHERE event_id LIKE 'load-%'"
    found = cluster.ask(site.environment["DATABASE_URL"], query).splitlines()
    assert len(found) == len(set(found))
    return set(found)
