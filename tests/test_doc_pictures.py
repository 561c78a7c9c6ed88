from __future__ import annotations

import pytest

from tests import doc_pictures
from tests.doc_pictures import ROOT, pages, publish, shown, stored

MOST, MOST_BYTES = 24, 2 * 2**20


def test_pictures_are_few_and_small():
    files = stored()
    assert len(files) <= MOST
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES


def test_every_picture_is_shown_and_every_picture_shown_is_there():
    on_pages = {file for page in pages() for file in shown(page)}
    assert {str(file.relative_to(ROOT)) for file in on_pages} == {
        str(file.relative_to(ROOT)) for file in stored()
    }


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A page that shows one of two taken pictures, and an old one that no page shows."""
    taken, published = tmp_path / "taken", tmp_path / "published"
    for folder, names in ((taken, ("home", "item")), (published, ("home", "old"))):
        folder.mkdir()
        for name in names:
            (folder / f"{name}.webp").write_text(folder.name)
    page = tmp_path / "page.md"
    page.write_text("| ![Home](published/home.webp) | ![Elsewhere](https://example.org/a.png) |")
    monkeypatch.setattr(doc_pictures, "TAKEN", taken)
    monkeypatch.setattr(doc_pictures, "PUBLISHED", published)
    monkeypatch.setattr(doc_pictures, "pages", lambda: [page])
    return taken, published


def test_publishing_copies_what_pages_show_and_nothing_else(folders):
    _taken, published = folders
    publish()
    assert {file.name: file.read_text() for file in published.iterdir()} == {"home.webp": "taken"}


def test_publishing_names_a_picture_that_was_not_taken_and_changes_nothing(folders):
    taken, published = folders
    (taken / "home.webp").unlink()
    with pytest.raises(SystemExit, match=r"home\.webp"):
        publish()
    assert {file.name for file in published.iterdir()} == {"home.webp", "old.webp"}
