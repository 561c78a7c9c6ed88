"""Read a data set from CSV files: interactions, items, and the people to serve.

Columns:

- interactions: ``user_id,item_id[,value][,timestamp]``
- items: ``item_id[,title][,description][,categories]``, categories joined by ``|``
- users: ``user_id``
- vectors: ``item_id,vector``, the numbers separated by spaces

A file whose name ends in ``.gz`` is unpacked. Without timestamps the order of the rows counts.
Experiments read the folders that they wrote. What people supply is read by
``recommender.training.file_datasets``.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.data.errors import DataError
from recommender.engine.data.types import BoolArray, FloatArray, IntArray

SHOWN_CHARACTERS = 60
"""Characters of a bad value that an error message shows."""


@dataclass(frozen=True)
class Again:
    """What lists may hold although it is in the history, by index of the person.

    ``seen``: items that the person does not know, only viewed. ``due``: items that may come back,
    each with how due it is, 0 … 1.
    """

    seen: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    due: Mapping[int, tuple[tuple[int, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """A data set with its external ids.

    ``serve``: indices of the people to serve, in the file's order. ``listed``: (n_items,) mask of
    the items in the items file; only these may be recommended. ``warnings``: what was corrected
    while reading, as text for people.
    """

    dataset: Dataset
    user_ids: NDArray[np.object_]
    item_ids: NDArray[np.object_]
    serve: IntArray
    listed: BoolArray
    warnings: tuple[str, ...]
    again: Again = field(default_factory=Again)


def load(
    *, interactions: Path, items: Path, users: Path | None = None, vectors: Sequence[Path] = ()
) -> Loaded:
    """Read the files.

    Without a users file everybody with an interaction is served. Each kind of vectors is named
    after its file.

    Raises:
        DataError: names file, line, field and value of the first row that cannot be read.
    """
    log = _read(interactions, required=("user_id", "item_id"), optional=("value", "timestamp"))
    catalogue = _read(items, required=("item_id",), optional=("title", "description", "categories"))
    people = (
        log.user_id if users is None else _read(users, required=("user_id",), optional=()).user_id
    )
    warnings: list[str] = []
    catalogue = _without_repeats(catalogue, "item_id", items, warnings)
    listed = len(catalogue)
    unknown = pd.Index(log.item_id.unique()).difference(pd.Index(catalogue.item_id), sort=False)
    if len(unknown):
        warnings.append(
            f"{interactions.name}: {len(unknown)} items are not in {items.name}; "
            "used for training, never recommended"
        )
    item_ids = pd.Index([*catalogue.item_id, *unknown])
    user_ids = pd.Index([*log.user_id, *people]).unique()
    by_name = {path.name.split(".")[0]: _vectors(path, item_ids, warnings) for path in vectors}
    dataset = Dataset(
        _items(catalogue, len(unknown), by_name),
        _log(log, user_ids, item_ids, interactions),
        len(user_ids),
    )
    return Loaded(
        dataset=dataset,
        user_ids=user_ids.to_numpy(),
        item_ids=item_ids.to_numpy(),
        serve=user_ids.get_indexer(people.unique()).astype(np.int32),
        listed=np.arange(len(item_ids)) < listed,
        warnings=tuple(warnings),
    )


def _read(path: Path, *, required: Sequence[str], optional: Sequence[str]) -> pd.DataFrame:
    """The named columns as strings; "" where an optional column is missing."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OSError) as error:
        raise DataError(f"{path.name}: cannot be read as CSV: {error}") from error
    for name in required:
        if name not in table.columns:
            columns = ", ".join(map(str, table.columns))[:200]
            raise DataError(f"{path.name}: no column {name}; columns are {columns}")
        _reject_rows(path, table, table[name] == "", name, "must not be empty")
    return table.reindex(columns=[*required, *optional], fill_value="")


def _without_repeats(
    table: pd.DataFrame, field: str, path: Path, warnings: list[str]
) -> pd.DataFrame:
    repeated = table[field].duplicated()
    if repeated.any():
        warnings.append(
            f"{path.name}: {int(repeated.sum())} repeated {field}; the first row of each was used"
        )
    return table[~repeated]


