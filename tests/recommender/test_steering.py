"""What a person turns down or hides is out of every list at once, without a new training."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from catalog import hiding
from catalog.models import Profile
from recommender import services, serving, training
from recommender.engine.stages.sinking import TURNED_DOWN
from recommender.shelves import ORDER
from tests.factories import make_interaction, make_item, make_profile, make_user

LIVE = {"HTTP_HX_REQUEST": "true"}
KINDS = ("teapot", "hammer", "ribbon", "lantern", "poem", "violin", "garden", "compass", "mitten", "anchor")


@pytest.fixture
def shop(catalog, settings, tmp_path):
    """A really trained catalogue: ten kinds of things, six of each, whose texts say what they are."""
    settings.ARTIFACTS_DIR = tmp_path / "artifacts"
    things = [
        make_item(catalog, title=f"{kind.title()} {at}", description=f"A {kind} for {kind} lovers, {kind} number {at}.",
                  categories=[kind], provider=f"Maker {at}", external_id=f"{kind}-{at}")
        for kind in KINDS for at in range(6)
    ]  # fmt: skip
    for person in range(30):
        profile = make_profile(catalog)
        for turn in range(8):
            kind = (person + (turn % 2) * 3) % len(KINDS)
            make_interaction(profile, things[6 * kind + (person + turn) % 6])
    run = services.request_training(catalog=catalog, trigger="command", send=False)
    training.carry_out(services.claim_run(run_id=run.pk))
    return {thing.external_id: thing for thing in things}


@pytest.fixture
def ann(catalog, shop):
    profile = make_profile(catalog, external_id="ann")
    for key in ("teapot-0", "hammer-1", "teapot-2"):
        make_interaction(profile, shop[key])
    return profile


def kinds_in(page: serving.ItemList) -> list[str]:
    return [card.item.external_id.split("-")[0] for card in page.cards]


def test_what_is_like_a_refused_thing_sinks_in_the_next_list(catalog, ann, shop):
    before = serving.recommend_for(ann, catalog=catalog, n=10)
    assert "teapot" in kinds_in(before)
    make_interaction(ann, shop["teapot-4"], "hide")
    assert "teapot" not in kinds_in(serving.recommend_for(ann, catalog=catalog, n=10))


def test_a_later_choice_brings_what_is_like_it_back(catalog, ann, shop):
    make_interaction(ann, shop["teapot-4"], "hide")
    make_interaction(ann, shop["teapot-5"], "like")
    assert "teapot" in kinds_in(serving.recommend_for(ann, catalog=catalog, n=10))


def test_the_reason_why_something_sank_can_be_asked(catalog, ann, shop):
    make_interaction(ann, shop["teapot-4"], "hide")
    why = serving.explain(ann, shop["teapot-3"])
    share = next(share for share in why.by_scorer if share.scorer == TURNED_DOWN)
    assert share.amount < 0
    assert any("Teapot 4" in each.line for each in why.by_item)


@pytest.mark.parametrize(("what", "value"), [("category", "teapot"), ("provider", "Maker 3")])
def test_a_hidden_category_or_provider_is_in_no_list(catalog, ann, what, value):
    hiding.hide(profile=ann, what=what, value=value)
    pages = [
        serving.recommend_for(ann, catalog=catalog, n=10),
        serving.recommend_for(ann, catalog=catalog, n=10, only_tail=True),
        serving.similar_items(catalog.items.last(), n=10, person=serving.person_of(ann, catalog)),
    ]
    for page in pages:
        assert page.cards
        for card in page.cards:
            assert value not in (card.item.provider, *card.item.category_names)


@pytest.mark.parametrize(("what", "value"), [("category", "teapot"), ("provider", "Maker 3")])
def test_nor_on_any_page_of_recommendations(client, catalog, ann, shop, what, value):
    user = make_user()
    Profile.objects.filter(pk=ann.pk).update(user=user)
    client.force_login(user)
    unwanted = {str(item.pk) for item in shop.values() if value in (item.provider, *item.category_names)}
    paths = [
        "/c/shop/",
        *(f"/c/shop/rows/{row}/" for row in ORDER if row != "taken"),
        shop["poem-1"].get_absolute_url(),
    ]
    before = {path: shown_at(client, path) for path in paths}
    assert any(unwanted & before[path] for path in paths)
    client.post("/c/shop/hidden/", {"what": what, "value": value})
    for path in paths:
        found = shown_at(client, path)
        assert bool(found) == bool(before[path]), path
        assert not unwanted & found, path


def shown_at(client, path: str) -> set[str]:
    return set(re.findall(r'data-item="(\d+)"', client.get(path).content.decode()))


def test_without_a_model_a_hidden_category_is_in_no_list_either(catalog, items, profile):
    hiding.hide(profile=profile, what="category", value="Mugs")
    page = serving.recommend_for(profile, catalog=catalog, n=10)
    assert {card.item.category_names[0] for card in page.cards} == {"Towels"}
    near = serving.similar_items(items[3], n=10, person=serving.person_of(profile, catalog))
    assert {card.item.category_names[0] for card in near.cards} == {"Towels"}


def test_the_notice_says_how_many_sank_and_undo_raises_them(client, catalog, shop):
    def act(**fields):
        return client.post(reverse("catalog:act", args=["shop", shop["teapot-4"].pk]), fields, **LIVE).content.decode()

    home = client.get("/c/shop/").content.decode()
    said = act(kind="hide")
    assert re.search(r"Gone\. [1-9]\d* similar items? sank too\.", said)
    person = serving.person_of(Profile.objects.latest("pk"), catalog)
    number = int(re.search(r"Gone\. (\d+)", said)[1])
    assert number + 1 == int(serving.live(catalog).recommender.sunk(person.query(serving.live(catalog))).sum())
    assert "Undone" in act(undo="hide")
    again = client.get("/c/shop/").content.decode()
    assert re.findall(r'data-item="(\d+)"', again) == re.findall(r'data-item="(\d+)"', home)


def test_a_thing_that_is_like_nothing_just_goes(client, catalog, shop):
    new = make_item(catalog, title="Fresh from the press")
    answer = client.post(reverse("catalog:act", args=["shop", new.pk]), {"kind": "hide"}, **LIVE)
    assert "“Fresh from the press” will not come back" in answer.content.decode()
