"""Artifacts of code before and after this one.

``stored/before_trees.tar.gz`` was written by the code of 2026-11-29 02:14 (commit 1c50f0c), which
knew no trees and scaled scores by their deviation over the catalogue: its artifact, and what it
recommended to 20 people with and without a tail dial. It is never made anew.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from recommender.engine.data.errors import ArtifactError
from recommender.engine.data.types import Query
from recommender.engine.pipeline import Request
from recommender.engine.storage import manifest
from recommender.engine.storage.artifacts import read

STORED = Path(__file__).parent / "stored" / "before_trees.tar.gz"


@pytest.fixture
def former(tmp_path) -> Path:
    """A folder with ``artifact`` and ``lists.json``."""
    with tarfile.open(STORED) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path


def test_the_artifact_of_former_code_gives_the_lists_of_former_code(former):
    recommender = read(former / "artifact").recommender
    lists = json.loads((former / "lists.json").read_text())
    assert len(lists) == 40
    for one in lists:
        request = Request(Query.of(one["history"]), n=10, tail=one["tail"])
        found = recommender.recommend(request).ranked_items
        assert [ranked.item for ranked in found] == one["items"]
        assert [ranked.score for ranked in found] == pytest.approx(one["scores"], abs=1e-4)


def signed(folder: Path, **changes: object) -> Path:
    path = folder / manifest.FILE_NAME
    content = {**json.loads(path.read_text()), **changes}
    content.pop("checksum")
    path.write_text(json.dumps({**content, "checksum": manifest.checksum_of(content)}))
    return folder


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 99}, "version 99 was written by a newer Longtail; this one reads up to"),
        ({"version": 99, "stars": []}, "version 99 with stars was written by a newer Longtail"),
        ({"stars": []}, "version 1 with stars was written by a newer Longtail"),
    ],
)
def test_the_artifact_of_newer_code_is_rejected_by_name_and_number(former, changes, message):
    folder = signed(former / "artifact", **changes)
    with pytest.raises(ArtifactError, match=message) as raised:
        read(folder)
    assert str(raised.value).startswith(str(folder / manifest.FILE_NAME))
