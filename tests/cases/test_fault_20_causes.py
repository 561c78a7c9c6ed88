"""Fault 20: a failure says its cause in words."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from django.utils import translation

from recommender.engine.data.errors import ArtifactError
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.popularity import Popularity
from recommender.engine.storage import artifacts
from recommender.training.failure_causes import cause_of, in_words
from tests.engine.builders import dataset

BANNER = """\
2026-01-02 03:04:05.678901: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
E0000 00:00:1735787045.000000  123 cuda_dnn.cc:8579] Unable to register cuDNN factory
2026-01-02 03:04:06.000000: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow
To enable the following instructions: AVX2 FMA, rebuild TensorFlow.
"""


@pytest.mark.parametrize(
    ("code", "output", "cause"),
    [
        (-9, BANNER, "killed (signal 9): probably the memory ran out"),
        (-11, BANNER, "ended by SIGSEGV (signal 11)"),
        (1, f"{BANNER}MemoryError: Unable to allocate", "ran out of memory"),
        (1, f"{BANNER}OSError: [Errno 28] No space left on device", "No space is left"),
        (3, "", "exited with code 3"),
    ],
)
def test_the_first_line_names_the_cause(code: int, output: str, cause: str) -> None:
    said = cause_of(code, output)
    assert cause in said.splitlines()[0]
    assert "tensorflow" not in said.lower()
    assert "absl" not in said


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("66000 requested and 26592 written"),
    ],
)
def test_a_full_disk_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise error

    data = dataset([(0, 0), (0, 1), (1, 1)], 3)
    made = Recommender.of(Popularity().fit(data, np.random.default_rng(0)), data)
    monkeypatch.setattr(artifacts.np, "save", full)
    with pytest.raises(ArtifactError, match="No space left"):
        artifacts.write(tmp_path / "1-abc", made, item_ids=[1, 2, 3], about={})
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_training_itself_has_the_sentence_too() -> None:
    full = ArtifactError("shop/3-1a2b3c4d: could not be written: No space left on device")
    assert in_words(full).splitlines() == [
        "No space is left on the device.",
        f"ArtifactError: {full}",
    ]
    assert in_words(MemoryError()).startswith("The training process ran out of memory.")
    assert in_words(ValueError("odd")) == "ValueError: odd"
    with translation.override("zh-hans"):
        assert in_words(full).startswith("磁盘空间已用尽。")
