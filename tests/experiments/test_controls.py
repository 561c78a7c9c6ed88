"""The measurement of controls, on data with known results and with controls that do nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import DataError
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.content import Semantic
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.interest_words.params import InterestParams
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.text.item_texts import ItemTexts
from recommender.experiments import controls, report_controls
from recommender.experiments.control_settings import FolderSetting, UsedControls
from recommender.experiments.controls import (
    CATEGORY,
    DIAL_LIST_LENGTH,
    MORE,
    PROVIDER,
    SAME,
    SIMILAR,
    WORD,
    Counted,
    tail_shares,
    try_controls,
)
from recommender.experiments.report_controls import publish_controls
from recommender.experiments.served_setting import ServedSetting
from recommender.training import versions
from recommender.views import published_controls
from tests.engine.builders import random_dataset
from tests.engine.fakes import Together
from tests.factories import make_profile
from tests.recommender.worlds import publish_by_hand, two_camps

N_ITEMS, KINDS = 300, 100
THINGS = [f"thing{chr(97 + at % 26)}{chr(97 + at // 26)}" for at in range(KINDS)]
QUIET = lambda _text: None  # noqa: E731


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Every thing three times, by seven makers, in ten categories; no word is in all items."""
    plain = random_dataset(seed=5, n_users=60, n_items=N_ITEMS, n_events=1800)
    items = replace(
        plain.items,
        titles=[THINGS[at % KINDS] for at in range(N_ITEMS)],
        categories=[(f"shelf{'abcdefghij'[at % 10]}",) for at in range(N_ITEMS)],
        providers=[f"maker {at % 7}" for at in range(N_ITEMS)],
    )
    return replace(plain, items=items)


@pytest.fixture(scope="module")
def setting(data: Dataset) -> FolderSetting:
    vectors = np.eye(KINDS, dtype=np.float32)[np.arange(N_ITEMS) % KINDS]
    texts = ItemTexts(data.items, vectors)
    scorer = Hybrid((Together(), Semantic(texts=texts)), Blend({"together": 1.0, "semantic": 1.0}))
    interest = Interest(InterestParams(width=8, hidden=4, fewest=10**6), texts).fit(
        data, np.random.default_rng(0)
    )
    recommender = Recommender.of(scorer.fit(data, np.random.default_rng(0)), data, interest)
    loaded = SimpleNamespace(dataset=data, listed=np.ones(N_ITEMS, dtype=bool))
    folder = SimpleNamespace(name="things", loaded=loaded)
    return FolderSetting(folder, recommender, {"tail": 0.3, "min_tail_share": 0.2})  # type: ignore[arg-type]


@dataclass(frozen=True)
class WithoutControls(FolderSetting):
    """Makes every list without the controls."""

    def request(self, person: int, used: UsedControls, n: int) -> Request:
        return super().request(person, UsedControls(), n)


def test_working_controls_prevent_all(setting):
    found = try_controls(setting, people=12, seeds=2, say=QUIET)
    assert found["trials"] == 24
    for control in (SAME, SIMILAR, CATEGORY, PROVIDER, WORD):
        figures = found["controls"][control]
        assert figures["trials"] > 0, control
        assert figures["prevented"] == figures["low"] == figures["high"] == 1.0, control
    assert found["controls"][MORE]["times"] >= 1


def test_controls_that_do_nothing_are_detected(setting):
    without = WithoutControls(setting.folder, setting.recommender, setting.asks)
    found = try_controls(without, people=12, seeds=1, say=QUIET)
    assert {
        found["controls"][control]["prevented"] for control in (SAME, CATEGORY, PROVIDER, WORD)
    } == {0.0}
    assert found["controls"][MORE]["times"] == 1


def test_the_same_seeds_give_the_same_figures(setting):
    assert try_controls(setting, people=5, seeds=1, say=QUIET) == try_controls(
        setting, people=5, seeds=1, say=QUIET
    )


def test_a_dial_that_is_not_monotone_is_detected(setting, monkeypatch):
    assert try_controls(setting, people=8, seeds=1, say=QUIET)["dial"]["monotone"] == 1.0
    monkeypatch.setattr(controls, "DIAL_STEPS", (1.0, 0.5, 0.0))
    found = try_controls(setting, people=8, seeds=1, say=QUIET)["dial"]
    assert found["monotone"] < 0.5
    assert found["tail_share"][0] > found["tail_share"][-1]


