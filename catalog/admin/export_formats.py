"""The formats of exports. A spreadsheet runs no cell of them, and an import gives the same rows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, JSON, XLSX
from tablib import Dataset

from catalog.ingestion.file_readers import INTERACTIONS, ITEMS
from catalog.ingestion.reading.formulas import escape_formula

NUMBERS = {"value", "price", "stock", "quantity"}
IDS = {*ITEMS.ids, *INTERACTIONS.ids}
LONGEST_CELL = 32_767
"""Characters of a cell in Excel; the library would cut the rest off in silence."""


def harmless(dataset: Dataset) -> Dataset:
    """The rows with an apostrophe before each cell that a spreadsheet would run or change."""
    headers = list(dataset.headers)
    safe = Dataset(headers=headers, title=dataset.title)
    for row in dataset:
        safe.append([_cell(name, cell) for name, cell in zip(headers, row, strict=True)])
    return safe


def _cell(name: str, cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return escape_formula(text, is_number=name in NUMBERS, is_id=name in IDS)


class SafeCSV(CSV):
    def export_data(self, dataset: Dataset, **kwargs: Any) -> Any:
        return super().export_data(harmless(dataset), **kwargs)


class SafeXLSX(XLSX):
    def export_data(self, dataset: Dataset, **kwargs: Any) -> Any:
        """Raises:
        ValueError: for a cell that Excel cannot hold; the page shows it.
        """
        safe = harmless(dataset)
        for row in safe:
            for cell in row:
                if len(cell) > LONGEST_CELL:
                    text = _("“%(id)s” has a text that is too long for Excel; export CSV instead.")
                    raise ValueError(text % {"id": row[0]})
        return super().export_data(safe, **kwargs)


EXPORT_FORMATS = (SafeCSV, JSON, SafeXLSX)
