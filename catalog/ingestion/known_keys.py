"""The keys of items and people that the portions of an import ask for again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.ingestion.batches import by_key
from catalog.models import Catalog, Profile

FORGET = 100
"""Portions after which everything is looked up again: what others delete is soon noticed."""
MOST = 500_000
"""Keys in memory, about 80 MB."""


@dataclass
class KnownKeys:
    """Keys by external id.

    A key of what is deleted meanwhile breaks a foreign key: then forget them all and write again.
    """

    _items: dict[str, tuple[int, bool]] = field(default_factory=dict)
    _profiles: dict[str, int] = field(default_factory=dict)
    _portions: int = 0

    def begin_portion(self) -> None:
        self._portions += 1
        if not self._portions % FORGET or len(self._items) + len(self._profiles) > MOST:
            self.forget()

    def forget(self) -> None:
        self._items.clear()
        self._profiles.clear()

    def items_of(
        self, catalog: Catalog, external_ids: Sequence[str]
    ) -> Mapping[str, tuple[int, bool]]:
        """Key and availability of the items that there are."""
        rows = catalog.items.values_list("external_id", "pk", "available")
        missing = [each for each in external_ids if each not in self._items]
        for external_id, pk, available in by_key(rows, missing):
            self._items[external_id] = (pk, available)
        return self._items

    def profiles_of(self, catalog: Catalog, external_ids: Sequence[str]) -> Mapping[str, int]:
        """Keys of the people; who is unknown is created."""
        rows = Profile.objects.filter(catalog=catalog).values_list("external_id", "pk")
        known = self._profiles
        known |= dict(by_key(rows, [each for each in external_ids if each not in known]))
        new = [each for each in dict.fromkeys(external_ids) if each not in known]
        if new:
            Profile.objects.bulk_create(
                [Profile(catalog=catalog, external_id=each) for each in new], ignore_conflicts=True
            )
            known |= dict(by_key(rows, new))
        return known
