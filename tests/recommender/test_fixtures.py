from __future__ import annotations

from recommender.serving import recommend
from tests.factories import make_interaction


def test_the_live_version_serves_its_two_camps(live_version, profile, items):
    make_interaction(profile, items[0])
    page = recommend.recommend_for(profile, catalog=live_version.catalog, n=2)
    assert (page.version, page.fallback) == (live_version, None)
    assert {card.item for card in page.cards} == {items[1], items[2]}
