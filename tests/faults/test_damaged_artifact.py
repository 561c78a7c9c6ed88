"""A bit of an artifact flips on the disk while web processes serve from the mapped file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.faults.load import API
from tests.faults.servers import Site, wait_until

pytestmark = pytest.mark.faults


def served(site: Site, key: dict[str, str]) -> set[int | None]:
    """The versions that twenty lists of two web processes come from."""
    lists = [site.get(f"{API}/recommendations?user_id=person-{n}&n=3", **key) for n in range(20)]
    assert {status for status, *_ in lists} == {200}
    return {json.loads(body)["version"] for _status, body, *_ in lists}


def flip_a_bit(file: Path) -> None:
    """Change one bit in place; size and time stay as they were, as with a failing disk."""
    before = file.stat()
    with file.open("r+b") as content:
        content.seek(-1, os.SEEK_END)
        last = content.read(1)[0]
        content.seek(-1, os.SEEK_END)
        content.write(bytes([last ^ 1]))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def damage_of(site: Site, cluster) -> str:
    query = "SELECT damage FROM recommender_modelversion WHERE number = 2"
    return cluster.ask(site.environment["DATABASE_URL"], query)


def test_it_is_found_never_served_on_and_forgiven_when_it_is_mended(
    cluster, make_postgres_site, postgres_key
):
    site, key = make_postgres_site(MODEL_VERIFY_SECONDS="2"), postgres_key
    site.start_valkey()
    site.start_web("--workers", "2")
    assert served(site, key) == {2}
    folder = next((site.folder / "var" / "artifacts" / "shop").glob("2-*"))
    file = max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)
    flip_a_bit(file)
    wait_until(lambda: served(site, key) == {1}, "the damage was not found")
    assert "does not match its checksum" in damage_of(site, cluster)
    for _ in range(3):
        assert served(site, key) == {1}
    flip_a_bit(file)
    wait_until(lambda: served(site, key) == {2}, "the mended version does not serve")
    assert damage_of(site, cluster) == ""
