#!/usr/bin/env python3
"""Time `GET items/{id}` and `recommendations` of a running Longtail in one run.

Prints one line of JSON: milliseconds at p50, p95 and p99 of both, the ratio of the medians
(target: at most 4), requests a second. Starts nothing, connects to this machine only, and needs
only the standard library:

    LONGTAIL_KEY=… deploy/bench_http.py --base http://127.0.0.1:8000 --slug shop
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

LOCAL = ("127.0.0.1", "localhost", "::1")
MOST_REQUESTS = 20_000
WANTED_RATIO = 4.0


class Api:
    """One catalogue's endpoints over one connection, reopened when the server closes it."""

    def __init__(self, base: str, slug: str, key: str) -> None:
        address = urlsplit(base)
        if address.scheme != "http" or address.hostname not in LOCAL:
            raise SystemExit(f"--base: “{base}” is not http on this machine")
        self.connection = http.client.HTTPConnection(
            address.hostname, address.port or 80, timeout=60
        )
        self.root = f"/api/v1/catalogs/{quote(slug)}/"
        self.headers = {"Authorization": f"Api-Key {key}", "Accept": "application/json"}

    def get(self, path: str, **query: object) -> Any:
        self.connection.request(
            "GET", f"{self.root}{path}?{urlencode(query)}", headers=self.headers
        )
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise SystemExit(f"GET {path}: {response.status} {body.decode()[:300]}")
        return json.loads(body)

    def ids(self, path: str, field: str, most: int) -> Iterator[str]:
        """The first ids of a list, page by page."""
        query: dict[str, Any] = {"limit": 200}
        while most > 0:
            page = self.get(path, **query)
            for row in page["results"][:most]:
                yield row[field]
            most -= len(page["results"])
            if not page["next"]:
                return
            query = dict(parse_qsl(urlsplit(page["next"]).query))


def timed(api: Api, path: str, **query: object) -> float:
    """Milliseconds of one request, with the answer read and parsed."""
    began = time.perf_counter()
    api.get(path, **query)
    return (time.perf_counter() - began) * 1000


def measure(
    api: Api, requests: int, params: dict[str, object], rng: random.Random
) -> dict[str, list[float]]:
    items = list(api.ids("items", "item_id", 2_000))
    users = list(api.ids("profiles", "user_id", 2_000))
    if not items or not users:
        raise SystemExit("This catalogue has no items, or no profiles with an id.")
    found: dict[str, list[float]] = {"item": [], "recommendations": []}
    for turn in range(-max(5, requests // 20), requests):  # the first ones warm up
        item, user = rng.choice(items), rng.choice(users)
        taken = (
            timed(api, f"items/{quote(item, safe='')}"),
            timed(api, "recommendations", user_id=user, **params),
        )
        if turn >= 0:
            found["item"].append(taken[0])
            found["recommendations"].append(taken[1])
    return found


def summary(milliseconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return {
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "p99_ms": round(cuts[98], 2),
        "requests_per_second": round(1000 / statistics.fmean(milliseconds), 1),
    }


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--base", default="http://127.0.0.1:8000", help="where Longtail runs; this machine only"
    )
    parser.add_argument("--slug", default="shop", help="the catalogue")
    parser.add_argument(
        "--key", default=os.environ.get("LONGTAIL_KEY", ""), help="an API key (or $LONGTAIL_KEY)"
    )
    parser.add_argument(
        "--requests", type=int, default=500, help=f"of each kind, 2 to {MOST_REQUESTS}"
    )
    parser.add_argument("--n", type=int, default=10, help="items of a list")
    parser.add_argument("--no-record", action="store_true", help="do not write impressions")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of people and items")
    chosen = parser.parse_args()
    if not chosen.key:
        parser.error("--key: none given; `manage.py create_api_key` makes one")
    if not 2 <= chosen.requests <= MOST_REQUESTS:
        parser.error(f"--requests: {chosen.requests} is not from 2 to {MOST_REQUESTS}")
    return chosen


def main() -> int:
    chosen = options()
    params = {"n": chosen.n, "record": "false" if chosen.no_record else "true"}
    rng = random.Random(chosen.seed)  # noqa: S311
    found = measure(Api(chosen.base, chosen.slug, chosen.key), chosen.requests, params, rng)
    ratio = statistics.median(found["recommendations"]) / statistics.median(found["item"])
    report = {name: summary(milliseconds) for name, milliseconds in found.items()}
    answer = {"requests": chosen.requests, **params, **report, "ratio_of_medians": round(ratio, 2)}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0 if ratio <= WANTED_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
