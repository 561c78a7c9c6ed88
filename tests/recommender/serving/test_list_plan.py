from __future__ import annotations

from recommender.serving.list_plan import fill_one, without_model
from tests.factories import make_interaction, make_profile


def test_less_known_things_without_a_model_are_the_newest(catalog, items):
    make_interaction(make_profile(catalog), items[0])
    page = fill_one(catalog, without_model(catalog, 2, None, True, frozenset()))
    assert ([card.item for card in page.cards], page.fallback) == (items[:3:-1], "newest")
    assert {card.reason for card in page.cards} == {"New here"}


def test_the_popular_come_by_how_many_chose_them(catalog, items):
    for item, people in ((items[3], 2), (items[1], 3), (items[5], 1)):
        for _ in range(people):
            make_interaction(make_profile(catalog), item)
    page = fill_one(catalog, without_model(catalog, 3, None, False, {items[1].pk}))
    assert [(card.item, card.people) for card in page.cards[:2]] == [(items[3], 2), (items[5], 1)]
    assert page.cards[0].popularity_rank < page.cards[1].popularity_rank
