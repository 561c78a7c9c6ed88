"""Exports a person's data as one JSON document, or as a ZIP with one CSV file for each kind."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.timezone import now

from accounts.privacy.registry import PersonalDataKind, Place, data_kinds_of, visit_parts

#: Spreadsheets would run a text that begins with one of these as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
IN_MEMORY = 4 * 2**20


def as_document(places: Iterable[Place], session: SessionBase | None = None) -> dict[str, Any]:
    """All stored personal data, by place and kind."""
    document: dict[str, Any] = {"exported_at": now(), "places": {}}
    for place in places:
        kinds = {
            data_kind.name: list(rows_of(data_kind, place))
            for data_kind in data_kinds_of(place.row)
        }
        document["places"][place.key] = {"title": place.title, **kinds}
    if session is not None:
        document["visit"] = visit_of(session)
    return document


def as_json(places: Iterable[Place], session: SessionBase | None = None) -> str:
    return json.dumps(
        as_document(places, session), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1
    )


def as_archive(places: Iterable[Place], session: SessionBase | None = None) -> IO[bytes]:
    """A ZIP with the JSON document and a folder for each place with one CSV file for each kind."""
    places, file = list(places), SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", as_json(places, session))
        for place in places:
            for data_kind in data_kinds_of(place.row):
                _write_table(
                    archive,
                    f"{place.key.lstrip('@')}/{data_kind.name}.csv",
                    rows_of(data_kind, place),
                )
        if session is not None:
            pairs = ({"key": key, "value": value} for key, value in visit_of(session).items())
            _write_table(archive, "visit.csv", pairs)
    file.seek(0)
    return file  # type: ignore[return-value]


def rows_of(data_kind: PersonalDataKind, place: Place) -> Iterator[dict[str, Any]]:
    """All columns except secret ones, so that a new column is exported without further code."""
    rows = data_kind.rows(place.row)
    columns = [
        field.attname
        for field in rows.model._meta.concrete_fields
        if field.name not in data_kind.secret
    ]
    lookups = list(data_kind.also.values())
    for row in rows.order_by("pk").values_list(*columns, *lookups).iterator(2000):
        yield dict(zip([*columns, *data_kind.also], row, strict=True))


def visit_of(session: SessionBase) -> dict[str, Any]:
    return {part.key: session[part.key] for part in visit_parts() if part.key in session}


def _write_table(archive: zipfile.ZipFile, name: str, rows: Iterator[dict[str, Any]]) -> None:
    """Write a CSV file. The byte order mark at its start marks it as UTF-8 for spreadsheets."""
    first = next(rows, None)
    if first is None:
        return
    with archive.open(name, "w") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        writer = csv.DictWriter(text, list(first))
        writer.writeheader()
        writer.writerow(_cells(first))
        writer.writerows(map(_cells, rows))


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value.isoformat() if hasattr(value, "isoformat") else value
