from catalog.admin import (
    catalogs,
    feeds,
    items,
    keys,
    members,
    people,
    suppressed_ids,
    suspects,
)

__all__ = [
    "catalogs",
    "feeds",
    "items",
    "keys",
    "members",
    "people",
    "suppressed_ids",
    "suspects",
]
