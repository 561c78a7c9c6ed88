from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.engine.data.errors import ArtifactError
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.scorers import registry
from recommender.engine.scorers.ratings.scorer import Rating, RatingParams
from recommender.engine.storage import manifest
from recommender.engine.storage.artifacts import read, write
from tests.engine.builders import dataset, random_dataset
from tests.engine.fakes import Together, TogetherParams
from tests.engine.lists import explain
from tests.engine.trees import with_trees

ABOUT = {
    "fingerprint": "abc",
    "created": "2026-01-02T03:04:05Z",
    "metrics": {"ndcg": np.float32(0.5), "cold": np.nan},
}
DATA = random_dataset()
IDS = [f"sku-{item}·é" for item in range(DATA.n_items)]


@pytest.fixture(scope="module", autouse=True)
def _together_is_registered():
    registry.SCORERS["together"] = Together
    yield
    del registry.SCORERS["together"]


@pytest.fixture(scope="module")
def recommender():
    return Recommender.of(
        Together(TogetherParams(shrink=0.1)).fit(DATA, np.random.default_rng(0)), DATA
    )


@pytest.fixture(scope="module")
def original(recommender, tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifacts") / "v1"
    write(folder, recommender, item_ids=IDS, about=ABOUT)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(original, tmp_path):
    return copy_of(original, tmp_path / "v1")


def copy_of(original, folder):
    folder.mkdir()
    for name, content in original.items():
        (folder / name).write_bytes(content)
    return folder


def edit(folder, change):
    content = json.loads((folder / "manifest.json").read_text())
    change(content)
    (folder / "manifest.json").write_text(json.dumps(content))


def test_a_written_artifact_is_read_bit_by_bit(recommender, folder):
    artifact = read(folder)
    again = artifact.recommender
    assert artifact.item_ids.tolist() == IDS
    assert again.scorer.params == TogetherParams(shrink=0.1)
    assert again.counts.tolist() == recommender.counts.tolist()
    assert again.head.tolist() == recommender.head.tolist()
    assert again.providers.tolist() == recommender.providers.tolist()
    for user in range(DATA.n_users):
        request = Request(
            DATA.query(user), tail=0.3, diversity=0.2, calibration=0.2, min_provider_share=0.5
        )
        ours, theirs = recommender.recommend(request), again.recommend(request)
        assert (ours.ranked_items, ours.fallback) == (theirs.ranked_items, theirs.fallback)
        np.testing.assert_array_equal(
            recommender.scorer.score(request.query), again.scorer.score(request.query)
        )


def test_trees_are_read_bit_by_bit(tmp_path):
    ours = with_trees(DATA)
    write(tmp_path / "v", ours, item_ids=IDS, about={})
    theirs = read(tmp_path / "v").recommender
    for name, array in ours.trees.get_state().items():
        np.testing.assert_array_equal(array, theirs.trees.get_state()[name], name)
    for user in range(DATA.n_users):
        request = Request(DATA.query(user), n=20)
        made = [each.recommend(request).ranked_items for each in (ours, theirs)]
        assert made[0] == made[1]
        listed = [place.item for place in made[0]]
        assert explain(ours, request, *listed) == explain(theirs, request, *listed)


def test_an_artifact_from_before_trees_is_read_without(folder):
    edit(folder, lambda content: content.pop("tree_features"))
    sign(folder)
    assert read(folder).recommender.trees is None


def test_trees_of_other_features_are_rejected(tmp_path):
    write(tmp_path / "v", with_trees(DATA), item_ids=IDS, about={})
    edit(tmp_path / "v", lambda content: content["tree_features"].append("unheard_of"))
    sign(tmp_path / "v")
    with pytest.raises(ArtifactError, match=r"tree_features.*unheard_of"):
        read(tmp_path / "v")


def test_the_manifest_stores_the_metadata(folder):
    stored = read(folder).manifest
    assert stored.about["metrics"] == {"ndcg": 0.5, "cold": None}
    assert stored.about["fingerprint"] == "abc"
    assert stored.params == {"shrink": 0.1}
    assert "20 % most popular" in stored.tail_rule


def test_integer_ids_stay_integers(recommender, tmp_path):
    write(tmp_path / "v", recommender, item_ids=np.arange(DATA.n_items) + 2**40, about={})
    ids = read(tmp_path / "v").item_ids
    assert ids.dtype == np.int64
    assert ids[3] == 2**40 + 3


def test_arrays_are_mapped_and_cannot_be_written_to(folder):
    weights = read(folder).recommender.scorer.weights
    assert isinstance(weights.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        weights[0, 0] = 1


def test_an_artifact_is_never_changed(recommender, folder, original):
    with pytest.raises(ArtifactError, match="exists already"):
        write(folder, recommender, item_ids=IDS, about={})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == original


def test_a_failed_write_leaves_nothing_behind(recommender, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArtifactError, match="No space left"):
        write(tmp_path / "v1", recommender, item_ids=IDS, about={})
    assert list(tmp_path.iterdir()) == []


def test_all_files_are_on_the_disk_before_the_folder_appears(recommender, tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: done.append(os.readlink(f"/proc/self/fd/{handle}"))
    )
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, to: done.append("rename") or rename(path, to))
    write(tmp_path / "v1", recommender, item_ids=IDS, about={})
    before, after = done[: done.index("rename")], done[done.index("rename") + 1 :]
    unfinished = {Path(path).parent.name for path in before if path.endswith((".npy", ".json"))}
    assert {Path(path).name for path in before[:-1]} == {
        path.name for path in (tmp_path / "v1").iterdir()
    }
    assert unfinished == {Path(before[-1]).name}
    assert after == [str(tmp_path)]


def test_processes_of_other_accounts_can_read_an_artifact(recommender, tmp_path):
    write(tmp_path / "v", recommender, item_ids=IDS, about={})
    assert (tmp_path / "v").stat().st_mode & 0o777 == 0o755


def test_there_must_be_one_id_per_item(recommender, tmp_path):
    with pytest.raises(ArtifactError, match="item_ids"):
        write(tmp_path / "v", recommender, item_ids=IDS[1:], about={})


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.data())
def test_any_damaged_file_is_rejected_with_its_name(original, tmp_path_factory, data):
    folder = copy_of(original, tmp_path_factory.mktemp("damaged") / "v")
    name = data.draw(st.sampled_from(sorted(original)))
    content = bytearray(original[name])
    at = data.draw(st.integers(0, len(content) - 2))  # the last may be an end of line
    match data.draw(st.sampled_from(["flip", "cut", "remove"])):
        case "flip":
            content[at] ^= 1 << data.draw(st.integers(0, 7))
            (folder / name).write_bytes(content)
        case "cut":
            (folder / name).write_bytes(content[:at])
        case "remove":
            (folder / name).unlink()
    with pytest.raises(ArtifactError, match=name.replace(".", r"\.")):
        read(folder)


