"""The pictures that README.md and docs/ show.

They are few, since every clone has all versions of each. `make screenshots` takes all pictures into
var/screenshots. `python -m tests.doc_pictures` (`make screenshots-docs`) copies those that a page
shows to docs/screenshots. To publish another picture, show it on a page.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TAKEN, PUBLISHED = ROOT / "var" / "screenshots", ROOT / "docs" / "screenshots"
KINDS = {".webp", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".avif"}
OF_THE_PRODUCT = ("catalog/demo/data/", "templates/static/")
"""Pictures below these folders belong to the demo catalogues and to the site itself."""

NOT_OURS = {".git", ".venv", "var", "node_modules", "site"}
"""What git ignores at the top of the repository."""

IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)|<img[^>]*\bsrc=\"([^\"]+)")


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def shown(page: Path) -> Iterator[Path]:
    """The picture files on a page, without those of other sites."""
    for match in IMAGE.finditer(page.read_text()):
        address = match[1] or match[2]
        if "://" not in address:
            yield (page.parent / address.partition("#")[0]).resolve()


def stored() -> list[Path]:
    """Pictures in the repository's folders."""
    folders = [entry for entry in ROOT.iterdir() if entry.name not in NOT_OURS]
    files = [
        file for folder in folders for file in (folder.rglob("*") if folder.is_dir() else [folder])
    ]
    pictures = [file for file in files if file.suffix in KINDS]
    return [
        file
        for file in pictures
        if not file.relative_to(ROOT).as_posix().startswith(OF_THE_PRODUCT)
    ]


def publish() -> None:
    """Copy the latest version of all shown pictures; remove pictures that no page shows."""
    wanted = {file for page in pages() for file in shown(page) if file.parent == PUBLISHED}
    if missing := sorted(file.name for file in wanted if not (TAKEN / file.name).exists()):
        sys.exit(f"{TAKEN}: lacks {', '.join(missing)}. Run `make screenshots` first.")
    for file in PUBLISHED.iterdir():
        if file not in wanted:
            file.unlink()
    for file in wanted:
        shutil.copyfile(TAKEN / file.name, file)


if __name__ == "__main__":
    publish()
