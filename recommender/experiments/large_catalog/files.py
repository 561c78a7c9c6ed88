"""A synthetic catalogue as files that `import_items` and `import_interactions` read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from recommender.engine.data.types import Progress
from recommender.experiments.large_catalog.arrays import synthesize
from recommender.experiments.large_catalog.events import KINDS, EventChunk
from recommender.experiments.large_catalog.stock import Size
from recommender.experiments.large_catalog.texts import CHUNK, ItemText, item_texts

FORMATS = ("csv", "ndjson")
ITEM_COLUMNS = (
    *("item_id", "title", "description", "categories", "provider", "language"),
    *("attributes", "created_at", "price", "available"),
)
EVENT_COLUMNS = ("user_id", "item_id", "kind", "timestamp", "event_id")


@dataclass(frozen=True)
class Written:
    """The files of a catalogue."""

    items: Path
    interactions: Path


def write_files(
    folder: Path, size: Size, seed: int, *, form: str = "csv", progress: Progress | None = None
) -> Written:
    """Write ``items`` and ``interactions``; the same numbers and seed give the same bytes.

    The log is ordered by time. Items are named i0, i1 …, people u0, u1 …, events e0, e1 ….

    Raises:
        OSError: if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = Written(folder / f"items.{form}", folder / f"interactions.{form}")
    stock, _crowd, chunks = synthesize(size, seed)
    say = progress or (lambda _stage, _fraction: None)
    with written.items.open("w", encoding="utf-8", newline="") as file:
        write = _items_csv if form == "csv" else _items_ndjson
        write(file, _counted(item_texts(stock, seed), size.items, say))
    with written.interactions.open("w", encoding="utf-8", newline="") as file:
        if form == "csv":
            file.write(",".join(EVENT_COLUMNS) + "\n")
        done = 0
        for chunk in chunks:
            file.write(_events(chunk, done, form))
            done += len(chunk)
            say("interactions", done / size.events)
    return written


def _counted(texts: Iterable[ItemText], total: int, say: Any) -> Iterator[tuple[int, ItemText]]:
    for number, text in enumerate(texts):
        if number % CHUNK == 0:
            say("items", number / total)
        yield number, text
    say("items", 1.0)


def _item(number: int, text: ItemText) -> dict[str, Any]:
    cells = (
        *(f"i{number}", text.title, text.description, text.categories, text.provider),
        *(text.language, {"colour": text.colour}, text.created, text.price, text.available),
    )
    return dict(zip(ITEM_COLUMNS, cells, strict=True))


def _items_csv(file: IO[str], texts: Iterable[tuple[int, ItemText]]) -> None:
    writer = csv.DictWriter(file, ITEM_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number, text in texts:
        row = _item(number, text)
        row["categories"] = "|".join(text.categories)
        row["attributes"] = json.dumps(row["attributes"])
        row["available"] = "true" if text.available else "false"
        writer.writerow(row)


def _items_ndjson(file: IO[str], texts: Iterable[tuple[int, ItemText]]) -> None:
    for number, text in texts:
        file.write(json.dumps(_item(number, text), ensure_ascii=False) + "\n")


_EVENT_LINES = {
    "csv": "u%d,i%d,%s,%d,e%d\n",
    "ndjson": (
        '{"user_id": "u%d", "item_id": "i%d", "kind": "%s", "timestamp": %d, "event_id": "e%d"}\n'
    ),
}


def _events(chunk: EventChunk, first: int, form: str) -> str:
    columns = zip(
        chunk.people.tolist(),
        chunk.items.tolist(),
        [KINDS[kind] for kind in chunk.kinds.tolist()],
        chunk.times.tolist(),
        range(first, first + len(chunk)),
        strict=True,
    )
    return "".join(map(_EVENT_LINES[form].__mod__, columns))
