from __future__ import annotations

import pytest
from django.utils import translation

from catalog.models import Catalog, Item
from tests.factories import make_item


@pytest.fixture
def shelf(catalog: Catalog) -> dict[str, Item]:
    catalog.texts = {"zh-hans": {"categories": {"Kitchen": "厨房用品"}}}
    catalog.save()
    rows = {
        "pan": {"title": "Copper Pan", "description": "For eggs.", "categories": ["Kitchen"]},
        "book": {
            "title": "Cooking with copper",
            "description": "A book about pans and 100% butter.",
        },
        "pen": {"title": "Open Day Pass", "description": "Pen included."},
        "eggs": {
            "title": "番茄炒鸡蛋",
            "description": "家常菜，加一点 butter。",
            "categories": ["荤菜"],
        },
        "cpp": {"title": "C++ in a week", "description": "Éclairs not included."},
        "unavailable": {"title": "Copper Kettle", "available": False},
    }
    return {name: make_item(catalog, **fields) for name, fields in rows.items()}


def test_a_category_is_shown_in_the_readers_language(
    catalog: Catalog, shelf: dict[str, Item]
) -> None:
    assert catalog.category_label("Kitchen") == "Kitchen"
    with translation.override("zh-hans"):
        assert catalog.category_label("Kitchen") == "厨房用品"
        assert catalog.category_label("荤菜") == "荤菜"
