"""What djlint does not look at in the templates."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDEST = 140


def test_lines_end_by_column_140():
    wide = [
        f"{file.relative_to(ROOT)}:{number}: {len(line)}"
        for file in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if len(line) > WIDEST
    ]
    assert not wide