def _items(table: pd.DataFrame, unknown: int, vectors: Mapping[str, FloatArray]) -> Items:
    blank = [""] * unknown
    categories = [tuple(name for name in joined.split("|") if name) for joined in table.categories]
    return Items(
        titles=[*table.title, *blank],
        descriptions=[*table.description, *blank],
        categories=[*categories, *[()] * unknown],
        vectors=vectors,
    )


def _vectors(path: Path, item_ids: pd.Index, warnings: list[str]) -> FloatArray:
    """(n_items, d) vectors; rows of zeros for items that the file lacks."""
    table = _read(path, required=("item_id", "vector"), optional=())
    table = _without_repeats(table, "item_id", path, warnings)
    pieces = [text.split() for text in table.vector]
    width = len(pieces[0]) if pieces else 1
    other = pd.Series([len(numbers) != width for numbers in pieces], index=table.index)
    _reject_rows(path, table, other, "vector", f"must have {width} numbers like the first")
    flat = pd.to_numeric(
        pd.Series([number for numbers in pieces for number in numbers], dtype=str), errors="coerce"
    )
    numbers = flat.to_numpy(dtype=np.float32).reshape(len(pieces), width)
    not_numbers = pd.Series(~np.isfinite(numbers).all(axis=1))
    _reject_rows(path, table, not_numbers, "vector", "must be numbers")
    rows = item_ids.get_indexer(table.item_id)
    if unknown := int((rows < 0).sum()):
        warnings.append(f"{path.name}: {unknown} items are unknown; their vectors were not used")
    vectors = np.zeros((len(item_ids), width), dtype=np.float32)
    vectors[rows[rows >= 0]] = numbers[rows >= 0]
    return vectors


def _log(table: pd.DataFrame, user_ids: pd.Index, item_ids: pd.Index, path: Path) -> Log:
    users, items = user_ids.get_indexer(table.user_id), item_ids.get_indexer(table.item_id)
    return oldest_first(
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        times=_times(table, path),
        values=_values(table, path),
    )


def oldest_first(
    *, users: IntArray, items: IntArray, times: NDArray[np.int64], values: FloatArray
) -> Log:
    """The log of a file's rows, (n,) each; rows with equal times stay in their order."""
    order = np.argsort(times, kind="stable")
    return Log(
        users=users[order],
        items=items[order],
        weights=np.ones(len(users), dtype=np.float32),
        times=times[order],
        values=values[order],
    )


def _values(table: pd.DataFrame, path: Path) -> FloatArray:
    """(n,) recorded values, NaN where nothing was recorded."""
    values = pd.to_numeric(table.value.where(table.value != ""), errors="coerce")
    _reject_rows(path, table, values.isna() & (table.value != ""), "value", "must be a number")
    numbers: FloatArray = values.to_numpy(dtype=np.float32)
    return numbers


def _times(table: pd.DataFrame, path: Path) -> NDArray[np.int64]:
    """(n,) times: numbers as they are, ISO dates in seconds; row numbers without timestamps."""
    if not len(table) or (table.timestamp == "").all():
        return np.arange(len(table))
    numbers = pd.to_numeric(table.timestamp, errors="coerce")
    if numbers.isna().all():
        dates = pd.to_datetime(table.timestamp, errors="coerce", utc=True, format="ISO8601")
        _reject_rows(path, table, dates.isna(), "timestamp", "must be a number or an ISO date")
        seconds: NDArray[np.int64] = dates.dt.as_unit("s").astype(np.int64).to_numpy()
        return seconds
    infinite = ~np.isfinite(numbers)
    _reject_rows(path, table, infinite, "timestamp", "must be a number like the others")
    return np.asarray(numbers.to_numpy(), dtype=np.int64)


def _reject_rows(path: Path, table: pd.DataFrame, bad: pd.Series, field: str, reason: str) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        _fail(path, int(rows[0]), field, table[field].iloc[rows[0]], reason, len(rows))


def _fail(path: Path, row: int, field: str, value: object, reason: str, count: int) -> NoReturn:
    shown = "" if value is None or value != value else str(value)[:SHOWN_CHARACTERS]
    more = f" ({count} such rows)" if count > 1 else ""
    raise DataError(f"{path.name}, line {_line_of(path, row)}: {field} {shown!r} {reason}{more}")


def _line_of(path: Path, row: int) -> int:
    """The line on which a record ends. Quoted texts may contain line breaks."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        for number, record in enumerate(filter(None, reader)):
            if number == row + 1 and record:
                break
        return reader.line_num
