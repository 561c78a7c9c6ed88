"""Opens a file for an import: with a preset, as Google Merchant XML, or as a table or JSON."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from catalog.ingestion.file_readers import FileKind, Rows, read_rows
from catalog.ingestion.mapping_presets import PresetRows, find_preset, merged
from catalog.ingestion.merchant_xml import MerchantRows, is_xml
from catalog.ingestion.reading.rows import Line, ReadOptions, RowSource

XML_PRESET = "merchant"


def open_rows(
    source: Path | Any, kind: FileKind, options: ReadOptions | None = None, preset: str = ""
) -> RowSource:
    """The rows of a file.

    Args:
        source: a path, or an open binary file with a ``name``; rows that are open already are
            returned as they are.
        preset: a name of `mapping_presets`; empty: our own columns, or Google Merchant XML.

    Raises:
        AppError: ``bad_file``, ``bad_option``, or ``invalid`` for an unknown preset.
    """
    if isinstance(source, (Rows, PresetRows, MerchantRows, SeenItems)):
        return source
    if kind.name == "items" and preset in ("", XML_PRESET) and is_xml(start_of(source)):
        return MerchantRows(source)
    if preset:
        known = find_preset(preset, kind.name)
        chosen = merged(known.options, options or ReadOptions())
        return PresetRows(read_rows(source, known.source, chosen), known)
    return read_rows(source, kind, options)


def start_of(source: Path | Any, size: int = 200) -> bytes:
    """The first bytes of a file, unpacked; empty for one that cannot be read."""
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                return _start(file, size)
        source.seek(0)
        return _start(source, size)
    except (OSError, EOFError):
        return b""


def _start(file: Any, size: int) -> bytes:
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return gzip.GzipFile(fileobj=file, mode="rb").read(size) if packed else file.read(size)


class SeenItems:
    """Rows whose item ids are remembered, those of bad rows too."""

    def __init__(self, rows: RowSource) -> None:
        self.rows, self.count, self.ids = rows, rows.count, set[str]()

    @property
    def notices(self) -> list[str]:
        return self.rows.notices

    @property
    def header(self) -> Mapping[str, str]:
        return self.rows.header

    def __iter__(self) -> Iterator[Line]:
        for line in self.rows:
            if isinstance(line.row, Mapping) and (item_id := line.row.get("item_id")):
                self.ids.add(str(item_id).strip())
            yield line
