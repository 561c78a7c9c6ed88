"""The home in rows that come one after another: the same rows, no item twice, few queries."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.item_traits import TRAITS_SECONDS
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.profiles.hidden import hide
from catalog.profiles.services import set_personal
from config.caching import forget_process_caches
from recommender.engine.pipeline import Recommender
from recommender.interests import interest_texts
from recommender.models import Impression
from recommender.preferences.interests import Edit
from recommender.serving import page_store
from recommender.serving.home import ORDER
from recommender.serving.page_plan import PagePlan
from recommender.training import versions
from tests.factories import make_interaction, make_item, make_profile
from tests.html import compact
from tests.recommender.worlds import publish_by_hand

LIVE = {"HTTP_HX_REQUEST": "true"}
QUERIES, BYTES = 15, 250 * 1024
SUBJECTS = ("loom", "brush", "kettle", "lantern", "saddle")


def rows(page: str) -> dict[str, list[int]]:
    """Item keys by row, in their order."""
    parts = re.split(r'id="(?:shelf|waiting)-([\w-]+)"', page)[1:]
    return {
        key: [int(pk) for pk in re.findall(r'data-item="(\d+)"', body)]
        for key, body in zip(parts[::2], parts[1::2], strict=True)
    }


def home(client, query: str = "", **headers) -> str:
    return client.get(f"/c/shop/{query}", **headers).content.decode()


def act(client, item, kind: str) -> None:
    client.post(reverse("catalog:act", args=["shop", item.pk]), {"kind": kind})


@pytest.fixture
def world(catalog):
    """150 things of five subjects and two languages; each of 40 people keeps to two subjects."""
    items = [
        make_item(
            catalog,
            title=f"{SUBJECTS[number % 5]} number {number}",
            categories=[SUBJECTS[number % 5].title()],
            language=("en", "zh-hans")[number % 2],
        )
        for number in range(150)
    ]
    for person in range(40):
        profile = make_profile(catalog)
        mine = [
            item
            for number, item in enumerate(items[:130])
            if number % 5 in (person % 5, (person + 1) % 5)
        ]
        for item in mine[:: 1 + person % 4]:
            make_interaction(profile, item)
    versions.promote(version=publish_by_hand(catalog, 1))
    return items


@pytest.fixture
def reader(client, world):
    """Somebody who saved two looms."""
    for number in (5, 10):
        act(client, world[number], "save")
    return client


def test_all_rows_stand_on_a_page_without_javascript_and_no_item_twice(reader):
    found = rows(home(reader))
    assert set(found) == set(ORDER) - {"taken", "again"}
    shown = [pk for row in found.values() for pk in row]
    assert len(shown) == len(set(shown))
    assert all(len(row) == 12 for row in found.values())


def test_a_browser_that_fetches_rows_gets_the_first_at_once_and_the_others_one_by_one(reader):
    whole = rows(home(reader))
    reader.cookies["rows"] = "live"
    page = home(reader)
    first = rows(page)
    assert first["for-you"] == whole["for-you"]
    assert [key for key, cards in first.items() if not cards] == [
        "gems",
        "because",
        "new",
        "different",
        "popular",
    ]
    assert "Because you chose “loom number 10”" in page
    addresses = lazy_rows(page)
    assert len(addresses) == 5
    parts = [reader.get(address, **LIVE).content.decode() for address in addresses]
    assert all("<html" not in part and 'id="shelves"' not in part for part in parts)
    assert first | {key: cards for part in parts for key, cards in rows(part).items()} == whole


def lazy_rows(page: str) -> list[str]:
    """The addresses of the rows that come into sight later."""
    found = re.findall(r'hx-get="(/c/shop/\?[^"]*row=[\w-]+)" hx-trigger="revealed"', page)
    return [unescape(address) for address in found]


class Counted:
    """How often the catalogue was scored, and how many rows were planned."""

    def __init__(self, monkeypatch):
        self.scorings, self.row_plans = 0, 0
        for name in ("score_query", "score_neighbours"):
            self._watch(monkeypatch, Recommender, name, "scorings")
        for name in ("recommend", "unexpected", "near", "plain"):
            self._watch(monkeypatch, PagePlan, name, "row_plans")

    def _watch(self, monkeypatch, owner, name, counter):
        plain = getattr(owner, name)

        def counted(*args, **options):
            setattr(self, counter, getattr(self, counter) + 1)
            return plain(*args, **options)

        monkeypatch.setattr(owner, name, counted)


@pytest.fixture
def counted(monkeypatch):
    return Counted(monkeypatch)


def test_a_home_and_its_five_later_rows_are_planned_once(reader, world, counted):
    for item in world[:100:2]:
        act(reader, item, "take")
    assert Interaction.objects.filter(profile=Profile.objects.latest("pk")).count() >= 50
    reader.cookies["rows"] = "live"
    counted.scorings = counted.row_plans = 0
    addresses = lazy_rows(home(reader))
    assert len(addresses) == 5
    for address in addresses:
        assert "data-item" in reader.get(address, **LIVE).content.decode()
    assert counted.scorings <= 2
    assert counted.row_plans <= 8


def test_a_later_row_holds_nothing_that_was_hidden_after_the_page(reader, world, counted):
    reader.cookies["rows"] = "live"
    gems, *others = lazy_rows(home(reader))
    planned = rows(reader.get(gems, **LIVE).content.decode())["gems"]
    act(reader, Item.objects.get(pk=planned[0]), "hide")
    counted.scorings = 0
    again = rows(reader.get(gems, **LIVE).content.decode())["gems"]
    assert planned[0] not in again
    assert len(again) == 12
    assert counted.scorings > 0
    counted.scorings = 0
    for address in others:
        assert planned[0] not in rows(reader.get(address, **LIVE).content.decode()).popitem()[1]
    assert counted.scorings == 0  # what was planned anew serves the rows that follow


def test_a_later_row_is_filled_where_an_item_became_unavailable(reader, world):
    reader.cookies["rows"] = "live"
    gems = lazy_rows(home(reader))[0]
    planned = rows(reader.get(gems, **LIVE).content.decode())["gems"]
    Item.objects.filter(pk=planned[0]).update(available=False)
    again = rows(reader.get(gems, **LIVE).content.decode())["gems"]
    assert again[: len(planned) - 1] == planned[1:]
    assert len(again) == len(planned)


def test_a_later_row_is_planned_anew_where_the_page_is_forgotten(reader):
    reader.cookies["rows"] = "live"
    addresses = lazy_rows(home(reader))
    parts = [rows(reader.get(address, **LIVE).content.decode()) for address in addresses]
    cache.clear()
    assert [rows(reader.get(each, **LIVE).content.decode()) for each in addresses] == parts


@pytest.mark.parametrize("page_id", ["", "short", "x" * 17, "a" * 5000, "page:1:key with space"])
def test_an_id_of_another_form_names_no_cache_key(reader, page_id, monkeypatch):
    stored = []
    monkeypatch.setattr(page_store, "store", lambda *page: stored.append(page))
    page = reader.get("/c/shop/", {"row": "gems", "plan": page_id}, **LIVE).content.decode()
    assert len(rows(page)["gems"]) == 12
    assert stored == []


def test_a_page_planned_for_one_person_serves_nobody_else(reader, world, counted, client):
    reader.cookies["rows"] = "live"
    gems = lazy_rows(home(reader))[0]
    stranger = Client()
    counted.scorings = 0
    stranger.get(gems, **LIVE)
    assert counted.scorings > 0


@pytest.mark.parametrize("change", ["dial", "item", "words", "category", "off", "staff"])
def test_a_setting_ends_the_planned_page(reader, world, counted, change):
    reader.cookies["rows"] = "live"
    gems, profile = lazy_rows(home(reader))[0], Profile.objects.latest("pk")
    if change == "dial":
        reader.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.9"})
    elif change == "item":
        act(reader, world[20], "save")
    elif change == "words":
        interest_texts.edit_interest_text(profile=profile, edit=Edit(text="looms"))
    elif change == "category":
        hide(profile=profile, what="category", value="Kettle")
    elif change == "off":
        set_personal(profile=profile, personal=False)
    else:
        Catalog.objects.filter(pk=profile.catalog_id).update(calibration=0.9)
    counted.scorings = 0
    reader.get(gems, **LIVE)
    assert counted.scorings > 0


@pytest.mark.parametrize("field", ["available_from", "available_until"])
@pytest.mark.parametrize("seconds", [5, 65])
def test_a_sale_that_begins_or_ends_ends_the_planned_page(
    reader, world, counted, monkeypatch, field, seconds
):
    start, beyond = timezone.now(), world[149]
    monkeypatch.setattr(timezone, "now", lambda: start)
    for other, at in ((beyond, seconds), (world[148], 3600), (world[147], -3600)):
        Item.objects.filter(pk=other.pk).update(**{field: start + timedelta(seconds=at)})
    forget_process_caches()
    reader.cookies["rows"] = "live"
    gems, different = lazy_rows(home(reader))[:2]
    counted.scorings = 0
    reader.get(gems, **LIVE)
    assert counted.scorings == 0  # nothing began or ended
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=seconds + 1))
    if seconds > TRAITS_SECONDS:
        forget_process_caches()
    reader.get(gems, **LIVE)
    assert counted.scorings > 0
    counted.scorings = 0
    reader.get(different, **LIVE)
    assert counted.scorings == 0  # planned once more, not for every row


def test_only_what_was_shown_is_written_down(reader):
    reader.cookies["rows"] = "live"
    home(reader)
    assert set(Impression.objects.values_list("surface", flat=True)) == {"for_you"}
    home(reader, "?row=different", **LIVE)
    surfaces = list(Impression.objects.values_list("surface", flat=True))
    assert (surfaces.count("for_you"), surfaces.count("different"), surfaces.count("gems")) == (
        12,
        12,
        0,
    )


def test_after_an_act_all_rows_come_anew(reader, world):
    reader.cookies["rows"] = "live"
    found = rows(home(reader, **LIVE))
    assert all(found.values())
    assert len(found) == 6


@pytest.mark.parametrize("cookie", ["", "live"])
def test_the_home_is_light_in_queries_and_bytes(reader, settings, cookie):
    settings.MODEL_REFRESH_SECONDS = 60.0
    reader.cookies["rows"] = cookie
    home(reader)
    with CaptureQueriesContext(connection) as queries:
        answer = reader.get("/c/shop/")
    assert len(queries) <= QUERIES, [query["sql"][:80] for query in queries]
    assert len(gzip.compress(answer.content)) <= BYTES


def test_something_completely_different_is_of_other_subjects(reader, world):
    different = rows(home(reader))["different"]
    subject = {item.pk: item.title.split()[0] for item in world}
    assert "loom" not in {subject[pk] for pk in different}
    assert "Unlike your earlier choices, but well received here" in home(reader)


def test_facets_narrow_all_rows(reader, world):
    spoken = {item.pk for item in world if item.language == "en"}
    found = rows(home(reader, "?language=en"))
    assert found["for-you"]
    assert {pk for row in found.values() for pk in row} <= spoken
    brushes = {item.pk for item in world if item.title.startswith("brush")}
    assert {pk for row in rows(home(reader, "?category=Brush")).values() for pk in row} <= brushes


def test_what_was_chosen_before_comes_back_on_demand_alone(reader, world):
    saved = {world[5].pk, world[10].pk}
    assert not saved & {pk for row in rows(home(reader)).values() for pk in row}
    page = home(reader, "?taken=1")
    found = rows(page)
    assert found["taken"] == [world[10].pk, world[5].pk]
    assert sum(saved & set(row) != set() for row in found.values()) == 1
    assert compact(page).count('name="undo" value="save"') == 2


@pytest.mark.parametrize("row", ["for-you", "gems", "because", "different"])
def test_a_row_goes_on_without_an_item_twice_and_always_the_same(reader, world, row):
    def cards(query: str) -> list[int]:
        page = reader.get(f"/c/shop/rows/{row}/?{query}").content.decode()
        return [int(pk) for pk in re.findall(r'data-item="(\d+)"', page)]

    pages = [cards(f"page={number}") for number in (1, 2)]
    assert pages[0]
    assert not set(pages[0]) & set(pages[1])
    assert pages == [cards(f"page={number}") for number in (1, 2)]
    assert cards("upto=2") == pages[0] + pages[1]
    assert not {world[5].pk, world[10].pk} & set(pages[0] + pages[1])


def test_a_strangers_rows_go_on_too(client, world):
    pages = [
        client.get(f"/c/shop/rows/for-you/?page={number}").content.decode() for number in (1, 2)
    ]
    first, second = (re.findall(r'data-item="(\d+)"', page) for page in pages)
    assert len(first) == len(second) == 24
    assert not set(first) & set(second)
    assert not Profile.objects.filter(external_id=None).exists()


@pytest.mark.parametrize("listing", ["category", "newest", "popular", "random"])
def test_an_unprofiled_order_reads_no_history_and_writes_nothing(reader, listing):
    reader.post(reverse("catalog:listing", args=["shop"]), {"listing": listing})
    home(reader)
    Impression.objects.all().delete()
    Interaction.objects.filter(profile__external_id=None).update(kind="view")
    with CaptureQueriesContext(connection) as queries:
        page = home(reader)
    reads = [
        query["sql"]
        for query in queries
        if "interesttext" in query["sql"] or "LIMIT 50" in query["sql"]
    ]
    assert reads == []
    assert not Impression.objects.exists()
    assert "This order does not use your activity" in page
    assert 'class="dial"' not in page
