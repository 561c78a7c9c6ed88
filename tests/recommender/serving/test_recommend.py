from __future__ import annotations

import pytest

from catalog.models import Item
from recommender.models import Impression, ModelVersion
from recommender.serving import live_models, recommend, user_context
from recommender.serving.list_plan import fill_one
from recommender.serving.list_request import MIN_TAIL_SHARE, ListOptions, list_request
from recommender.serving.page_plan import PagePlan
from recommender.training import versions
from tests.factories import change_kind, make_catalog, make_interaction, make_item, make_profile
from tests.recommender.worlds import publish_by_hand, rate_camps, two_camps


@pytest.fixture
def world(catalog):
    """Items (eight mugs, eight towels) and people, with a live version."""
    items, profiles = two_camps(catalog)
    versions.promote(version=publish_by_hand(catalog, 1))
    return items, profiles


@pytest.fixture
def mugs(world) -> list[Item]:
    return world[0][:8]


@pytest.fixture
def towels(world) -> list[Item]:
    return world[0][8:]


@pytest.fixture
def taken(mugs):
    """Two mugs, after the version was trained."""
    return mugs[:2]


def shown(page) -> list[Item]:
    return [card.item for card in page.cards]


class TestRecommendFor:
    def test_the_list_follows_the_history(self, catalog, ann, mugs):
        page = recommend.recommend_for(ann, catalog=catalog, n=4)
        assert set(shown(page)) <= set(mugs)
        assert page.fallback is None
        assert page.version.number == 1
        assert page.trace[0].stage == "candidates"

    def test_an_act_changes_the_next_list_without_training(self, catalog, ann, towels):
        before = shown(recommend.recommend_for(ann, catalog=catalog, n=4))
        for towel in towels[:3]:
            make_interaction(ann, towel)
        after = shown(recommend.recommend_for(ann, catalog=catalog, n=4))
        assert not set(before) & set(towels)
        assert set(after) & set(towels)

    def test_known_hidden_excluded_and_unavailable_items_are_left_out(self, catalog, ann, mugs):
        make_interaction(ann, mugs[2], "hide")
        Item.objects.filter(pk=mugs[3].pk).update(available=False)
        page = recommend.recommend_for(ann, catalog=catalog, n=16, exclude=[mugs[4].pk])
        assert not set(shown(page)) & set(mugs[:5])

    def test_a_category_holds_the_list(self, catalog, ann, towels):
        page = recommend.recommend_for(ann, catalog=catalog, n=16, category="Towels")
        assert set(shown(page)) == set(towels)
        assert recommend.recommend_for(ann, catalog=catalog, category="No such thing").cards == []

    def test_gems_are_tail_items_only(self, catalog, ann):
        head = live_models.live(catalog).recommender.head
        page = recommend.recommend_for(ann, catalog=catalog, n=16, only_tail=True)
        indices = live_models.live(catalog).indices(item.pk for item in shown(page))
        assert len(indices)
        assert not head[indices].any()

    @pytest.mark.parametrize("tuned", [0.0, 0.75])
    def test_places_for_the_tail_are_those_that_tuning_found_or_more(self, catalog, ann, tuned):
        model = live_models.live(catalog)
        model.version.blend["min_tail_share"] = tuned
        ModelVersion.objects.filter(pk=model.version.pk).update(blend=model.version.blend)
        page = recommend.recommend_for(ann, catalog=catalog, n=4, tail=0.1)
        of_tail = [not model.recommender.head[model.index_of(item.pk)] for item in shown(page)]
        assert sum(of_tail) >= 4 * max(tuned, MIN_TAIL_SHARE)

    def test_with_the_dial_at_zero_no_place_is_reserved(self, catalog, ann):
        user, model = user_context.user_context_of(ann, catalog), live_models.live(catalog)
        request = list_request(user, model, 4, 0.0, ListOptions(), blend={"min_tail_share": 0.75})
        assert request.min_tail_share == 0

    def test_the_dial_brings_less_known_items(self, catalog, ann):
        def mean_people(tail):
            cards = recommend.recommend_for(ann, catalog=catalog, n=4, tail=tail).cards
            return sum(card.people for card in cards) / len(cards)

        assert mean_people(1.0) < mean_people(0.0)

    def test_the_dial_stays_within_the_catalogues_bounds(self, catalog, ann):
        catalog.tail_default = catalog.tail_min = catalog.tail_max = 0.5
        lists = [
            shown(recommend.recommend_for(ann, catalog=catalog, tail=tail))
            for tail in (0.0, 0.5, 1.0)
        ]
        assert lists[0] == lists[1] == lists[2]

    def test_without_a_history_the_answer_is_a_named_fallback(self, catalog, world):
        page = recommend.recommend_for(None, catalog=catalog, n=5)
        assert len(page.cards) == 5
        assert page.fallback == "recent_popularity"
        assert all((card.reason == "Popular here") == (card.people > 0) for card in page.cards)

    def test_negative_acts_alone_are_no_history(self, catalog, mugs):
        profile = make_profile(catalog)
        make_interaction(profile, mugs[0], "dislike")
        page = recommend.recommend_for(profile, catalog=catalog)
        assert page.fallback == "recent_popularity"
        assert mugs[0] not in shown(page)

    def test_kinds_without_weight_are_no_history(self, catalog, mugs):
        profile = make_profile(catalog)
        make_interaction(profile, mugs[0], "view")
        change_kind(catalog, "view", weight=0)
        assert recommend.recommend_for(profile, catalog=catalog).fallback == "recent_popularity"

    def test_an_item_newer_than_the_version_does_not_disturb(self, catalog, ann):
        make_interaction(ann, make_item(catalog, title="Brand new"))
        page = recommend.recommend_for(ann, catalog=catalog, n=4)
        assert page.fallback is None
        assert len(page.cards) == 4

    def test_cards_say_why_how_many_know_it_and_where_it_stands(self, catalog, ann, mugs):
        card = recommend.recommend_for(ann, catalog=catalog, n=1).cards[0]
        assert card.reason.startswith("People who chose “")
        assert card.people > 0
        assert 0 <= card.popularity_rank <= 1
        assert card.sources

    def test_what_was_shown_is_written_down_once(self, catalog, ann):
        page = recommend.recommend_for(ann, catalog=catalog, n=3, surface="gems")
        written = list(Impression.objects.order_by("position"))
        assert [impression.item for impression in written] == shown(page)
        assert {(impression.version, impression.surface) for impression in written} == {
            (page.version, "gems")
        }
        recommend.recommend_for(ann, catalog=catalog, n=3, record=False)
        recommend.recommend_for(None, catalog=catalog, n=3)
        assert Impression.objects.count() == 3

    @pytest.mark.parametrize("category", [None, "Mugs"])
    def test_takes_eleven_queries(self, catalog, ann, category, django_assert_max_num_queries):
        """Three of them look for new and edited items, which requests do every two seconds at
        most."""
        recommend.recommend_for(ann, catalog=catalog)
        with django_assert_max_num_queries(11):
            page = recommend.recommend_for(ann, catalog=catalog, category=category, n=10)
            assert [card.item.category_names for card in page.cards]
            assert [card.item.get_absolute_url() for card in page.cards]


