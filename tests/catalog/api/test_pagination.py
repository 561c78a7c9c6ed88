"""Pages of lists, and what is no page."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlencode

import pytest

from catalog.models import Catalog, Item
from tests.api_clients import only_problem, reader

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "position",
    ["2020-01-01", "1e5", "-1", "1.0", " 1", "abc", "１２", "9" * 19, "9" * 400, "\x00", "1_0"],
)
@pytest.mark.parametrize("path", ["items", "interactions", "profiles", "training-runs"])
def test_a_cursor_whose_position_is_no_row_number_is_named(
    catalog: Catalog, position: str, path: str
) -> None:
    cursor = b64encode(urlencode({"p": position}).encode()).decode()
    answer = reader(catalog).get(path, 400, cursor=cursor)
    field, value, _reason = only_problem(answer)
    assert field == "cursor"
    assert cursor.startswith(value.rstrip("…"))


@pytest.mark.parametrize("cursor", ["x", "%", "cD0=x", "cD0xJm89LTE="])
def test_what_is_no_cursor_is_named(catalog: Catalog, cursor: str) -> None:
    assert only_problem(reader(catalog).get("items", 400, cursor=cursor))[0] == "cursor"


def test_pages_go_forth_and_back(catalog: Catalog, items: list[Item]) -> None:
    program = reader(catalog)
    first = program.get("items", limit=4)
    second = program.client.get(first["next"]).json()
    assert len(first["results"]) + len(second["results"]) == len(items)
    assert second["next"] is None
    assert program.client.get(second["previous"]).json()["results"] == first["results"]
