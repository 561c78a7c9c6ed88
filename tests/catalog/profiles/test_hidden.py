from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Hidden, Profile
from catalog.profiles import hidden, services
from config.errors import AppError
from tests.factories import make_catalog, make_interaction, make_item, make_profile, make_user
from tests.html import compact

LIVE = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def shop(catalog, items):
    for item, provider in zip(items, ["Ann", "Ann", "Bob", "Ann", "Bob", ""], strict=True):
        item.provider = provider
        item.save()
    return catalog


def post(client, catalog, **fields):
    live = fields.pop("live", {})
    return client.post(reverse("catalog:hidden", args=[catalog.slug]), fields, **live)


class TestHide:
    def test_a_category_hides_its_items_and_a_provider_theirs(self, shop, items, profile):
        hidden.hide(profile=profile, what="category", value="Mugs")
        assert hidden.hidden_items(profile) == {item.pk for item in items[:3]}
        hidden.hide(profile=profile, what="provider", value="Bob")
        assert hidden.hidden_items(profile) == {item.pk for item in (*items[:3], items[4])}

    def test_hiding_twice_is_once_and_unhiding_shows_it_again(self, shop, profile):
        assert [
            hidden.hide(profile=profile, what="category", value="Mugs")[1] for _turn in range(2)
        ] == [True, False]
        assert hidden.unhide(profile=profile, what="category", value="Mugs")
        assert not hidden.unhide(profile=profile, what="category", value="Mugs")
        assert not hidden.hidden_items(profile)

    @pytest.mark.parametrize(
        ("what", "value", "field"),
        [("category", "Spoons", "value"), ("provider", "", "value"), ("colour", "Red", "what")],
    )
    def test_unknown_names_are_rejected(self, shop, profile, what, value, field):
        with pytest.raises(AppError) as caught:
            hidden.hide(profile=profile, what=what, value=value)
        assert caught.value.details["field"] == field

    def test_more_than_a_page_can_show_is_rejected(self, shop, profile, monkeypatch):
        monkeypatch.setattr(hidden, "MOST", 1)
        hidden.hide(profile=profile, what="category", value="Mugs")
        hidden.hide(profile=profile, what="category", value="Mugs")
        with pytest.raises(AppError):
            hidden.hide(profile=profile, what="category", value="Towels")

    def test_without_hidden_rows_there_is_no_query(self, shop, profile, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert not hidden.hidden_items(profile)
            assert not hidden.hidden_items(None)

    def test_another_catalogues_items_of_that_provider_stay(self, shop, items, profile):
        other = make_item(make_catalog(), provider="Bob")
        hidden.hide(profile=profile, what="provider", value="Bob")
        assert other.pk not in hidden.hidden_items(profile)

    def test_a_merged_profile_hides_what_either_hid(self, shop, profile):
        visitor = make_profile(shop, external_id=None)
        for each, name in ((profile, "Mugs"), (visitor, "Mugs"), (visitor, "Towels")):
            hidden.hide(profile=each, what="category", value=name)
        services.merge_profiles(source=visitor, target=profile)
        merged = Profile.objects.get(pk=profile.pk)
        assert sorted(row.value for row in hidden.hidden_of(merged)) == ["Mugs", "Towels"]

    def test_signing_in_retains_what_a_visitor_hid(self, shop):
        visitor, user = make_profile(shop, external_id=None), make_user()
        make_profile(shop, user=user)
        hidden.hide(profile=visitor, what="provider", value="Ann")
        claimed = services.claim_profile(profile=visitor, user=user)
        assert [row.value for row in hidden.hidden_of(Profile.objects.get(pk=claimed.pk))] == [
            "Ann"
        ]


class TestPages:
    def test_the_menu_offers_more_less_and_what_can_be_hidden(self, client, shop, items):
        page = client.get(
            reverse("catalog:menu", args=["shop", items[0].pk]), **LIVE
        ).content.decode()
        assert "<html" not in page
        for words in (
            "More like this",
            "Not for me",
            "Hide the category “Mugs”",
            "Hide everything by “Ann”",
        ):
            assert words in page

    def test_without_javascript_the_menu_is_a_page_that_leads_back(self, client, shop, items):
        address = reverse("catalog:menu", args=["shop", items[0].pk])
        page = client.get(address, HTTP_REFERER="http://testserver/c/shop/?x=1").content.decode()
        assert compact(page).count('name="next" value="/c/shop/?x=1"') == 3
        assert (
            "evil" not in client.get(address, HTTP_REFERER="https://evil.example/").content.decode()
        )

    def test_hiding_is_confirmed_with_a_working_undo(self, client, shop):
        answer = post(client, shop, what="category", value="Mugs", live=LIVE)
        assert answer["HX-Trigger"] == "acted"
        page = answer.content.decode()
        assert "“Mugs” no longer appears in your lists." in page
        assert '<input type="hidden" name="value" value="Mugs">' in page
        assert (
            "can appear in your lists again"
            in post(
                client, shop, what="category", value="Mugs", undo="1", live=LIVE
            ).content.decode()
        )
        assert not Hidden.objects.exists()

    def test_a_hidden_name_is_listed_and_can_be_shown_again_in_the_menu(self, client, shop, items):
        shop.texts = {"en": {"categories": {"Mugs": "Cups"}}}
        shop.save()
        assert post(client, shop, what="category", value="Mugs").status_code == 302
        page = client.get("/c/shop/hidden/").content.decode()
        assert "Cups" in page
        assert "Show again" in page
        menu = client.get(
            reverse("catalog:menu", args=["shop", items[0].pk]), **LIVE
        ).content.decode()
        assert "Show the category “Cups” again" in menu

    def test_undo_by_a_stranger_creates_no_profile(self, client, shop):
        assert post(client, shop, what="category", value="Mugs", undo="1").status_code == 302
        assert not Profile.objects.exists()

    def test_bad_input_is_rejected_with_a_sentence(self, client, shop):
        answer = post(client, shop, what="category", value="Spoons")
        assert answer.status_code == 400
        assert "Spoons" in answer.content.decode()
        assert post(client, shop, what="category").status_code == 400

    @pytest.mark.urls("tests.catalog.urls_alone")
    def test_the_catalogue_without_recommender_leaves_out_hidden_items(
        self, client, shop, items, no_provider
    ):
        post(client, shop, what="category", value="Towels")
        make_interaction(Profile.objects.get(), items[0], "hide")
        page = client.get("/c/shop/").content.decode()
        assert "Blue Mug" in page
        assert "Tea Towel" not in page
        assert "Red Mug" not in page
