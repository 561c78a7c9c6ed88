"""Lists of similar items."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from catalog.models import Catalog, Item
from recommender.models import ModelVersion
from tests.api_clients import Program
from tests.factories import make_item
from tests.recommender.api.answers import ids


def test_similar_items_are_of_the_same_camp(api: Program, version: ModelVersion) -> None:
    answer = api.get("items/mug-red/similar", n=3)
    assert answer["version"] == 1
    assert len(ids(answer)) == 3
    assert all(item_id.startswith("mug-") for item_id in ids(answer))
    assert "mug-red" not in ids(answer)
    assert ids(api.get("similar", item_id="mug-red", n=3)) == ids(answer)


def test_similar_items_of_an_id_with_slashes(api: Program, camps: list[Item]) -> None:
    odd = "https://example.org/mugs/1?x=1"
    make_item(camps[0].catalog, external_id=odd, categories=["Mugs"])
    answer = api.get(f"items/{quote(odd, safe='')}/similar", n=3)
    assert len(ids(answer)) == 3
    assert odd not in ids(answer)


def test_an_item_whose_id_ends_like_the_endpoint_stays_reachable(
    api: Program, catalog: Catalog
) -> None:
    make_item(catalog, external_id="mug")
    odd = make_item(catalog, external_id="mug/similar", title="Odd")
    assert api.get("items/mug%2Fsimilar")["title"] == "Odd"
    assert api.send("patch", "items/mug%2Fsimilar", {"title": "Very odd"})["title"] == "Very odd"
    assert ids(api.get("similar", item_id="mug/similar")) == ["mug"]
    api.delete("items/mug%2Fsimilar")
    assert not Item.objects.filter(pk=odd.pk).exists()
    api.get("items/mug/similar")


@pytest.mark.parametrize(
    ("path", "status"), [("items/none/similar", 404), ("items/mug-red/similar?n=0", 400)]
)
def test_similar_items_of_an_unknown_item_are_an_error(
    api: Program, camps: list[Item], path: str, status: int
) -> None:
    api.get(path, status)