def test_sizes_are_compared_even_without_verifying(folder, original):
    (folder / "counts.npy").write_bytes(original["counts.npy"][:-1])
    with pytest.raises(ArtifactError, match=r"counts\.npy.*bytes instead of"):
        read(folder, verify=False)


def test_an_edited_manifest_is_rejected(folder):
    edit(folder, lambda content: content["params"].update(shrink=0.2))
    with pytest.raises(ArtifactError, match="changed after writing"):
        read(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(version=0), "version 0; this Longtail reads 1 to"),
        (lambda content: content.update(version="1"), "version '1'; this Longtail reads 1 to"),
        (lambda content: content.update(format="pickle"), "not a longtail-artifact"),
    ],
)
def test_an_unknown_format_is_rejected(folder, change, message):
    edit(folder, change)
    with pytest.raises(ArtifactError, match=message):
        read(folder)


def sign(folder):
    """Give an edited manifest the checksum of its new content, as an attacker would."""
    edit(folder, lambda content: content.pop("checksum"))
    content = json.loads((folder / "manifest.json").read_text())
    edit(folder, lambda content_: content_.update(checksum=manifest.checksum_of(content)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda content: content["files"].update(
                {"../counts.npy": content["files"]["counts.npy"]}
            ),
            "own folder",
        ),
        (lambda content: content["files"]["counts.npy"].pop("shape"), "incomplete"),
        (lambda content: content.pop("files"), "incomplete"),
        (lambda content: content.pop("params"), "incomplete"),
        (lambda content: content["params"].update(unheard_of=1), "cannot be rebuilt"),
        (lambda content: content["files"].pop("item_ids.npy"), "cannot be rebuilt"),
        (lambda content: content["files"]["counts.npy"].update(dtype="<f8"), r"counts\.npy"),
    ],
)
def test_a_signed_but_invalid_manifest_is_rejected(folder, change, message):
    edit(folder, change)
    sign(folder)
    with pytest.raises(ArtifactError, match=message):
        read(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
def test_a_manifest_that_is_not_json_is_rejected(folder, content):
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"manifest\.json"):
        read(folder)


def test_an_unknown_scorer_is_rejected(folder, monkeypatch):
    monkeypatch.delitem(registry.SCORERS, "together")
    with pytest.raises(ArtifactError, match=r"cannot be rebuilt.*together"):
        read(folder)


def test_a_missing_folder_is_rejected(tmp_path):
    with pytest.raises(ArtifactError, match="nowhere"):
        read(tmp_path / "nowhere")


def test_an_empty_catalogue_can_be_stored(tmp_path):
    nothing = dataset([], 0, n_users=0)
    fitted = Recommender.of(Together().fit(nothing, np.random.default_rng(0)), nothing)
    write(tmp_path / "v", fitted, item_ids=[], about={})
    assert read(tmp_path / "v").recommender.n_items == 0


def test_a_rating_model_is_stored_once(tmp_path):
    data = random_dataset(stars=True)
    rating = Rating(RatingParams(factors=3)).fit(data, np.random.default_rng(0))
    together = Together().fit(data, np.random.default_rng(0))
    write(
        tmp_path / "beside", Recommender.of(together, data, rating=rating), item_ids=IDS, about={}
    )
    again = read(tmp_path / "beside").recommender
    np.testing.assert_array_equal(again.rating.score(data.query(1)), rating.score(data.query(1)))
    assert again.rating.params == rating.params
    write(tmp_path / "within", Recommender.of(rating, data), item_ids=IDS, about={})
    within = read(tmp_path / "within")
    assert within.recommender.rating is within.recommender.scorer
    assert not [name for name in within.manifest.files if name.startswith("rating.")]
