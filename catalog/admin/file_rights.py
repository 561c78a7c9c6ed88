"""Who may import files into which catalogue."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from catalog.models import Catalog, Holds
from catalog.policy.policy import allows, catalogs_for

#: What an import of each content writes.
NEEDED = {
    Holds.ITEMS: ("catalog.add_item", "catalog.change_item"),
    Holds.INTERACTIONS: ("catalog.add_interaction",),
}


def may_import(user: Any, catalog: Catalog, holds: str) -> bool:
    return all(allows(user, permission, catalog) for permission in NEEDED[Holds(holds)])


def catalogs_to_import(user: Any, holds: str) -> QuerySet[Catalog]:
    """The catalogues that the account may import such files into."""
    found = Catalog.objects.all()
    for permission in NEEDED[Holds(holds)]:
        found = found.filter(pk__in=catalogs_for(user, permission).values("pk"))
    return found
