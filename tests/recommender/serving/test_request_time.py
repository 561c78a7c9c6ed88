"""Lists do not age: the same person gets the same list tomorrow and in fifteen years."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from catalog.models import Catalog, Item
from catalog.profiles.repeats import Intervals, most_due
from config.caching import forget_process_caches
from recommender.models import ModelVersion
from recommender.serving import live_models, recommend
from recommender.serving.item_lists import ItemList
from recommender.training import artifact_store, datasets, versions
from tests.engine.trees import with_trees
from tests.factories import change_kind, make_interaction, make_item
from tests.recommender.worlds import two_camps

PASSED = [timedelta(days=1), timedelta(days=90), timedelta(days=15 * 365)]
DAY = 86_400.0


@pytest.fixture
def mugs(catalog: Catalog) -> list[Item]:
    """Of a catalogue without dates, with a live version of two stages and an item after it."""
    items, _people = two_camps(catalog)
    data, folder = datasets.load(catalog), artifact_store.folder_name(catalog.slug, 1, "trees")
    artifact_store.write(
        Path(settings.ARTIFACTS_DIR) / folder, with_trees(data.dataset), data.item_pks, {}
    )
    version = ModelVersion.objects.create(
        catalog=catalog, number=1, folder=folder, fingerprint=data.fingerprint
    )
    versions.promote(version=version)
    make_item(catalog, title="violet mug", categories=["Mugs"])
    return items[:8]


@pytest.fixture
def taken(mugs: list[Item]) -> list[Item]:
    return mugs[:2]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    """Moves the clock of requests."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        forget_process_caches()

    return move


def scores(found: ItemList) -> list[tuple[int, float]]:
    listed = [
        (card.item.pk, sum(part.amount for part in card.contributions)) for card in found.cards
    ]
    assert all(math.isfinite(score) for _pk, score in listed)
    return listed


def test_a_list_is_the_same_whenever_it_is_asked_for(catalog, ann, mugs, at):
    def lists() -> list[object]:
        own = [
            recommend.recommend_for(ann, catalog=catalog, n=6, tail=tail, record=False)
            for tail in (None, 0.0, 1.0)
        ]
        gems = recommend.recommend_for(ann, catalog=catalog, n=6, only_tail=True, record=False)
        near = recommend.similar_items(mugs[0], n=5)
        stranger = recommend.recommend_for(None, catalog=catalog, n=6, record=False)
        assert all(found.fallback is None for found in (*own, near))
        assert all(part.amount for card in own[0].cards for part in card.contributions)
        found = [*own, gems, near, stranger]
        return [(scores(each), each.fallback, each.version) for each in found]

    start = timezone.now()
    at(start)
    before = lists()
    assert live_models.live(catalog).recommender.trees is not None
    assert any(len(listed) > 1 for listed, *_others in before)
    for passed in PASSED:
        at(start + passed)
        assert lists() == before


def test_what_comes_back_is_due_more_and_more_and_then_stays(catalog, ann, taken, at):
    """The one thing in a list that a clock decides: how due repeated items are."""
    change_kind(catalog, "take", repeatable=True)
    start, found = timezone.now(), []
    for item in taken:
        make_interaction(ann, item, created_at=start - timedelta(days=30))
    for passed in (timedelta(0), *PASSED):
        at(start + passed)
        listed = recommend.recommend_for(ann, catalog=catalog, n=16, record=False, repeat=True)
        assert listed.fallback is None
        found.append(dict(scores(listed)))
    assert len(found[0]) == 16
    for item in taken:
        just, day, quarter, years = (listed[item.pk] for listed in found)
        assert just < day < quarter == years
    others = [{pk: listed[pk] for pk in listed if pk not in {item.pk for item in taken}}
              for listed in found]  # fmt: skip
    assert others[0] == others[-1]


@pytest.mark.parametrize("passed", [-30 * DAY, -1.0, 0.0, 3 * DAY, 90 * DAY, 15 * 365 * DAY])
def test_how_due_an_item_is_lies_between_0_and_1(passed):
    """An event may be ahead of this machine's clock."""
    for times in ([0.0], [-7 * DAY, 0.0]):
        [repeat] = most_due({1: times}, Intervals(5 * DAY, {}), passed)
        assert 0 <= repeat.share <= 1
