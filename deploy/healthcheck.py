"""A container's health check: exit code 0 while the web answers, or while other processes live.

``python deploy/healthcheck.py`` asks the web of this container whether it is alive. With names
(``beat``, ``worker``) it asks a web for the state of these processes. Python's own library only: it
runs every few seconds.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request

SECONDS = 8
DEFAULT_SITE = "http://127.0.0.1:8000"


def host() -> str:
    """A name that the site answers to: the first of ALLOWED_HOSTS."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first if first not in ("", "*") else "localhost"


def state(address: str) -> dict[str, object]:
    """What ``/healthz`` or ``/readyz`` says; without an answer the status is ``failing``."""
    request = urllib.request.Request(address, headers={"Host": host()})  # noqa: S310 (http)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            found: dict[str, object] = json.load(answer)
    except (OSError, ValueError) as error:
        return {"status": "failing", "error": str(error)}
    return found


def main(names: list[str]) -> int:
    """0 if the web answers and each of ``names`` is ``ok`` there, else 1."""
    site = os.environ.get("HEALTH_SITE", DEFAULT_SITE)
    found = state(f"{site}/{'readyz' if names else 'healthz'}")
    well = found["status"] != "failing" and all(found.get(name) == "ok" for name in names)
    sys.stdout.write(f"{json.dumps(found)}\n")  # `docker inspect` shows it
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
