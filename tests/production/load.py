"""People and programs that use a site while something happens to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import httpx2

from tests.faults.servers import wait_until
from tests.production.local_production import PATIENCE

PAGES = ("/", "/accounts/login/")


@dataclass
class Load(AbstractContextManager["Load"]):
    """``threads`` clients in a loop: an event, a bulk of two, a list, a page.

    ``answers``: every status with its path, in order; 0 for a connection that broke.
    ``acknowledged``: ids of the events that the site said it has.
    """

    connect: Callable[[], httpx2.Client]
    api: str
    items: list[str]
    threads: int = 4
    answers: list[tuple[int, str]] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    def __enter__(self) -> Load:
        self._over = threading.Event()
        self._clients = [
            threading.Thread(target=self._use, args=(number,)) for number in range(self.threads)
        ]
        for client in self._clients:
            client.start()
        self.wait_for_more()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        for client in self._clients:
            client.join()

    def wait_for_more(self, answers: int = 20) -> None:
        """Until so many more answers have come."""
        before = len(self.answers)
        wait_until(lambda: len(self.answers) >= before + answers, "no answers", PATIENCE)

    def failed(self) -> list[tuple[int, str]]:
        return [answer for answer in self.answers if answer[0] == 0 or answer[0] >= 400]

    def _use(self, number: int) -> None:
        turn = 0
        with self.connect() as client:
            while not self._over.is_set():
                first, *bulk = [self._event(number, turn + step) for step in range(3)]
                self._post(client, "interactions", first, [first])
                self._post(client, "interactions/bulk", {"interactions": bulk}, bulk)
                self._ask(client, "GET", f"{self.api}/recommendations?user_id={first['user_id']}")
                self._ask(client, "GET", PAGES[turn % len(PAGES)])
                turn += 3

    def _event(self, number: int, turn: int) -> dict[str, str]:
        item = self.items[(number + turn) % len(self.items)]
        event_id = f"{number}-{turn}"
        return {
            "user_id": f"loaded-{number}",
            "item_id": item,
            "kind": "view",
            "event_id": event_id,
        }

    def _post(
        self, client: httpx2.Client, path: str, body: object, events: list[dict[str, str]]
    ) -> None:
        if self._ask(client, "POST", f"{self.api}/{path}", body) in (200, 201):
            self.acknowledged |= {event["event_id"] for event in events}

    def _ask(self, client: httpx2.Client, method: str, path: str, body: object = None) -> int:
        try:
            status = client.request(method, path, json=body).status_code
        except httpx2.HTTPError:
            status = 0
        self.answers.append((status, f"{method} {path}"))
        return status
