"""What the trees of a version read, and how much each of it matters."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from catalog.models import Catalog
from recommender.admin.tree_features import tree_features_of
from recommender.engine.ranking.features import FEATURES
from recommender.models import ModelVersion
from tests import people
from tests.recommender.admin.helpers import make_version, page_of

pytestmark = pytest.mark.django_db

NAMES = [feature.name for feature in FEATURES]
IMPORTANCE = dict.fromkeys(NAMES, 0.0) | {"words": 0.5, "below_best": 0.3, "trend_6": 0.2}


def version_with(catalog: Catalog, *, served: bool = True, **more: Any) -> ModelVersion:
    figures = {"ndcg_at_10": 0.1, "tail_recall": 0.1, "cold_recall": 0.1, "breadth": 0.3}
    reason = "" if served else "there is one slice only"
    tried = {"served": served, "reason": reason, "gain": 0.02, "first_stage": figures, **more}
    blend = {"weights": {"words": 0.7, "item_knn": 0.3}}
    return make_version(catalog, report={"validation": {"trees": tried}}, blend=blend)


def page(version: ModelVersion, language: str = "en") -> str:
    client = people.viewer()
    headers = {"accept-language": language}
    address = page_of("modelversion_change", version.pk)
    return client.get(address, headers=headers).content.decode()


def test_features_are_ordered_by_how_much_they_matter(catalog: Catalog) -> None:
    words, below_best, trend, *others = tree_features_of(version_with(catalog), IMPORTANCE)
    assert (words.name, words.share, words.percent) == ("words", "50.0%", 100.0)
    assert words.meaning == "“Words in the texts”: its score over its deviation"
    assert (below_best.name, below_best.share, below_best.percent) == ("below_best", "30.0%", 60.0)
    assert (trend.name, trend.share) == ("trend_6", "20.0%")
    assert [each.name for each in others] == [
        name for name in NAMES if name not in ("below_best", "trend_6")
    ]


def test_without_the_figure_the_features_are_listed(catalog: Catalog) -> None:
    found = tree_features_of(version_with(catalog), None)
    assert [each.name for each in found] == ["words", "item_knn", *NAMES]
    assert {each.share for each in found} == {""}


def test_a_feature_of_another_release_is_shown_by_name(catalog: Catalog) -> None:
    first, *_others = tree_features_of(version_with(catalog), {"former": 1.0})
    assert (first.name, first.meaning, first.percent) == ("former", "", 100.0)


def test_the_page_lists_every_feature_with_its_share(catalog: Catalog) -> None:
    text = page(version_with(catalog, importance=IMPORTANCE))
    assert "What the trees read" in text
    for feature in FEATURES:
        assert f"<code>{feature.name}</code>" in text
        assert feature.meaning in text
    assert "30.0%" in text
    assert 'style="width: 60.0%"' in text


def test_the_page_says_it_in_chinese(catalog: Catalog) -> None:
    version = version_with(catalog, importance=IMPORTANCE)
    text = page(version, "zh-hans")
    assert "树模型读取的特征" in text
    with translation.override("zh-hans"):
        shown = {each.name: each.meaning for each in tree_features_of(version, IMPORTANCE)}
    for feature in FEATURES:
        assert shown[feature.name] != feature.meaning, feature.name
        assert shown[feature.name] in text
    assert "width: 60.0%" in text


def test_an_old_version_lists_them_without_bars(catalog: Catalog) -> None:
    text = page(version_with(catalog))
    assert "<code>trend_6</code>" in text
    assert "share of splits" not in text


def test_without_trees_nothing_is_listed(catalog: Catalog) -> None:
    assert "What the trees read" not in page(version_with(catalog, served=False))
