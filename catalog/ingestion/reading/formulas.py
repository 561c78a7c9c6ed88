"""Cells that a spreadsheet would run as a formula, written harmlessly and read back unchanged."""

from __future__ import annotations

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def escape_formula(cell: str, *, is_number: bool = False) -> str:
    """The cell with ``'`` before it where a spreadsheet would see a formula.

    Args:
        is_number: the column holds numbers; -5 then stays -5.
    """
    if not _RISKY.match(cell) or (is_number and _NUMBER.fullmatch(cell)):
        return cell
    return f"'{cell}"


def unescape_formula(cell: str) -> str:
    """The cell as it was before `escape_formula`."""
    return cell[1:] if cell[:1] == "'" and _RISKY.match(cell) else cell
