"""The log of a Moodle course as it is downloaded: its activities, and what people did with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.ingestion.presets.base import Cells, Preset, Say, counted, filled, text
from catalog.ingestion.reading.columns import FileKind
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import Line

SOURCE = FileKind(
    "Moodle log",
    (
        "Time", "User full name", "Event context", "Component", "Event name", "Description",
    ),
    ("Time", "Event context", "Event name"),
    ("User full name", "Event context"),
    "",
    {
        "Time": ("时间",),
        "User full name": ("用户全名",),
        "Event context": ("事件情境", "事件上下文"),
        "Component": ("组件",),
        "Event name": ("事件名称",),
        "Description": ("描述",),
    },
)  # fmt: skip
_USER = re.compile(r"[Uu]ser with id '(\d+)'")
_TAKEN = ("submitted", "completed", "completion updated", "enrolled", "graded", "uploaded")
_NUMBERS = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{2,4}),?\s+(\d{1,2}:\d{2}(?::\d{2})?)(\s*[AP]M)?$", re.I
)
_WORDS = ("%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M", "%d %b %Y, %H:%M", "%d %b %Y, %I:%M:%S %p")


def activities(lines: Iterable[Line], say: Say) -> Iterator[Line]:
    """Each event context once, as an item."""
    seen: set[str] = set()
    for line in lines:
        if isinstance(line.row, BadLine):
            yield line
        elif (context := text(line.row, "Event context")) and context not in seen:
            seen.add(context)
            yield Line(line.number, _activity(context, line.row), line.position)


def _activity(context: str, row: Cells) -> dict[str, Any]:
    kind, separator, name = context.partition(":")
    kind = kind if separator else text(row, "Component")
    return {"item_id": context, **filled(title=name.strip() or context, categories=[kind.strip()])}


def events(lines: Iterable[Line], say: Say) -> Iterator[Line]:
    month_first = _is_month_first(lines)
    nobody = 0
    for line in lines:
        if isinstance(line.row, BadLine):
            yield line
        elif person := _person(line.row):
            yield Line(line.number, _event(person, line.row, month_first), line.position)
        else:
            nobody += 1
    counted(say, nobody, _("events without a person, not read"))
    say(_("Times are read as month/day.") if month_first else _("Times are read as day/month."))


def _person(row: Cells) -> str:
    """The number in the description; a name is shared by people and changes."""
    found = _USER.search(text(row, "Description"))
    name = text(row, "User full name")
    return found[1] if found else (name if name != "-" else "")


def _event(person: str, row: Cells, month_first: bool) -> dict[str, Any]:
    name = text(row, "Event name").lower()
    return {
        "user_id": person,
        "item_id": text(row, "Event context"),
        "kind": "take" if any(word in name for word in _TAKEN) else "view",
        "timestamp": _time(text(row, "Time"), month_first),
    }


def _is_month_first(lines: Iterable[Line]) -> bool:
    """Whether some second number is no month; day/month is Moodle's usual order."""
    for line in lines:
        found = None if isinstance(line.row, BadLine) else _NUMBERS.match(text(line.row, "Time"))
        if found and int(found[1]) > 12:
            return False
        if found and int(found[2]) > 12:
            return True
    return False


def _time(value: str, month_first: bool) -> str:
    """ISO 8601; what is no such time is left for the reader to reject."""
    if found := _NUMBERS.match(value):
        order = "%m/%d" if month_first else "%d/%m"
        year = "%Y" if len(found[3]) == 4 else "%y"
        seconds = ":%S" if found[4].count(":") > 1 else ""
        clock = f"%I:%M{seconds} %p" if found[5] else f"%H:%M{seconds}"
        date = f"{found[1]}/{found[2]}/{found[3]}"
        half = f" {found[5].strip()}" if found[5] else ""
        return _parsed(f"{date} {found[4]}{half}", f"{order}/{year} {clock}") or value
    return next((time for form in _WORDS if (time := _parsed(value, form))), value)


def _parsed(value: str, form: str) -> str:
    try:
        return datetime.strptime(value, form).replace(tzinfo=UTC).isoformat()
    except ValueError:
        return ""


PRESETS = (
    Preset("moodle", gettext_lazy("Moodle log: activities"), "items", SOURCE, activities),
    Preset("moodle-events", gettext_lazy("Moodle log: events"), "interactions", SOURCE, events),
)
