"""What controls were measured to do stands on the page as it was measured."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.utils import translation

from recommender.experiments import controls
from recommender.views import published_controls
from tests.html import compact

KEYS = {"trials": 40, "low": 0.81234, "high": 0.95, "before": 5.0, "after": 0.6}


def figures(**changed: Any) -> dict[str, Any]:
    figures = {name: {**KEYS, "prevented": 0.876} for name in published_controls.NAMES}
    figures["more_like_this"] = {**KEYS, "times": 2.345}
    figures["same_item"] = {**KEYS, "prevented": 1.0, "low": 1.0, "high": 1.0}
    figures["deleted_word"] = {
        "trials": 0,
        "prevented": None,
        "low": None,
        "high": None,
        "before": None,
        "after": None,
    }
    dial = {"trials": 40, "monotone": 0.975, "low": 0.9, "high": 1.0, "steps": [], "tail_share": []}
    one = {
        "name": "shop",
        "title": "Gift shop",
        "is_simulated": False,
        "trials": 1200,
        "controls": figures,
    }
    return {
        "seeds": 3,
        "people": 40,
        "machine": {},
        "catalogues": [{**one, "dial": dial, **changed}],
    }


@pytest.fixture
def file(monkeypatch, tmp_path):
    monkeypatch.setattr(published_controls, "FILE", tmp_path / "control_figures.json")
    return tmp_path / "control_figures.json"


def page_of(client) -> str:
    return compact(unescape(client.get("/c/shop/how/").content.decode()))


def test_the_page_shows_what_was_measured_and_follows_the_next_measurement(client, items, file):
    file.write_text(json.dumps(figures()))
    page = page_of(client)
    assert "Measured in 1,200 trials" in page
    assert re.search(r"the item itself</th><td[^>]*>100 %<span[^>]*>100 % – 100 %<", page)
    assert re.search(r"items with similar text</th><td[^>]*>87.6 %<span[^>]*>81.2 % – 95 %<", page)
    assert re.search(r"how many times more similar items</th><td[^>]*>2.3 ×<", page)
    assert re.search(r"when they turn it up</th><td[^>]*>97.5 %<", page)
    assert "Gift shop<span" in page
    assert "real people" in page
    file.write_text(json.dumps(figures(is_simulated=True, title="Courses")))
    assert "simulated people" in page_of(client)


@pytest.mark.parametrize(
    ("title", "shown"), [("Gift shop", "礼品店"), ("ml-latest-small", "ml-latest-small")]
)
def test_a_demo_catalogue_is_called_by_its_name_in_the_readers_language(
    client, items, file, title, shown
):
    file.write_text(json.dumps(figures(title=title)))
    page = client.get("/c/shop/how/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert f"{shown}<span" in page


def test_every_demo_catalogue_that_comes_with_the_code_has_a_chinese_name():
    with translation.override("zh-hans"):
        found = published_controls.measured()
    titles = [title for title, _is_simulated in found.catalogues]
    assert titles[:4] == ["礼品店", "编程课程与图书", "日常健康", "慢慢记"]


def test_what_could_not_be_tried_has_no_figure(client, items, file):
    file.write_text(json.dumps(figures()))
    assert re.search(r"items that contain it</th><td[^>]*>–</td>", page_of(client))


def test_without_a_measurement_nothing_is_claimed(client, items, file):
    assert "Do the controls work?" not in page_of(client)


def test_every_measured_control_is_published():
    assert {*published_controls.NAMES, controls.MORE} == set(controls.CONTROLS)


def test_the_figures_that_come_with_the_code_can_be_read():
    found = published_controls.measured()
    assert found is not None
    assert {len(cells) for _name, cells in found.rows} == {len(found.catalogues)}
    assert found.trials > 0
