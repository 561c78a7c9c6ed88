"""A client that openapi-python-client generates from the description that the site serves."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.api_schema.conftest import Site

pytestmark = pytest.mark.schema

PACKAGE = "generated_longtail"


@pytest.fixture(scope="module")
def generated(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("client")
    (folder / "config.yml").write_text("post_hooks: []\n")
    command = [
        Path(sys.executable).with_name("openapi-python-client"), "generate",
        "--url", f"{site.url}/api/schema/?format=json", "--meta", "none",
        "--output-path", folder / PACKAGE, "--config", folder / "config.yml",
        "--fail-on-warning",
    ]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def client(generated: ModuleType, site: Site) -> Any:
    return generated.AuthenticatedClient(base_url=site.url, token=site.key, prefix="Api-Key")


def call(name: str, client: Any, *path: str, **arguments: Any) -> Any:
    """The parsed answer of an operation, which must be one that its description names."""
    operation = importlib.import_module(f"{PACKAGE}.api.{name}")
    response = operation.sync_detailed(*path, client=client, **arguments)
    assert response.status_code < 300, response.content
    assert response.parsed is not None
    return response.parsed


def model(name: str) -> Any:
    return getattr(importlib.import_module(f"{PACKAGE}.models"), name)


def test_it_lists_the_catalogues(client: Any) -> None:
    page = call("catalogs.catalogs_list", client)
    assert [each.slug for each in page.results] == ["shop"]
    assert page.next_ is None


def test_it_pages_through_all_items(client: Any) -> None:
    found, cursor = [], {}
    while True:
        page = call("items.items_list", client, "shop", limit=6, **cursor)
        found += [item.item_id for item in page.results]
        if page.next_ is None:
            break
        cursor = {"cursor": query_of(page.next_)["cursor"]}
    assert {f"i{number}" for number in range(20)} <= set(found)
    assert len(found) == len(set(found))


def test_it_filters_a_list(client: Any) -> None:
    page = call("interactions.interactions_list", client, "shop", user_id="u1")
    assert {event.user_id for event in page.results} == {"u1"}
    assert len(page.results) == 3


def test_it_posts_many_rows_and_reads_the_list_of_a_person(client: Any) -> None:
    items = model("ItemRows")(
        items=[model("ItemBody")(item_id=f"new-{n}", title=f"Bowl {n}") for n in range(3)]
    )
    assert call("items.items_bulk", client, "shop", body=items).errors == []
    row = model("InteractionBody")(
        user_id="cat", item_id="new-1", kind="take", event_id="generated-1"
    )
    events = model("InteractionRows")(interactions=[row])
    assert call("interactions.interactions_bulk", client, "shop", body=events).errors == []
    listed = call("recommendations.recommendations", client, "shop", user_id="cat", n=5)
    assert len(listed.items) == 5
    assert "new-1" not in {each.item_id for each in listed.items}


def test_it_filters_a_search_by_attributes(client: Any) -> None:
    chosen = model("SearchAttributes")()
    chosen["attributes.colour"], chosen["attributes.weight_max"] = "blue", "10"
    found = call("items.search", client, "shop", q="mug", attributes=chosen)
    assert {item.item_id for item in found.items} == {"i0", "i4", "i8"}


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
