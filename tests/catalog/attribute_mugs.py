"""A catalogue whose attributes are facets, and items from before and after there was a schema."""

from __future__ import annotations

from typing import Any

from catalog.models import Catalog, Item
from tests.factories import make_item

SCHEMA: dict[str, Any] = {
    "colour": {
        "type": "choice",
        "label": {"en": "Colour", "zh-hans": "颜色"},
        "choices": ["red", "blue", "Café Olé"],
        "facet": True,
    },
    "material": {"type": "text", "facet": True},
    "tags": {"type": "list", "facet": True},
    "washable": {"type": "boolean", "facet": True},
    "weight": {"type": "number", "unit": "kg", "facet": True},
    "made": {"type": "date", "facet": True},
    # The words of look-ups are names as well.
    "contains__gte": {"type": "number", "facet": True},
    "note": {"type": "text"},
}
MUGS: list[dict[str, Any]] = [
    {"colour": "red", "material": "clay", "tags": ["gift", "new"], "washable": True,
     "weight": 0.5, "made": "2026-01-31", "contains__gte": 5},
    {"colour": "red", "material": "steel", "tags": ["gift"], "washable": False,
     "weight": 2, "made": "2025-12-01"},
    {"colour": "Café Olé", "material": "clay", "tags": [], "weight": 10},
    # Stored before there was a schema.
    {"colour": 7, "tags": "gift", "washable": "yes", "weight": "heavy", "made": "soon"},
    {"colour": None, "weight": None},
    {},
]  # fmt: skip


def make_mugs(catalog: Catalog) -> list[Item]:
    catalog.attribute_schema = SCHEMA
    catalog.full_clean()
    catalog.save()
    return [
        make_item(catalog, title=f"Mug {n}", attributes=attributes)
        for n, attributes in enumerate(MUGS)
    ]
