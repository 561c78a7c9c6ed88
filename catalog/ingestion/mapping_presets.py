"""The presets by name: files of known programs, read without naming any column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.presets import (
    goodreads,
    magento,
    merchant,
    moodle,
    movielens,
    shopify,
    woocommerce,
)
from catalog.ingestion.presets.base import Preset
from catalog.ingestion.reading.rows import Line, ReadOptions, RowSource
from config.errors import invalid_field

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for file in (shopify, woocommerce, magento, merchant, movielens, goodreads, moodle)
    for preset in file.PRESETS
}


def presets_of(holds: str) -> list[Preset]:
    """The presets for ``items`` or ``interactions``."""
    return [preset for preset in PRESETS.values() if preset.holds == holds]


def find_preset(name: str, holds: str) -> Preset:
    """The preset of a name.

    Raises:
        AppError: ``invalid``, with those that there are.
    """
    preset = PRESETS.get(name)
    if preset is None or preset.holds != holds:
        names = ", ".join(each.name for each in presets_of(holds))
        raise invalid_field("preset", name, _("must be one of %(names)s") % {"names": names})
    return preset


class PresetRows:
    """Rows of ours from those of a known program; like them, read as often as needed.

    Attributes:
        header: the program's column -> the name in the file.
        count: lines of the file, bad ones too.
    """

    def __init__(self, rows: RowSource, preset: Preset) -> None:
        self.preset, self._rows = preset, rows
        self._said: dict[str, bool] = {}
        self.count, self.header = rows.count, rows.header

    @property
    def notices(self) -> list[str]:
        """What was assumed and left out; the preset's part is known after a reading."""
        return [*self._rows.notices, *self._said]

    def __iter__(self) -> Iterator[Line]:
        return self.preset.rows(self._rows, self._say)

    def _say(self, text: Any) -> None:
        self._said[str(text)] = True


def merged(preset: ReadOptions, chosen: ReadOptions) -> ReadOptions:
    """The preset's options, where the person said nothing else."""
    return replace(
        chosen,
        encoding=chosen.encoding or preset.encoding,
        delimiter=chosen.delimiter or preset.delimiter,
        columns=chosen.columns or preset.columns,
    )
