"""What is wrong with a file, a line or a cell, and what was assumed while reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from config.errors import AppError


@dataclass(frozen=True, slots=True)
class BadLine:
    """A bad line or cell that does not affect the lines after it."""

    text: str
    reason: str
    field: str = "line"


@dataclass(slots=True)
class Notices:
    """What the reader assumed or left unread, in words, each once and in order."""

    said: dict[str, str] = field(default_factory=dict)
    counted: dict[str, tuple[int, Callable[[int], str]]] = field(default_factory=dict)

    def say(self, key: str, text: str) -> None:
        self.said.setdefault(key, text)

    def count(self, key: str, words: Callable[[int], str]) -> None:
        """``words`` gets the number of times that the same was seen."""
        before, first = self.counted.get(key, (0, words))
        self.counted[key] = (before + 1, first)

    def texts(self, without: str = "-") -> list[str]:
        """``without``: the beginning of the keys to leave out."""
        said = [text for key, text in self.said.items() if not key.startswith(without)]
        return [*said, *(words(count) for count, words in self.counted.values())]


def bad_file(name: str, line: int | None, reason: str, value: object = None) -> AppError:
    where = _("line %(line)s: ") % {"line": line} if line else ""
    details: dict[str, Any] = {
        "field": "file",
        "value": str(value if value is not None else name),
        "line": line,
        "reason": reason,
    }
    return AppError("bad_file", f"{name}: {where}{reason}", 400, details)


def bad_option(name: str, value: object, reason: str) -> AppError:
    details = {"field": name, "value": str(value), "reason": reason}
    return AppError("bad_option", f"--{name} {value}: {reason}", 400, details)


def spreadsheet_error() -> str:
    return _("is an error of the spreadsheet; mend the formula or clear the cell")


def ragged(cells: int, columns: int) -> str:
    counts = {"cells": cells, "columns": columns}
    return _("has %(cells)s cells, but the header has %(columns)s columns") % counts
