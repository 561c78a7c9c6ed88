"""What an audit looked at, and what it found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Looked:
    """One place: a table, the keys of a cache, a file.

    Attributes:
        kind: database, session, reference, cache, file, log or outside.
        amount: how many rows, keys or bytes were looked at.
        found: how many of them hold the person.
        possible: how many hold the same short word or number, which may be about anything.
        note: what else is to say; why a place was not looked at.
        unseen: the place should have been looked at, and was not.
    """

    kind: str
    place: str
    amount: int = 0
    unit: str = ""
    found: int = 0
    possible: int = 0
    note: str = ""
    unseen: bool = False


@dataclass
class Report:
    places: list[Looked] = field(default_factory=list)

    def add(self, places: Iterable[Looked]) -> None:
        self.places.extend(places)

    @property
    def found(self) -> list[Looked]:
        return [place for place in self.places if place.found]

    @property
    def unseen(self) -> list[Looked]:
        return [place for place in self.places if place.unseen]

    def as_dict(self) -> dict[str, Any]:
        return {
            "found": sum(place.found for place in self.places),
            "unseen": len(self.unseen),
            "places": [asdict(place) for place in self.places],
        }

    def as_text(self) -> Iterable[str]:
        width = max(len(place.place) for place in self.places)
        yield f"{'place':<{width}}  {'looked at':>16}  found"
        for place in self.places:
            amount = f"{place.amount:,} {place.unit}".strip() if place.unit else "–"
            found = "?" if place.unseen else str(place.found) if place.unit else "–"
            notes = [f"possible: {place.possible}"] if place.possible else []
            notes += [place.note] if place.note else []
            yield f"{place.place:<{width}}  {amount:>16}  {found:>5}  {'; '.join(notes)}".rstrip()
