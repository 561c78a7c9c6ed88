#!/usr/bin/env python3
"""Measures what many catalogues cost a web process: private memory, and the load of a model.

    python deploy/bench_many_catalogues.py --catalogues 50 --items 5000 --budget 256

Items and events are those of the demo. One quick model is trained; each catalogue gets rows and an
artifact of its own of it. Two web processes then answer lists, similar items, pages, searches and
exclusions of all catalogues in turn. Private memory is USS: the artifacts' mapped arrays, which the
processes share, do not count. A first request loads the model that had left; a second one finds it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

ROOT = Path(__file__).resolve().parent.parent
PEOPLE, EVENTS = 30, 20
MEBIBYTE = 1024**2
TARGET_MIB = 600


def prepare(catalogues: int, n_items: int) -> None:
    """Write the catalogues; run in a process of its own, with the settings of the site."""
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from dataclasses import replace

    import numpy as np
    from django.conf import settings
    from django.core.management import call_command

    from catalog.api.keys import create_api_key
    from catalog.demo import community, courses, health, loading, shop
    from catalog.demo.dataset import DemoCatalog
    from catalog.models import Catalog, Interaction, Item, Profile
    from recommender.models import ModelVersion
    from recommender.training import artifact_store, versions

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    data, rng = Path(settings.DEMO_DATA_DIR), np.random.default_rng(0)
    sold = shop.build(data)
    others = [make.build(data, rng).items for make in (courses, health, community)]
    items = [*sold.items, *(item for some in others for item in some)]
    items = [replace(item, item_id=f"i{at}") for at, item in enumerate(items[:n_items])]
    loading.BUILDERS["bench-0"] = lambda *_: DemoCatalog(
        "bench-0", {**sold.fields, "slug": "bench-0"}, items, sold.log
    )
    loading.load("bench-0", limit=n_items)
    call_command("train", "bench-0", quick=True, here=True, queue=False)
    first = Catalog.objects.get(slug="bench-0")
    version = ModelVersion.objects.select_related("catalog").get(catalog=first)
    read = artifact_store.read(version.path)
    copied = ("external_id", "title", "description", "language", "provider", "attributes", "price")
    rows = list(Item.objects.filter(catalog=first).order_by("pk"))
    keys = {"bench-0": create_api_key(catalog=first, name="bench")[1]}
    for number in range(1, catalogues):
        slug = f"bench-{number}"
        catalog = Catalog.objects.create(slug=slug, name=slug, is_public=True, texts=first.texts)
        made = Item.objects.bulk_create(
            Item(catalog=catalog, **{name: getattr(row, name) for name in copied}) for row in rows
        )
        people = Profile.objects.bulk_create(
            Profile(catalog=catalog, external_id=f"p{person}") for person in range(PEOPLE)
        )
        Interaction.objects.bulk_create(
            Interaction(catalog=catalog, profile=person, item=made[int(at)], kind="take")
            for person in people
            for at in rng.choice(len(made), EVENTS, replace=False)
        )
        pks = np.array([item.pk for item in made], dtype=np.int64)
        folder = artifact_store.folder_name(slug, 1, version.fingerprint)
        path = Path(settings.ARTIFACTS_DIR) / folder
        artifact_store.write(path, read.recommender, pks, dict(read.manifest.about))
        copy = ModelVersion.objects.create(
            catalog=catalog, number=1, folder=folder, fingerprint=version.fingerprint, quick=True,
            report=version.report, blend=version.blend,
        )  # fmt: skip
        versions.promote(version=copy)
        keys[slug] = create_api_key(catalog=catalog, name="bench")[1]
    sys.stdout.write(json.dumps(keys))


def requests_of(slug: str, item: str, person: str) -> list[str]:
    """What one catalogue is asked for in a round."""
    api = f"/api/v1/catalogs/{slug}"
    return [
        f"{api}/recommendations?user_id={person}&n=24",
        f"{api}/items/{item}/similar",
        f"{api}/search?q={quote('christmas lights')}",
        f"/c/{slug}/",
        f"/c/{slug}/search/?q={quote('lights without christmas')}",
    ]


@contextmanager
def site(environment: dict[str, str], folder: Path) -> Iterator[tuple[int, psutil.Process]]:
    """Two web processes; the port, and the process that started them."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    gunicorn = (sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py")
    with (folder / "web.log").open("wb") as log:
        web = subprocess.Popen(  # noqa: S603 (our own command)
            (*gunicorn, "--bind", f"127.0.0.1:{port}", "config.wsgi"),
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield port, psutil.Process(web.pid)
        finally:
            web.terminate()
            web.wait()


def ask(port: int, path: str, key: str) -> float:
    """Milliseconds of one request."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    with closing(connection):
        connection.request("GET", path, headers={"Authorization": f"Api-Key {key}"})
        answer = connection.getresponse()
        body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"GET {path}: {answer.status} {body[:300].decode(errors='replace')}")
    return 1000 * (time.perf_counter() - began)


def wait_for(port: int) -> None:
    for _attempt in range(1800):
        try:
            ask(port, "/healthz", "")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the web did not start: see web.log")


def private(process: psutil.Process) -> dict[str, list[int]]:
    """MiB of each web process.

    ``uss``: pages that nobody else maps. ``of_files``: of these, what the kernel can drop at any
    moment because it is in an artifact's file: another process may have let that model leave.
    """
    found: dict[str, list[int]] = {"uss": [], "of_files": []}
    for child in process.children(recursive=True):
        pages = Path(f"/proc/{child.pid}/smaps_rollup").read_text()
        clean = next(line for line in pages.splitlines() if line.startswith("Private_Clean"))
        found["uss"].append(round(child.memory_full_info().uss / MEBIBYTE))
        found["of_files"].append(round(int(clean.split()[1]) / 1024))
    return found


def measure(keys: dict[str, str], environment: dict[str, str], folder: Path, rounds: int) -> Any:
    first, second = [], []
    with site(environment, folder) as (port, process):
        wait_for(port)
        found: dict[str, Any] = {"start_mib": private(process), "rounds_mib": []}
        for number in range(rounds):
            for slug, key in keys.items():
                person = "nobody" if slug == "bench-0" else f"p{number % PEOPLE}"
                paths = requests_of(slug, f"i{number}", person)
                first.append(ask(port, paths[0], key))
                for path in paths:
                    ask(port, path, key)
                second.append(ask(port, paths[0], key))
            found["rounds_mib"].append(private(process))
    found["first_ms"], found["next_ms"] = (
        round(statistics.median(ms), 1) for ms in (first, second)
    )
    found["first_p95_ms"] = round(statistics.quantiles(first, n=20)[-1], 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogues", type=int, default=50)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=int, default=0, help="LIVE_MODELS_MIB; 0: the default")
    parser.add_argument("--folder", type=Path, help="is kept, and used again; default: a new one")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        prepare(options.catalogues, options.items)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.local"}
        environment |= {"VAR_DIR": str(folder), "API_RATE": "1000000/min", "LOG_LEVEL": "WARNING"}
        environment |= {"OMP_NUM_THREADS": "1"}
        if options.budget:
            environment["LIVE_MODELS_MIB"] = str(options.budget)
        known = folder / "keys.json"
        if not known.exists():
            again = (sys.executable, __file__, "--prepare", f"--catalogues={options.catalogues}")
            made = subprocess.run(  # noqa: S603 (our own command)
                (*again, f"--items={options.items}"),
                cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            known.write_text(made.stdout.splitlines()[-1])
        keys = dict(list(json.loads(known.read_text()).items())[: options.catalogues])
        found = measure(keys, environment, folder, options.rounds)
    asked = {"catalogues": len(keys), "items": options.items, "budget_mib": options.budget}
    sys.stdout.write(json.dumps({**asked, **found}) + "\n")
    if max(found["rounds_mib"][-1]["uss"]) > TARGET_MIB:
        raise SystemExit(f"more than {TARGET_MIB} MiB private")


if __name__ == "__main__":
    main()
