"""The owner's own vectors of items: pictures, sounds, or anything else as numbers.

All vectors of one name in a catalogue have the same length, that of the first one.
"""

from __future__ import annotations

import json
import math
import re
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from catalog.ingestion.batches import by_key, lock_catalog, read_rows
from catalog.models import Catalog, ItemVector
from catalog.validation.field_readers import BadField, read_key
from catalog.validation.row_parsing import BulkResult, RowError

MAX_NUMBERS = 4096
MAX_NAMES = 8
"""The most names in a catalogue; each one makes every training and every list slower."""

BYTES_A_NUMBER = 4
LARGEST = 3.4e38  # of a 32-bit float
Wanted = dict[tuple[int, str], bytes | None]
"""(item key, name) -> values; None: delete the vector."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class VectorKind:
    """The vectors of one name: their length and number."""

    name: str
    dimension: int
    items: int


@dataclass(frozen=True, slots=True)
class VectorRow:
    """``values`` None: delete the vector."""

    item_id: str
    name: str
    values: bytes | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> VectorRow:
        """Read a row.

        Raises:
            BadField: for the first bad field.
        """
        item_id, name = read_key("item_id", row.get("item_id")), read_name(row.get("name"))
        if "vector" not in row:
            raise BadField("vector", None, _("is missing; null deletes the current value"))
        return cls(item_id, name, _read_numbers(row["vector"]))

    @property
    def length(self) -> int:
        return len(self.values or b"") // BYTES_A_NUMBER


def vector_kinds(catalog: Catalog) -> list[VectorKind]:
    """The catalogue's kinds of vectors, by name."""
    rows = ItemVector.objects.filter(item__catalog=catalog).order_by("name").values("name")
    counted = rows.annotate(items=Count("pk"), size=Max(Length("values"))).values_list(
        "name", "size", "items"
    )
    return [VectorKind(name, size // BYTES_A_NUMBER, items) for name, size, items in counted]


def record_vectors(
    *,
    catalog: Catalog,
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
    lengths: dict[str, int] | None = None,
) -> BulkResult:
    """Write the good rows, list the bad ones. A known item and name is overwritten.

    Args:
        rows: ``item_id``, ``name`` and ``vector`` (a list of numbers, or a text of them; None
            deletes the vector).
        numbers: the row numbers in errors; 1, 2, 3 … by default.
        lengths: name -> length in earlier portions of the same file; new names are added.

    Raises:
        AppError: ``too_many_rows`` above 10,000.
    """
    result, numbered = read_rows(rows, numbers, VectorRow.of)
    with transaction.atomic():
        lock_catalog(catalog)
        wanted = _fitting(catalog, numbered, result, lengths)
        known = _counted(wanted, result)
        _delete([pk for key, pk in known.items() if wanted[key] is None])
        ItemVector.objects.bulk_create(
            [
                ItemVector(item_id=item, name=name, values=values)
                for (item, name), values in wanted.items()
                if values is not None
            ],
            update_conflicts=True,
            unique_fields=["item", "name"],
            update_fields=["values"],
            batch_size=500,
        )
    return result


def check_vectors(
    *,
    catalog: Catalog,
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
    lengths: dict[str, int] | None = None,
) -> BulkResult:
    """Check rows as `record_vectors` does, without writing."""
    result, numbered = read_rows(rows, numbers, VectorRow.of)
    _counted(_fitting(catalog, numbered, result, lengths), result)
    return result


@transaction.atomic
def delete_vectors(*, catalog: Catalog, name: str) -> int:
    """Delete all vectors of a name; new ones may have another length.

    Returns:
        The number of deleted vectors.
    """
    lock_catalog(catalog)
    return ItemVector.objects.filter(item__catalog=catalog, name=name).delete()[0]


def read_name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadField(
            "name",
            value,
            _("must be 1 to 40 lower-case letters, digits, - or _, such as “picture”"),
        )
    return value


def _read_numbers(value: object) -> bytes | None:
    if value is None:
        return None
    given = _split(value) if isinstance(value, str) else value
    if not isinstance(given, list):
        raise BadField("vector", value, _("must be a list of numbers"))
    if not 1 <= len(given) <= MAX_NUMBERS:
        reason = _("has %(count)s numbers; it must have 1 to %(limit)s") % {
            "count": len(given),
            "limit": MAX_NUMBERS,
        }
        raise BadField("vector", value, reason)
    numbers = array("f", [_read_number(position, number) for position, number in enumerate(given)])
    if array("H", [1]).tobytes() != b"\x01\x00":
        numbers.byteswap()
    return numbers.tobytes()


def _split(text: str) -> list[Any]:
    """A cell: a JSON list, or numbers separated by spaces, commas or semicolons."""
    if text.lstrip().startswith("["):
        try:
            return list(json.loads(text))
        except ValueError:
            raise BadField("vector", text, _("must be a list of numbers")) from None
    return [piece for piece in _SEPARATORS.split(text.strip()) if piece]


def _read_number(position: int, value: object) -> float:
    number = math.nan
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            number = float(value)
    if not abs(number) <= LARGEST:
        raise BadField(f"vector[{position}]", value, _("must be a number"))
    return number


def _fitting(
    catalog: Catalog,
    numbered: list[tuple[int, VectorRow]],
    result: BulkResult,
    lengths: dict[str, int] | None,
) -> Wanted:
    """The rows with a known item and the right length; the others are errors."""
    items = dict(
        by_key(
            catalog.items.values_list("external_id", "pk"),
            [row.item_id for _number, row in numbered],
        )
    )
    lengths = {} if lengths is None else lengths
    lengths |= {kind.name: kind.dimension for kind in vector_kinds(catalog)}
    first: dict[tuple[str, str], int] = {}
    wanted: Wanted = {}
    for number, row in numbered:
        try:
            if row.item_id not in items:
                raise BadField("item_id", row.item_id, _("is not in this catalogue"))
            _reject_repeated(first, number, row)
            _reject_other_length(lengths, row)
        except BadField as error:
            result.errors.append(RowError.of(number, error))
        else:
            wanted[items[row.item_id], row.name] = row.values
    result.errors.sort(key=lambda error: error.row)
    return wanted


def _reject_repeated(first: dict[tuple[str, str], int], number: int, row: VectorRow) -> None:
    before = first.setdefault((row.item_id, row.name), number)
    if before != number:
        raise BadField("item_id", row.item_id, _("was already in row %(row)s") % {"row": before})


def _reject_other_length(lengths: dict[str, int], row: VectorRow) -> None:
    """The first vector of a name sets the length of all."""
    if row.values is None:
        return
    if row.name not in lengths and len(lengths) >= MAX_NAMES:
        raise BadField(
            "name", row.name, _("would exceed the limit of %(limit)s names") % {"limit": MAX_NAMES}
        )
    length = lengths.setdefault(row.name, row.length)
    if row.length != length:
        reason = _("has %(count)s numbers where “%(name)s” has %(length)s")
        raise BadField(
            "vector", "", reason % {"count": row.length, "name": row.name, "length": length}
        )


def _counted(wanted: Wanted, result: BulkResult) -> dict[tuple[int, str], int]:
    """Keys of existing vectors, counted as updated; the others are counted as created."""
    rows = by_key(
        ItemVector.objects.order_by().values_list("item_id", "name", "pk"),
        [item for item, _ in wanted],
        "item",
    )
    known = {(item, name): pk for item, name, pk in rows if (item, name) in wanted}
    result.updated = len(known)
    result.created = sum(values is not None and key not in known for key, values in wanted.items())
    return known


def _delete(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), 500):
        ItemVector.objects.filter(pk__in=keys[start : start + 500]).delete()
