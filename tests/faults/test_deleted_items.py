"""Items, whole lists and a category go after the training, at every door; lists stay full."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.faults.load import API
from tests.faults.servers import Site, wait_until
from tests.faults.visitors import Visitor

pytestmark = pytest.mark.faults

N = 4
PEOPLE = ("person-0", "person-1", "stranger")
Lists = dict[str, list[str]]


def lists(site: Site, key: dict[str, str]) -> Lists:
    """The ids of everybody's list."""
    found = {}
    for person in PEOPLE:
        path = f"{API}/recommendations?user_id={person}&n={N}"
        status, body, *_ = site.get(path, **key)
        assert status == 200, body
        found[person] = [item["item_id"] for item in json.loads(body)["items"]]
    return found


def full_without(site: Site, key: dict[str, str], removed: set[str], left: int) -> None:
    """Two web processes notice within seconds; then no list has a hole or a dead item."""

    def good() -> bool:
        seen = [lists(site, key) for _ in range(4)]
        return all(
            len(ids) == min(N, left) and not removed & set(ids)
            for each in seen
            for ids in each.values()
        )

    wait_until(good, f"lists are short, or show what is removed: {lists(site, key)}")


def pages_open(site: Site, key: dict[str, str], removed: set[str]) -> None:
    for path in ("/c/shop/", "/c/shop/search/?q=mug", "/c/shop/history/"):
        assert site.get(path)[0] in (200, 302), path
    for item_id in removed:
        assert site.get(f"{API}/items/{item_id}", **key)[0] in (200, 404)
        assert site.get(f"{API}/items/{item_id}/similar", **key)[0] in (200, 404)


def pk_of(cluster, site: Site, table: str, condition: str) -> str:
    query = f"SELECT id FROM {table} WHERE {condition} LIMIT 1"
    return cluster.ask(site.environment["DATABASE_URL"], query)


def test_lists_are_filled_from_what_is_there(cluster, postgres_site, postgres_key, tmp_path):
    site, key = postgres_site, postgres_key
    site.start_valkey()
    site.start_web("--workers", "2")
    staff = Visitor(site)
    staff.sign_in("admin@example.org", "correct horse battery")

    def by_api(item_id: str) -> None:
        assert site.request("DELETE", f"{API}/items/{item_id}", **key)[0] == 204

    def by_admin(item_id: str) -> None:
        pk = pk_of(cluster, site, "catalog_item", f"external_id = '{item_id}'")
        assert staff.post(f"/admin/catalog/item/{pk}/delete/", post="yes")[0] == 302

    def by_import(item_id: str) -> None:
        file = tmp_path / "items.csv"
        file.write_text(f"item_id,title,available\n{item_id},removed,false\n")
        site.run("import_items", "shop", str(file))

    removed: set[str] = set()
    doors: tuple[Callable[[str], None], ...] = (by_api, by_admin, by_import)
    for remove in doors:
        best = lists(site, key)["person-0"][0]
        remove(best)
        removed.add(best)
        full_without(site, key, removed, 16 - len(removed))

    for item_id in lists(site, key)["person-1"]:  # a whole list
        by_api(item_id)
        removed.add(item_id)
    full_without(site, key, removed, 16 - len(removed))

    pk = pk_of(cluster, site, "catalog_category", "name = 'Mugs'")
    assert staff.post(f"/admin/catalog/category/{pk}/delete/", post="yes")[0] == 302
    full_without(site, key, removed, 16 - len(removed))
    assert site.get(f"{API}/recommendations?user_id=person-0&n=4&category=Mugs", **key)[0] != 500
    pages_open(site, key, removed)

    for item_id in {item for ids in lists(site, key).values() for item in ids}:
        by_api(item_id)
        removed.add(item_id)
    remaining = json.loads(site.get(f"{API}/items?limit=50", **key)[1])["results"]
    for item in remaining:  # everything
        by_api(item["item_id"])
    wait_until(lambda: not any(lists(site, key).values()), "an empty catalogue has lists")
    pages_open(site, key, removed)
    done = site.process("manage.py", "train", "shop", "--quick", "--force")
    assert "Traceback" not in done.stderr, done.stderr