class TestWithoutAModel:
    def test_the_popular_come_first(self, catalog, items, profile):
        make_interaction(profile, items[2])
        page = recommend.recommend_for(make_profile(catalog), catalog=catalog, n=3)
        assert shown(page)[0] == items[2]
        assert (page.fallback, page.version) == ("popular", None)
        assert [card.reason for card in page.cards] == ["Popular here", "New here", "New here"]

    def test_the_newest_come_where_nobody_chose_anything(self, catalog, items):
        page = recommend.recommend_for(None, catalog=catalog, n=3)
        assert (shown(page), page.fallback) == (items[:2:-1], "newest")

    def test_known_items_and_other_categories_are_left_out(self, catalog, items, profile):
        make_interaction(profile, items[0])
        assert set(
            shown(recommend.recommend_for(profile, catalog=catalog, category="Mugs"))
        ) == set(items[1:3])

    def test_an_empty_catalogue_has_an_empty_list(self, catalog):
        page = recommend.recommend_for(None, catalog=catalog)
        assert (page.cards, page.fallback) == ([], "nothing_available")

    def test_similar_items_are_of_the_same_category(self, catalog, items):
        page = recommend.similar_items(items[0])
        assert set(shown(page)) == set(items[1:3])
        assert page.fallback == "same_category"

    def test_because_and_explain_have_nothing_to_say(self, catalog, items, profile):
        make_interaction(profile, items[0])
        assert because_of(profile, catalog, n=3) is None
        explanation = recommend.explain(profile, items[1])
        assert (explanation.shares, explanation.fallback) == ((), "popular")


class TestSimilarItems:
    def test_come_from_the_same_camp_and_are_available(self, mugs):
        Item.objects.filter(pk=mugs[1].pk).update(available=False)
        page = recommend.similar_items(mugs[0], n=5)
        assert shown(page)
        assert set(shown(page)) <= set(mugs[2:])

    def test_a_newer_item_has_those_of_its_category(self, catalog, mugs):
        new = make_item(catalog, title="Brand new mug", categories=["Mugs"])
        page = recommend.similar_items(new, n=20)
        assert (set(shown(page)), page.fallback) == (set(mugs), "same_category")


def because_of(profile, catalog, n):
    """What a person chose last, and what is near it."""
    user = user_context.user_context_of(profile, catalog)
    page = PagePlan(profile, user, most=n, options=ListOptions(tail=0.3))
    if page.seed is None:
        return None
    [plan] = page.explain([page.near(page.seed, n)])
    return Item.objects.get(pk=page.seed), fill_one(catalog, plan, page.version)


class TestBecauseOf:
    def test_starts_from_the_last_choice(self, catalog, ann, mugs, towels):
        make_interaction(ann, towels[0])
        make_interaction(ann, mugs[5], "view")
        item, page = because_of(ann, catalog, n=4)
        assert item == towels[0]
        assert set(shown(page)) <= set(towels[1:])

    def test_leaves_out_what_the_person_knows(self, catalog, ann, mugs):
        item, page = because_of(ann, catalog, n=8)
        assert item == mugs[1]
        assert not set(shown(page)) & {mugs[0], mugs[1]}

    def test_needs_a_choice(self, catalog, world):
        assert because_of(None, catalog, n=3) is None
        assert because_of(make_profile(catalog), catalog, n=3) is None


