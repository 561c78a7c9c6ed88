from __future__ import annotations

import stat
from dataclasses import dataclass

import numpy as np
import pytest

from recommender.training.stage_files import StageFiles


@dataclass
class Fitted:
    values: np.ndarray
    texts: object


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "run-7"
    folder.mkdir()
    return folder


TEXTS = ["a text", "another"]
KNOWN = {"texts": TEXTS}


def save(folder, key="key", **options):
    files = StageFiles(folder, key, **options)
    files.save("fitting", Fitted(np.arange(5), TEXTS), KNOWN)
    return files


def path_in(folder):
    (path,) = folder.iterdir()
    return path


def test_a_result_comes_back_with_the_objects_that_were_known(folder):
    save(folder)
    texts = ["a text", "another"]
    found = StageFiles(folder, "key").load("fitting", {"texts": texts})
    np.testing.assert_array_equal(found.values, np.arange(5))
    assert found.texts is texts
    assert b"another" not in path_in(folder).read_bytes()


def test_only_the_account_of_the_product_may_read_it(folder):
    save(folder)
    assert stat.S_IMODE(path_in(folder).stat().st_mode) == 0o600


def test_what_is_not_stored_is_none(folder):
    assert StageFiles(folder, "key").load("fitting", KNOWN) is None


def test_a_file_of_other_data_is_ignored_and_the_log_says_so(folder, caplog):
    save(folder)
    assert StageFiles(folder, "another key").load("fitting", KNOWN) is None
    assert "other data" in caplog.text


@pytest.mark.parametrize("at", [0, 20, 60, -40, -1])
def test_one_changed_byte_anywhere_is_noticed(folder, caplog, at):
    files = save(folder)
    content = bytearray(path_in(folder).read_bytes())
    content[at] ^= 1
    path_in(folder).write_bytes(content)
    assert files.load("fitting", KNOWN) is None
    assert "is ignored" in caplog.text


@pytest.mark.parametrize("length", [0, 30, 100])
def test_a_cut_file_is_ignored(folder, caplog, length):
    files = save(folder)
    path_in(folder).write_bytes(path_in(folder).read_bytes()[:length])
    assert files.load("fitting", KNOWN) is None
    assert "is damaged" in caplog.text


def test_nothing_is_written_where_the_folder_was_deleted(folder):
    folder.rmdir()
    save(folder)
    assert not folder.exists()


def test_nothing_is_written_after_an_erasure(folder):
    save(folder, allowed=lambda: False)
    assert list(folder.iterdir()) == []


def test_what_is_written_during_an_erasure_is_deleted(folder):
    answers = iter([True, False])
    save(folder, allowed=lambda: next(answers))
    assert list(folder.iterdir()) == []


def test_what_cannot_be_written_is_said_and_leaves_no_file(folder, caplog):
    StageFiles(folder, "key").save("fitting", lambda: None, {})
    assert list(folder.iterdir()) == []
    assert "is not stored" in caplog.text


def test_a_full_disk_does_not_end_the_training(folder, caplog, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    save(folder)
    assert list(folder.iterdir()) == []
    assert "No space left" in caplog.text
