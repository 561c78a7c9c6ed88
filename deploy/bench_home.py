#!/usr/bin/env python3
"""Time a catalogue's home for a person with 50 events, over HTTP, against a running site.

Creates a visitor who saves 50 items (the first of a few categories, then recommended ones) and
requests the home again and again: with one row, as a browser gets it that fetches the other rows
later, and as a whole page. Prints one line of JSON: median and p99 in milliseconds from the
request to the last byte, and size of both. Erases the visitor's data at the end. Exits with 1
when a target is missed. Needs only the standard library:

    manage.py demo --workers 1 & deploy/bench_home.py --base http://127.0.0.1:8000 --slug shop
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import re
import statistics
import sys
import time
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

LOCAL = ("127.0.0.1", "localhost", "::1")
EVENTS, WARM = 50, 10
MEDIAN_MS, P99_MS, COMPRESSED_KIB = 60.0, 200.0, 250.0


class Visitor:
    """A minimal browser: one connection, cookies, and the forms' CSRF token."""

    def __init__(self, base: str) -> None:
        address = urlsplit(base)
        if address.scheme != "http" or address.hostname not in LOCAL:
            raise SystemExit(f"--base: “{base}” is not http on this machine")
        self.connection = http.client.HTTPConnection(
            address.hostname, address.port or 80, timeout=60
        )
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> str:
        status, body = self._ask("GET", path)
        if status != 200:
            raise SystemExit(f"GET {path}: {status}")
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body)
        self.token = found[1] if found else self.token
        return body

    def post(self, path: str, **fields: str) -> None:
        form = urlencode({"csrfmiddlewaretoken": self.token, **fields})
        status, body = self._ask("POST", path, form)
        if status not in (200, 302):
            raise SystemExit(f"POST {path}: {status} {body[:200]}")

    def _ask(self, method: str, path: str, form: str | None = None) -> tuple[int, str]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "User-Agent": "Mozilla/5.0 (a benchmark)",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.connection.request(method, path, form, headers)
        response = self.connection.getresponse()
        body = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return response.status, body


def live_a_little(visitor: Visitor, slug: str) -> None:
    """Save 50 items: at first popular ones, then recommended ones."""
    home, saved = f"/c/{quote(slug)}/", set[str]()
    while len(saved) < EVENTS:
        shown = re.findall(r'data-item="(\d+)"', visitor.get(home))
        new = [item for item in shown[:5] if item not in saved][: EVENTS - len(saved)]
        if not new:
            raise SystemExit(f"--slug: “{slug}” has not enough to save {EVENTS} items.")
        for item in new:
            visitor.post(f"{home}items/{item}/act/", kind="save", next=home)
        saved.update(new)


def timed(visitor: Visitor, path: str, requests: int) -> dict[str, float]:
    milliseconds, body = [], ""
    for turn in range(-WARM, requests):  # the first requests warm up and do not count
        began = time.perf_counter()
        body = visitor.get(path)
        if turn >= 0:
            milliseconds.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return {
        "median_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "kib": round(len(body.encode()) / 1024, 1),
        "compressed_kib": round(len(gzip.compress(body.encode())) / 1024, 1),
    }


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--base", default="http://127.0.0.1:8000", help="where Longtail runs; this machine only"
    )
    parser.add_argument("--slug", default="shop", help="the catalogue")
    parser.add_argument("--requests", type=int, default=300, help="of each kind, 100 to 10000")
    chosen = parser.parse_args()
    if not 100 <= chosen.requests <= 10_000:
        parser.error(f"--requests: {chosen.requests} is not from 100 to 10000")
    return chosen


def main() -> int:
    chosen = options()
    visitor, home = Visitor(chosen.base), f"/c/{quote(chosen.slug)}/"
    visitor.get(home)
    try:
        live_a_little(visitor, chosen.slug)
        whole = timed(visitor, home, chosen.requests)
        visitor.cookies["rows"] = "live"
        first = timed(visitor, home, chosen.requests)
    finally:
        visitor.post("/privacy/erase/", what="@all", confirm="on")
    pages = {"first_row": first, "all_rows": whole}
    sys.stdout.write(
        json.dumps({"slug": chosen.slug, "events": EVENTS, "requests": chosen.requests, **pages})
        + "\n"
    )
    met = all(
        page["median_ms"] <= MEDIAN_MS
        and page["p99_ms"] <= P99_MS
        and page["compressed_kib"] <= COMPRESSED_KIB
        for page in pages.values()
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
