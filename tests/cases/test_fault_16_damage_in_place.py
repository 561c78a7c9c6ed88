"""Fault 16: a file that is damaged while its version serves; the mark goes when it reads well."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Catalog
from recommender.models import ModelVersion
from recommender.serving import live_models
from recommender.training import versions
from tests.recommender.worlds import damage, publish_by_hand, two_camps


@pytest.fixture
def both(catalog: Catalog, artifacts: Path) -> list[ModelVersion]:
    """The former version and the live one."""
    two_camps(catalog)
    made = [publish_by_hand(catalog, number) for number in (1, 2)]
    for version in made:
        versions.promote(version=version)
    return made


def serving(catalog: Catalog) -> int | None:
    model = live_models.live(catalog)
    return model.version.number if model is not None else None


def test_a_file_damaged_in_place_never_serves(catalog: Catalog, both: list[ModelVersion]) -> None:
    assert serving(catalog) == 2
    damage(both[1])
    assert [serving(catalog) for _ in range(3)] == [1, 1, 1]
    assert "checksum" in ModelVersion.objects.get(number=2).damage


def test_the_mark_goes_when_the_file_reads_well_again(
    catalog: Catalog, both: list[ModelVersion]
) -> None:
    serving(catalog)
    damage(both[1])
    serving(catalog)
    damage(both[1])  # the same byte again: as it was
    assert serving(catalog) == 2
    assert ModelVersion.objects.get(number=2).damage == ""


def test_another_process_takes_the_mark_away_too(
    catalog: Catalog, both: list[ModelVersion]
) -> None:
    ModelVersion.objects.filter(number=2).update(damage="does not match its checksum")
    live_models.forget()
    assert serving(catalog) == 2
    assert ModelVersion.objects.get(number=2).damage == ""


def damage_in_silence(version: ModelVersion) -> None:
    """Change one byte; the times of the files stay."""
    times = {path: path.stat().st_mtime_ns for path in version.path.iterdir()}
    damage(version)
    for path, changed in times.items():
        os.utime(path, ns=(changed, changed))


def test_silent_damage_is_found_by_the_checksums(
    catalog: Catalog, both: list[ModelVersion], settings: Any
) -> None:
    serving(catalog)
    damage_in_silence(both[1])
    assert serving(catalog) == 2  # nothing shows it yet
    settings.MODEL_VERIFY_SECONDS = 0
    assert [serving(catalog) for _ in range(2)][-1] == 1


def test_a_silent_repair_is_found_too(
    catalog: Catalog, both: list[ModelVersion], settings: Any
) -> None:
    serving(catalog)
    settings.MODEL_VERIFY_SECONDS = 0
    damage_in_silence(both[1])
    assert [serving(catalog) for _ in range(2)][-1] == 1
    damage_in_silence(both[1])  # the same byte again: as it was
    assert [serving(catalog) for _ in range(2)][-1] == 2
    assert ModelVersion.objects.get(number=2).damage == ""


def test_a_removed_folder_leaves_the_model_in_memory(
    catalog: Catalog, both: list[ModelVersion]
) -> None:
    serving(catalog)
    both[1].path.rename(both[1].path.with_name("elsewhere"))
    assert serving(catalog) == 2
