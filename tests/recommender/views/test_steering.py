"""What a person turns down or hides is out of every list at once, without a new training."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from catalog.browse.rows import CATEGORY_ROWS
from catalog.models import Item, Profile
from catalog.models.home_orders import Listing
from catalog.profiles import hidden
from catalog.profiles.services import set_personal
from recommender.engine.reranking.negative_feedback import TURNED_DOWN
from recommender.serving import item_lists, live_models, recommend, user_context
from recommender.serving.home import ORDER
from recommender.training import execution, runs
from tests.factories import make_interaction, make_item, make_profile, make_user

LIVE = {"HTTP_HX_REQUEST": "true"}
KINDS = (
    "teapot",
    "hammer",
    "ribbon",
    "lantern",
    "poem",
    "violin",
    "garden",
    "compass",
    "mitten",
    "anchor",
)


@pytest.fixture
def shop(catalog):
    """A really trained catalogue: ten kinds of items, six of each, named in their texts."""
    things = [
        make_item(catalog, title=f"{kind.title()} {at}",
                  description=f"A {kind} for {kind} lovers, {kind} number {at}.",
                  categories=[kind], provider=f"Maker {at}", external_id=f"{kind}-{at}")
        for kind in KINDS for at in range(6)
    ]  # fmt: skip
    for person in range(30):
        profile = make_profile(catalog)
        for turn in range(8):
            kind = (person + (turn % 2) * 3) % len(KINDS)
            make_interaction(profile, things[6 * kind + (person + turn) % 6])
    run = runs.request_training(catalog=catalog, trigger="command", send=False)
    execution.carry_out(runs.claim_run(run_id=run.pk))
    return {thing.external_id: thing for thing in things}


@pytest.fixture
def taken(shop):
    return [shop[key] for key in ("teapot-0", "hammer-1", "teapot-2")]


def kinds_in(page: item_lists.ItemList) -> list[str]:
    return [card.item.external_id.split("-")[0] for card in page.cards]


def test_items_like_a_disliked_one_are_penalised_in_the_next_list(catalog, ann, shop):
    before = recommend.recommend_for(ann, catalog=catalog, n=10)
    kind = kinds_in(before)[0]  # which one is first is no part of this test
    make_interaction(ann, before.cards[0].item, "hide")
    assert kind not in kinds_in(recommend.recommend_for(ann, catalog=catalog, n=10))


def test_a_later_choice_brings_what_is_like_it_back(catalog, ann, shop):
    make_interaction(ann, shop["teapot-4"], "hide")
    hidden_alone = recommend.explain(ann, shop["teapot-3"])
    make_interaction(ann, shop["teapot-5"], "like")
    again = recommend.explain(ann, shop["teapot-3"])
    assert TURNED_DOWN in [share.scorer for share in hidden_alone.by_scorer]
    assert TURNED_DOWN not in [share.scorer for share in again.by_scorer]
    assert again.score > hidden_alone.score


def test_a_penalty_is_explained(catalog, ann, shop):
    make_interaction(ann, shop["teapot-4"], "hide")
    why = recommend.explain(ann, shop["teapot-3"])
    share = next(share for share in why.by_scorer if share.scorer == TURNED_DOWN)
    assert share.amount < 0
    assert any("Teapot 4" in each.line for each in why.by_item)


@pytest.mark.parametrize(("what", "value"), [("category", "teapot"), ("provider", "Maker 3")])
def test_a_hidden_category_or_provider_is_in_no_list(catalog, ann, what, value):
    hidden.hide(profile=ann, what=what, value=value)
    pages = [
        recommend.recommend_for(ann, catalog=catalog, n=10),
        recommend.recommend_for(ann, catalog=catalog, n=10, only_tail=True),
        recommend.similar_items(
            catalog.items.last(), n=10, user=user_context.user_context_of(ann, catalog)
        ),
    ]
    for page in pages:
        assert page.cards
        for card in page.cards:
            assert value not in (card.item.provider, *card.item.category_names)


@pytest.fixture
def paths(shop) -> list[str]:
    """Every page with a list."""
    rows = [
        f"/c/shop/rows/{row}/"
        for row in (*ORDER, "newest", "random")
        if row not in ("taken", "again")
    ]
    return [
        "/c/shop/",
        *rows,
        "/c/shop/rows/popular/?category=poem",
        shop["poem-1"].get_absolute_url(),
    ]


@pytest.fixture
def signed_in(client, ann) -> Profile:
    user = make_user()
    Profile.objects.filter(pk=ann.pk).update(user=user)
    client.force_login(user)
    return ann


@pytest.mark.parametrize("personal", ["on", "off"])
@pytest.mark.parametrize(("what", "value"), [("category", "teapot"), ("provider", "Maker 3")])
def test_nor_on_any_page_of_recommendations(client, signed_in, shop, paths, what, value, personal):
    client.post("/c/shop/personal/", {"personal": personal})
    unwanted = {
        str(item.pk) for item in shop.values() if value in (item.provider, *item.category_names)
    }
    before = {path: shown_at(client, path) for path in paths}
    assert any(unwanted & before[path] for path in paths)
    client.post("/c/shop/hidden/", {"what": what, "value": value})
    for path in paths:
        found = shown_at(client, path)
        assert bool(found) == bool(before[path]), path
        assert not unwanted & found, path


@pytest.mark.parametrize("personal", ["on", "off"])
@pytest.mark.parametrize(
    "listing", [choice for choice in Listing.values if choice != Listing.PERSONAL]
)
def test_nor_in_a_list_that_is_not_personal(client, signed_in, shop, listing, personal):
    client.post("/c/shop/personal/", {"personal": personal})
    client.post("/c/shop/listing/", {"listing": listing})
    seen = shown_at(client, "/c/shop/")
    kind = Item.objects.get(pk=min(seen, key=int)).category_names[0]
    turned_down = next(
        key for key in sorted(seen) if Item.objects.get(pk=key).category_names[0] != kind
    )
    client.post("/c/shop/hidden/", {"what": "category", "value": kind})
    client.post(reverse("catalog:act", args=["shop", turned_down]), {"kind": "hide"})
    found = shown_at(client, "/c/shop/")
    assert len(found) >= 10
    assert kind not in {item.category_names[0] for item in Item.objects.filter(pk__in=found)}
    assert turned_down not in found


def test_by_category_another_takes_the_place_of_a_hidden_one(client, signed_in, shop):
    client.post("/c/shop/listing/", {"listing": "category"})

    def heads() -> list[str]:
        page = client.get("/c/shop/").content.decode()
        return re.findall(r'<h2 id="head-category-\d"[^>]*>(?:<a[^>]*>)?\s*(\w+)', page)

    before = heads()
    client.post("/c/shop/hidden/", {"what": "category", "value": before[0]})
    after = heads()
    assert len(after) == len(before) == CATEGORY_ROWS
    assert after[: len(before) - 1] == before[1:]


class TestOff:
    """While personal lists are off, what was put away on purpose is a plain filter: nothing else is
    read.
    """

    def off(self, profile: Profile) -> Profile:
        set_personal(profile=profile, personal=False)
        return Profile.objects.get(pk=profile.pk)

    def test_what_is_put_away_stays_away_and_the_rest_stands_as_for_a_stranger(
        self, catalog, ann, shop, monkeypatch
    ):
        # what is above an item decides how much of its likeness counts
        monkeypatch.setattr("recommender.serving.list_request.DIVERSITY", 0.0)
        stranger = [
            card.item.pk
            for card in recommend.recommend_for(None, catalog=catalog, n=60, tail=0.0).cards
        ]
        make_interaction(ann, shop["teapot-4"], "hide")
        make_interaction(ann, shop["anchor-4"], "dislike")
        hidden.hide(profile=ann, what="category", value="ribbon")
        put_away = {shop[f"ribbon-{at}"].pk for at in range(6)} | {
            shop["teapot-4"].pk,
            shop["anchor-4"].pk,
        }
        found = recommend.recommend_for(self.off(ann), catalog=catalog, n=60, tail=0.0)
        assert [card.item.pk for card in found.cards] == [
            pk for pk in stranger if pk not in put_away
        ]
        assert put_away <= set(stranger)

    def test_nothing_is_penalised_and_no_history_is_read(self, catalog, ann, shop):
        make_interaction(ann, shop["teapot-4"], "hide")
        person, model = (
            user_context.user_context_of(self.off(ann), catalog),
            live_models.live(catalog),
        )
        query = person.query(model)
        assert (
            len(query),
            query.negative_feedback,
            bool(query.stated_preferences),
            len(person.history),
        ) == (
            0,
            (),
            False,
            0,
        )
        assert not model.recommender.penalised(query).any()

    def test_the_notice_of_a_dislike_claims_no_penalty(self, client, signed_in, shop):
        self.off(signed_in)
        address = reverse("catalog:act", args=["shop", shop["teapot-4"].pk])
        answer = client.post(address, {"kind": "hide"}, **LIVE).content.decode()
        assert "“Teapot 4” will not be recommended again" in answer
        assert "ranked lower" not in answer

    def test_an_items_rows_leave_it_out_and_stand_otherwise_as_for_a_stranger(
        self, catalog, ann, shop
    ):
        stranger = recommend.similar_items(shop["teapot-1"], n=8).cards
        disliked = stranger[0].item
        make_interaction(ann, disliked, "hide")
        person = user_context.user_context_of(self.off(ann), catalog)
        found = recommend.similar_items(shop["teapot-1"], n=7, user=person).cards
        assert [card.item.pk for card in found] == [card.item.pk for card in stranger[1:]]

    def test_what_was_chosen_before_is_not_read_on_the_home(self, client, signed_in):
        self.off(signed_in)
        make_interaction(signed_in, Item.objects.latest("pk"), "hide")
        assert "What you chose before" not in client.get("/c/shop/?taken=1").content.decode()

    def test_the_how_page_says_what_is_read_all_the_same(self, client, signed_in, shop):
        self.off(signed_in)
        page = unescape(client.get("/c/shop/how/").content.decode())
        assert "Nothing. Your personal lists are off" in page
        make_interaction(signed_in, shop["teapot-4"], "hide")
        hidden.hide(profile=signed_in, what="category", value="ribbon")
        page = unescape(client.get("/c/shop/how/").content.decode())
        assert "Everybody sees the same lists, except for what you hid" in page
        assert "<li>1 item marked “Not for me”</li>" in page
        assert "<li>6 items of hidden categories or providers</li>" in page
        assert "actions</li>" not in page


def shown_at(client, path: str) -> set[str]:
    return set(re.findall(r'data-item="(\d+)"', client.get(path).content.decode()))


def test_without_a_model_a_hidden_category_is_in_no_list_either(catalog, items, profile):
    hidden.hide(profile=profile, what="category", value="Mugs")
    page = recommend.recommend_for(profile, catalog=catalog, n=10)
    assert {card.item.category_names[0] for card in page.cards} == {"Towels"}
    near = recommend.similar_items(
        items[3], n=10, user=user_context.user_context_of(profile, catalog)
    )
    assert {card.item.category_names[0] for card in near.cards} == {"Towels"}


def test_the_notice_says_how_many_are_penalised_and_undo_ends_it(client, catalog, shop):
    def act(**fields):
        return client.post(
            reverse("catalog:act", args=["shop", shop["teapot-4"].pk]), fields, **LIVE
        ).content.decode()

    home = client.get("/c/shop/").content.decode()
    said = act(kind="hide")
    assert re.search(r"Removed\. [1-9]\d* similar items? (is|are) ranked lower too\.", said)
    person = user_context.user_context_of(Profile.objects.latest("pk"), catalog)
    number = int(re.search(r"Removed\. (\d+)", said)[1])
    assert number + 1 == int(
        live_models.live(catalog)
        .recommender.penalised(person.query(live_models.live(catalog)))
        .sum()
    )
    assert "Undone" in act(undo="hide")
    again = client.get("/c/shop/").content.decode()
    assert re.findall(r'data-item="(\d+)"', again) == re.findall(r'data-item="(\d+)"', home)


def test_a_thing_that_is_like_nothing_just_goes(client, catalog, shop):
    new = make_item(catalog, title="Fresh from the press")
    answer = client.post(reverse("catalog:act", args=["shop", new.pk]), {"kind": "hide"}, **LIVE)
    assert "“Fresh from the press” will not be recommended again" in answer.content.decode()
