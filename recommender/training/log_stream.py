"""Reads the interactions of a catalogue as arrays, chunk by chunk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from catalog.feedback.signs import codes_of
from catalog.models import Interaction
from catalog.models.event_rules import EventRules
from recommender.engine.runtime.part_done import part_done

CHUNK = 10_000
"""Rows in memory as Python objects, about 5 MB."""

COPIED = 500_000
"""Rows of PostgreSQL's CSV that are parsed at once."""

Columns = Mapping[str, NDArray[Any]]

NAMES = ("profiles", "items", "codes", "values", "quantities", "moments", "pks")


def read_log(rows: QuerySet[Interaction], rules: EventRules) -> dict[str, NDArray[Any]]:
    """Every interaction of the query, oldest first, one array per column: 56 bytes a row.

    ``codes``: positions of the kinds among those of the catalogue. ``times``: seconds since 1970.
    All rows are of one moment of the database.
    """
    read = _copied if connection.vendor == "postgresql" else _fetched
    chunks = [_empty()]
    for chunk in read(rows.order_by(), rules):
        chunks.append(chunk)
        part_done()
    columns = {name: np.concatenate([chunk.pop(name) for chunk in chunks]) for name in NAMES}
    # sorted here: a database would write millions of rows to disk to sort them
    order = np.lexsort((columns.pop("pks"), columns["moments"]))
    columns = {name: column[order] for name, column in columns.items()}
    columns["times"] = columns.pop("moments") // 1_000_000
    return columns


def _empty() -> dict[str, NDArray[Any]]:
    floats = {"values", "quantities"}
    return {name: np.zeros(0, np.float64 if name in floats else np.int64) for name in NAMES}


def _copied(rows: QuerySet[Interaction], rules: EventRules) -> Iterator[dict[str, NDArray[Any]]]:
    """By COPY: 20 million rows take a minute, as Python objects ten. The file has no name."""
    fields = ("profile_id", "item_id", "kind", "value", "quantity", "created_at", "pk")
    sql, parameters = rows.values_list(*fields).query.sql_with_params()
    moment = "floor(extract(epoch FROM created_at) * 1000000)::bigint"
    with tempfile.TemporaryFile() as file:
        with connection.cursor() as cursor:
            inner = cursor.cursor.mogrify(sql, parameters).decode()
            named = "rows(profile, item, kind, value, quantity, created_at, pk)"
            asked = (
                f"SELECT profile, item, kind, value, quantity, {moment}, pk FROM ({inner}) {named}"  # noqa: S608 (Django's SQL with the driver's quoting)
            )
            cursor.cursor.copy_expert(f"COPY ({asked}) TO STDOUT (FORMAT csv)", file)
        file.seek(0)
        kinds: dict[str, Any] = dict.fromkeys(NAMES, np.int64) | {"codes": "category"}
        kinds |= dict.fromkeys(("values", "quantities"), np.float64)
        parsed = pd.read_csv(
            file,
            names=list(NAMES),
            dtype=kinds,
            keep_default_na=False,
            na_values={"values": [""], "quantities": [""]},
            chunksize=COPIED,
        )
        for frame in parsed:
            kind = frame["codes"].cat
            found = {name: frame[name].to_numpy() for name in NAMES if name != "codes"}
            yield found | {"codes": codes_of(rules, list(kind.categories))[kind.codes.to_numpy()]}


def _fetched(rows: QuerySet[Interaction], rules: EventRules) -> Iterator[dict[str, NDArray[Any]]]:
    fields = ("profile_id", "item_id", "kind", "value", "quantity", "created_at", "pk")
    stream = rows.values_list(*fields).iterator(CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield _columns(chunk, rules)


def _columns(rows: Sequence[tuple[Any, ...]], rules: EventRules) -> dict[str, NDArray[Any]]:
    profiles, items, kinds, values, quantities, moments, pks = zip(*rows, strict=True)
    return {
        "profiles": np.array(profiles, dtype=np.int64),
        "items": np.array(items, dtype=np.int64),
        "codes": codes_of(rules, kinds),
        "values": np.array(values, dtype=np.float64),
        "quantities": np.array(quantities, dtype=np.float64),
        "moments": np.array([_microseconds(moment) for moment in moments], dtype=np.int64),
        "pks": np.array(pks, dtype=np.int64),
    }


def _microseconds(moment: Any) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond
