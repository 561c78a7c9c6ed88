"""A data set from people's files, by the reader and the schema that imports use.

Columns: a log has user_id and item_id, and may have kind, value, quantity and timestamp; items have
item_id, and may have title, description and categories; users have user_id; vectors have item_id
and vector.
Without timestamps the order of the rows counts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.ingestion.item_vectors import VectorRow
from catalog.profiles.repeats import intervals_among, most_due
from catalog.validation.field_readers import BadField, read_key, read_number, read_time
from catalog.validation.row_parsing import ItemRow, RowError
from catalog.validation.shop_fields import is_empty, read_quantity
from recommender.engine.data.csv_files import Again, Loaded, oldest_first
from recommender.engine.data.dataset import Dataset, Items, Log, no_log
from recommender.engine.data.types import FloatArray, IntArray
from recommender.training.file_feedback import EventColumns, FileFeedback
from recommender.training.file_rows import SHOWN_ERRORS, BadFiles, FileOptions, Problems, rows_of


def load(
    *,
    interactions: Path,
    items: Path,
    users: Path | None = None,
    vectors: Sequence[Path] = (),
    options: FileOptions | None = None,
    feedback: FileFeedback | None = None,
) -> Loaded:
    """Read the files. Without a users file everybody with an interaction is served.

    ``feedback``: reads kinds and values; without it every row is a positive of the weight 1.

    Raises:
        AppError: ``bad_file``, with file, line, field and value; ``bad_option``.
    """
    chosen = options or FileOptions()
    problems = Problems(chosen.skip_bad)
    catalogue = _Catalogue()
    for row in rows_of(items, "items", chosen, problems, catalogue.read):
        catalogue.add(row)
    log = _LogRows(catalogue.places, feedback)
    for event in rows_of(interactions, "interactions", chosen, problems, log.read):
        log.add(event)
    log.settle(interactions, problems)
    served = _served(users, chosen, problems, log.users)
    by_name = {
        path.name.split(".")[0]: _vectors(path, chosen, problems, catalogue.places)
        for path in vectors
    }
    problems.settle()
    for path, good in ((items, catalogue.rows), (interactions, log.users)):
        if not good:
            raise BadFiles([_("%(name)s: has no good row") % {"name": path.name}], 1)
    return _loaded(catalogue, log, served, by_name, problems, (interactions, items))


class _Catalogue:
    """Items in the order of their file; ``places``: id -> index, unknown items of the log too."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.lines: dict[str, int] = {}
        self.rows: list[ItemRow] = []
        self.now = timezone.now()

    def read(self, row: Mapping[str, Any], number: int) -> ItemRow:
        item = ItemRow.of(row, now=self.now)
        if (first := self.lines.setdefault(item.item_id, number)) != number:
            reason = _("was already in row %(row)s") % {"row": first}
            raise BadField("item_id", item.item_id, reason)
        return item

    def add(self, row: ItemRow) -> None:
        self.places[row.item_id] = len(self.places)
        self.rows.append(row)


_Event = tuple[str, str, float, int | None, str, float]