class TestExplain:
    def test_an_item_that_was_just_viewed_is_not_its_own_reason(self, ann, mugs):
        before = recommend.explain(ann, mugs[5])
        make_interaction(ann, mugs[5], "view")
        after = recommend.explain(ann, mugs[5])
        assert after.by_item
        assert {share.item for share in after.by_item} <= set(mugs[:2])
        assert after.score == pytest.approx(before.score)

    @pytest.mark.parametrize("tail", [None, 0.0, 0.9])
    def test_amounts_sum_to_the_score_of_the_card(self, catalog, ann, tail):
        for card in recommend.recommend_for(ann, catalog=catalog, n=6, tail=tail).cards:
            explanation = recommend.explain(ann, card.item, tail=tail)
            assert explanation.score == pytest.approx(card.score, rel=1e-4, abs=1e-5)
            assert sum(share.amount for share in explanation.shares) == pytest.approx(
                explanation.score
            )
            assert sum(share.amount for share in explanation.by_scorer) == pytest.approx(
                explanation.score
            )
            assert explanation.reason == card.reason

    def test_names_the_past_items(self, ann, mugs):
        explanation = recommend.explain(ann, mugs[2])
        assert {share.item for share in explanation.by_item} <= set(mugs[:2])
        assert explanation.by_item

    def test_only_a_dial_beyond_the_default_is_a_reason(self, catalog, ann, mugs):
        catalog.tail_default = 0.9
        assert recommend.explain(ann, mugs[2], tail=0.9).reason != "You asked for less known items"
        catalog.tail_default = 0.0
        reasons = {recommend.explain(ann, mug, tail=1.0).reason for mug in mugs[2:]}
        assert "You asked for less known items" in reasons

    def test_somebody_without_history_sees_popularity(self, world):
        items, _profiles = world
        explanation = recommend.explain(None, items[0])
        assert explanation.reason == "Popular here"
        assert explanation.general[0].scorer in ("popular", "recent_popularity")

    def test_an_item_of_another_catalogue_is_explained_there(self, world):
        other = make_item(make_catalog())
        assert recommend.explain(None, other).fallback == "popular"


class TestPredictedStars:
    @pytest.fixture
    def rated(self, catalog):
        """The two camps with ratings, and a live version that learnt from them."""
        items, profiles = two_camps(catalog)
        rate_camps(items, profiles)
        versions.promote(version=publish_by_hand(catalog, 1))
        return items

    @pytest.fixture
    def bob(self, catalog, rated):
        """Rated after the version was trained: two mugs up, two towels down."""
        profile = make_profile(catalog, external_id="bob")
        for item, stars in zip([*rated[:2], *rated[8:10]], (5, 5, 1, 1), strict=True):
            make_interaction(profile, item, "rate", value=stars)
        return profile

    def test_follow_the_stars_of_this_moment(self, rated, bob):
        assert (
            recommend.predicted_stars(bob, rated[4]) > recommend.predicted_stars(bob, rated[12]) + 1
        )

    def test_stand_on_the_cards_of_a_list(self, catalog, rated, bob):
        page = recommend.recommend_for(bob, catalog=catalog, n=8)
        said = {card.item.pk: card.predicted_stars for card in page.cards}
        assert said
        assert said == {pk: recommend.predicted_stars(bob, Item.objects.get(pk=pk)) for pk in said}
        assert all(1 <= stars <= 5 for stars in said.values())

    def test_what_was_rated_is_not_predicted(self, rated, bob):
        assert recommend.predicted_stars(bob, rated[0]) is None

    def test_a_changed_rating_counts_as_it_is_now(self, catalog, rated, bob):
        before = recommend.predicted_stars(bob, rated[4])
        for item in rated[:2]:
            make_interaction(bob, item, "rate", value=1)
        assert recommend.predicted_stars(bob, rated[4]) < before

    def test_pieces_and_views_are_no_stars(self, catalog, rated):
        eve = make_profile(catalog)
        make_interaction(eve, rated[0], value=5)
        make_interaction(eve, rated[1], "view")
        assert recommend.predicted_stars(eve, rated[4]) is None
        cards = recommend.recommend_for(eve, catalog=catalog, n=4).cards
        assert {card.predicted_stars for card in cards} == {None}

    def test_nobody_and_newer_items_have_none(self, catalog, rated, bob):
        assert recommend.predicted_stars(None, rated[4]) is None
        assert recommend.predicted_stars(bob, make_item(catalog)) is None

    def test_without_ratings_in_the_catalogue_there_are_none(self, catalog, ann, mugs):
        make_interaction(ann, mugs[0], "rate", value=5)
        assert recommend.predicted_stars(ann, mugs[3]) is None
        assert recommend.recommend_for(ann, catalog=catalog, n=2).cards[0].predicted_stars is None