def test_at_the_dials_left_end_no_place_is_reserved(setting):
    reserved = replace(setting, asks={"tail": 0.3, "min_tail_share": 0.9})
    steps = tail_shares(reserved, int(setting.people[0]))
    assert steps[0] == tail_shares(setting, int(setting.people[0]))[0] < 0.9
    assert (steps[1:] >= 0.9 - 1 / DIAL_LIST_LENGTH).all()


def test_the_figures_are_those_that_the_site_shows():
    assert report_controls.FIGURES == published_controls.FILE


def test_prevented_is_the_share_over_all_trials_with_unwanted_items():
    counted = Counted()
    for before, after in ((8, 2), (2, 0), (0, 0)):
        counted.add(before, after)
    figures = counted.figures()
    assert (figures["trials"], figures["prevented"], figures["before"], figures["after"]) == (
        2,
        0.8,
        5.0,
        1.0,
    )
    assert 0.75 <= figures["low"] <= 0.8 <= figures["high"] <= 1.0
    assert Counted().figures()["prevented"] is None


def test_the_page_and_the_site_get_the_same_figures(setting, tmp_path):
    found = try_controls(setting, people=3, seeds=1, say=QUIET)
    machine = {
        "cores": 2,
        "processor": "P",
        "memory_gib": 4,
        "system": "S",
        "python": "3",
        "libraries": {},
        "threads": {},
        "engine": "e",
    }
    results = {"machine": machine, "people": 3, "seeds": 1, "places": 50, "catalogues": [found]}
    page, figures = tmp_path / "controls.md", tmp_path / "figures.json"
    page.write_text("before\n<!-- controls: begin -->\nold\n<!-- controls: end -->\nafter\n")
    assert publish_controls(results, tmp_path, figures) == [page, figures]
    text = page.read_text()
    assert "| Hidden category | 100 % | 100 % [100 %, 100 %]" in text
    assert "old" not in text
    assert text.endswith("after\n")
    assert (
        json.loads(figures.read_text())["catalogues"][0]["controls"]["same_item"]["prevented"]
        == 1.0
    )
    page.write_text("no place")
    with pytest.raises(DataError, match=r"controls\.md: needs"):
        publish_controls(results, tmp_path, figures)


class TestServedSetting:
    @pytest.fixture
    def served(self, catalog, artifacts) -> ServedSetting:
        two_camps(catalog)
        versions.promote(version=publish_by_hand(catalog, 1))
        return ServedSetting.of(catalog)

    def test_its_requests_have_the_used_controls(self, served):
        person = served.people[0]
        plain = served.request(person, UsedControls(), 10)
        assert set(plain.query.history) <= set(plain.exclude.tolist())
        assert plain.allowed is not None
        hidden = np.arange(16) >= 8
        assert set(range(8, 16)) <= set(
            served.request(person, UsedControls(hidden=hidden), 10).exclude.tolist()
        )
        disliked = served.request(person, UsedControls(disliked=6), 10)
        assert [feedback.item for feedback in disliked.query.negative_feedback] == [6]
        assert 6 in disliked.exclude
        assert served.request(
            person, UsedControls(unwanted="mug"), 10
        ).query.stated_preferences.unwanted == {"mug"}
        assert served.request(person, UsedControls(liked=7), 10).query.history[-1] == 7
        assert not served.request(person, UsedControls(removed=6), 10).query.negative_feedback

    def test_without_a_live_model_the_error_explains_what_to_do(self, catalog):
        with pytest.raises(DataError, match="train it first"):
            ServedSetting.of(catalog)

    def test_people_with_too_little_history_are_left_out(self, served, catalog):
        make_profile(catalog)
        assert len(ServedSetting.of(catalog).people) == 24


@pytest.mark.parametrize(
    "options", [{}, {"catalogs": ["none"]}, {"catalogs": ["shop"], "people": 0}]
)
def test_the_command_rejects_bad_options(db, options):
    with pytest.raises(CommandError):
        call_command("experiment", "controls", **options)