class _LogRows:
    """A log as numbers. Each id is checked once."""

    def __init__(self, items: dict[str, int], feedback: FileFeedback | None) -> None:
        self.items, self.users, self.feedback = items, dict[str, int](), feedback
        self.kinds: list[str] = []
        self._clean: dict[tuple[str, str], str] = {}
        self.columns = (array("i"), array("i"), array("d"), array("q"), array("d"))
        self.without_time: list[int] = []
        self.now = timezone.now()

    def read(self, row: Mapping[str, Any], number: int) -> _Event:
        value, time, pieces = row.get("value"), row.get("timestamp"), row.get("quantity")
        seconds = None if time in (None, "") else self._seconds(time)
        if seconds is None and len(self.without_time) < SHOWN_ERRORS:
            self.without_time.append(number)
        return (
            self._key("user_id", row.get("user_id")),
            self._key("item_id", row.get("item_id")),
            np.nan if value in (None, "") else read_number("value", value),
            seconds,
            self._kind(row.get("kind")),
            np.nan if is_empty(pieces) else read_quantity(pieces),
        )

    def _kind(self, word: Any) -> str:
        if self.feedback is None or word in (None, ""):
            return ""
        if (kind := self.feedback.kind_of(str(word))) is None:
            raise BadField("kind", word, _("is no known kind; --map-kind WORD=KIND reads it"))
        return kind

    def _key(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            return read_key(name, value)
        if (name, value) not in self._clean:
            self._clean[name, value] = read_key(name, value)
        return self._clean[name, value]

    def _seconds(self, time: Any) -> int | None:
        moment = read_time("timestamp", time, now=self.now)
        return None if moment is None else int(moment.timestamp())

    def add(self, event: _Event) -> None:
        user, item, value, time, kind, pieces = event
        self.kinds.append(kind)
        users, items, values, times, quantities = self.columns
        users.append(self.users.setdefault(user, len(self.users)))
        items.append(self.items.setdefault(item, len(self.items)))
        values.append(value)
        times.append(NO_TIME if time is None else time)
        quantities.append(pieces)

    def settle(self, path: Path, problems: Problems) -> None:
        """Either every row has a time, or none has."""
        if not self.without_time or all(time == NO_TIME for time in self.columns[3]):
            return
        for number in self.without_time:
            problems.add(path, RowError(number, "timestamp", "", _("is empty")))


NO_TIME = np.iinfo(np.int64).min


def _served(
    path: Path | None, options: FileOptions, problems: Problems, known: dict[str, int]
) -> IntArray:
    """Indices of the people to serve; those without events become people too."""
    if path is None:
        return np.arange(len(known), dtype=np.int32)
    keys: Iterable[str] = rows_of(
        path,
        "users",
        options,
        problems,
        lambda row, _number: read_key("user_id", row.get("user_id")),
    )
    places = [known.setdefault(key, len(known)) for key in keys]
    return np.array(list(dict.fromkeys(places)), dtype=np.int32)


def _vectors(
    path: Path, options: FileOptions, problems: Problems, places: Mapping[str, int]
) -> FloatArray:
    """(n_items, d) vectors; rows of zeros for items that the file lacks."""
    found: dict[str, FloatArray] = {}
    lines: dict[str, int] = {}

    def read(row: Mapping[str, Any], number: int) -> None:
        vector = VectorRow.of({**row, "name": "vector"})
        if (first := lines.setdefault(vector.item_id, number)) != number:
            reason = _("was already in row %(row)s") % {"row": first}
            raise BadField("item_id", vector.item_id, reason)
        numbers = np.frombuffer(vector.values or b"", dtype="<f4")
        width = len(next(iter(found.values()), numbers))
        if len(numbers) != width:
            reason = _("has %(count)s numbers; the first has %(width)s")
            raise BadField(
                "vector", row["vector"], reason % {"count": len(numbers), "width": width}
            )
        found[vector.item_id] = numbers

    for _row in rows_of(path, "vectors", options, problems, read):
        pass
    width = len(next(iter(found.values()), ()))
    vectors = np.zeros((len(places), width), dtype=np.float32)
    unknown = 0
    for item, numbers in found.items():
        unknown += item not in places
        if item in places:
            vectors[places[item]] = numbers
    if unknown:
        text = _("%(name)s: %(count)s items are unknown; their vectors were not used")
        problems.warnings.append(text % {"name": path.name, "count": unknown})
    return vectors


def _loaded(
    catalogue: _Catalogue,
    log: _LogRows,
    served: IntArray,
    vectors: Mapping[str, FloatArray],
    problems: Problems,
    paths: tuple[Path, Path],
) -> Loaded:
    listed, total = len(catalogue.rows), len(catalogue.places)
    if total > listed:
        text = _(
            "%(log)s: %(count)s items are not in %(items)s; used for training, never recommended"
        )
        names = {"log": paths[0].name, "items": paths[1].name, "count": total - listed}
        problems.warnings.append(text % names)
    users, items, values, times, quantities = (np.array(column) for column in log.columns)
    if log.without_time:
        times = np.arange(len(users), dtype=np.int64)
    everything = oldest_first(
        users=users, items=items, times=times, values=values.astype(np.float32)
    )
    positive, negative, again = everything, no_log(), Again()
    if log.feedback is not None:
        order = np.argsort(times, kind="stable")
        kinds = [log.kinds[row] for row in order]
        positive, negative, again = _opinions(everything, kinds, quantities[order], log.feedback)
        problems.warnings += [f"{paths[0].name}: {notice}" for notice in log.feedback.notices]
    return Loaded(
        dataset=Dataset(_items(catalogue, vectors), positive, len(log.users), negative),
        user_ids=np.array(list(log.users), dtype=object),
        item_ids=np.array(list(catalogue.places), dtype=object),
        serve=served,
        listed=np.arange(total) < listed,
        warnings=tuple(problems.warnings),
        again=again,
    )


def _opinions(
    log: Log, kinds: Sequence[str], quantities: NDArray[np.float64], feedback: FileFeedback
) -> tuple[Log, Log, Again]:
    """The positives with their weights, what was turned down, and what may be listed again."""
    values = np.full(len(log), np.nan) if log.values is None else log.values.astype(np.float64)
    read = feedback.read(EventColumns(log.users, log.items, kinds, values, quantities))
    weights = np.where(read.negative, np.float32(1), read.weights)
    rated = replace(log, weights=weights.astype(np.float32), values=read.ratings)
    again = Again(
        _only_looked_at(rated.take(read.positive), rated.take(read.known)),
        _due(rated.take(read.repeatable), int(log.times[-1])),
    )
    return rated.take(read.positive), rated.take(read.negative), again


def _only_looked_at(positive: Log, known: Log) -> dict[int, tuple[int, ...]]:
    """The items of each person's history that they do not know."""
    pairs = set(zip(known.users.tolist(), known.items.tolist(), strict=True))
    seen: dict[int, dict[int, None]] = {}
    for user, item in zip(positive.users.tolist(), positive.items.tolist(), strict=True):
        if (user, item) not in pairs:
            seen.setdefault(user, {})[item] = None
    return {user: tuple(items) for user, items in seen.items()}


def _due(log: Log, now: int) -> dict[int, tuple[tuple[int, float], ...]]:
    """How due each item is that a person had and may have again; the log's end is now."""
    events = [*zip(log.users.tolist(), log.items.tolist(), log.times.tolist(), strict=True)]
    usual, had = intervals_among(events), dict[int, dict[int, list[float]]]()
    for user, item, time in events:
        had.setdefault(user, {}).setdefault(item, []).append(time)
    return {
        user: tuple((each.item_id, each.share) for each in most_due(of_user, usual, now))
        for user, of_user in had.items()
    }


def _items(catalogue: _Catalogue, vectors: Mapping[str, FloatArray]) -> Items:
    blank = len(catalogue.places) - len(catalogue.rows)
    texts = [row.fields for row in catalogue.rows]
    return Items(
        titles=[str(text.get("title", "")) for text in texts] + [""] * blank,
        descriptions=[str(text.get("description", "")) for text in texts] + [""] * blank,
        categories=[tuple(row.categories or ()) for row in catalogue.rows] + [()] * blank,
        vectors=vectors,
    )
