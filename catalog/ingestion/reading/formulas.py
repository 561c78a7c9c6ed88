"""Cells that a spreadsheet would run as a formula, written harmlessly and read back unchanged."""

from __future__ import annotations

import re

WHOLE_FLOAT = re.compile(r"-?\d{1,16}\.0+")
ROUNDED = re.compile(r"-?\d(\.\d+)?[Ee]\+\d+")
TEXT_FORMULA = re.compile(r'="([^"]*)"')
"""How some programs keep a spreadsheet from reading a text as a number: ``="001"``."""
NULLS = ("\\N", "NULL")
"""Empty cells, as databases export them. In an id they are an error, in JSON they are texts."""
ERRORS = frozenset(
    {
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA",
        "#SPILL!", "#CALC!",
    }
)  # fmt: skip
"""What a spreadsheet writes for a cell that it cannot compute."""

_RISKY = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def escape_formula(cell: str, *, is_number: bool = False, is_id: bool = False) -> str:
    """The cell with ``'`` before it where a spreadsheet would see a formula.

    So is a cell that the reader would take for something else, such as ``NULL``.

    Args:
        is_number: the column holds numbers; -5 then stays -5.
        is_id: the column holds ids; 12.0 then is a text.
    """
    if is_number and _NUMBER.fullmatch(cell):
        return cell
    bare = cell.lstrip("'")
    is_guarded = cell != bare and _is_special(bare)
    return f"'{cell}" if is_guarded or _is_special(bare, is_id=is_id) else cell


def unescape_formula(cell: str) -> str:
    """The cell as it was before `escape_formula`."""
    return cell[1:] if cell[:1] == "'" and _is_special(cell.lstrip("'")) else cell


def _is_special(bare: str, *, is_id: bool = True) -> bool:
    if _RISKY.match(bare) or bare in NULLS or bare in ERRORS:
        return True
    return is_id and bool(WHOLE_FLOAT.fullmatch(bare) or ROUNDED.fullmatch(bare))
