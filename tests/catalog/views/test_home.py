"""The catalogue's pages, in a browser without JavaScript and with htmx."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Catalog, Interaction, Profile
from catalog.views import page_provider
from catalog.views.page_provider import PageProvider
from tests.factories import make_catalog, make_interaction, make_item, make_profile

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}
LIVE = {"HTTP_HX_REQUEST": "true"}


def act(client, item, kind="", **more):
    address = reverse("catalog:act", args=[item.catalog.slug, item.pk])
    headers = {key: more.pop(key) for key in list(more) if key.startswith("HTTP_")}
    return client.post(address, {"kind": kind, **more}, **headers)


@pytest.fixture
def visit(client):
    """Get a page as a person's browser does."""
    return lambda address, **headers: client.get(address, **{**BROWSER, **headers})


def test_the_front_page_shows_public_catalogues(visit, catalog, items):
    make_catalog(slug="hidden", name="Hidden", is_public=False)
    catalog.texts = {"en": {"tagline": "Cups and cloth"}}
    catalog.save()
    page = visit("/").content.decode()
    assert "Shop" in page
    assert "Cups and cloth" in page
    assert "6 items" in page
    assert "Hidden" not in page


def test_staff_see_closed_catalogues_and_others_do_not(client, staff):
    closed = make_catalog(is_public=False)
    address = reverse("catalog:search", args=[closed.slug])
    assert client.get(address).status_code == 404
    client.force_login(staff)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["index", "you"])
def test_pages_work_without_any_catalogue(db, visit, name):
    assert visit(reverse(f"catalog:{name}")).status_code == 200


def test_every_page_forbids_foreign_and_inline_code(visit, catalog):
    policy = visit("/")["Content-Security-Policy"]
    assert {"script-src 'self'", "style-src 'self'", "default-src 'self'"} <= set(
        policy.split("; ")
    )
    assert "unsafe-inline" not in policy
    assert "http" not in policy


def test_pages_hold_no_inline_script_style_or_foreign_address(visit, catalog, items):
    for address in (
        "/",
        items[0].get_absolute_url(),
        reverse("catalog:search", args=["shop"]),
        "/you/",
    ):
        page = visit(address).content.decode()
        assert "<style" not in page
        assert "style=" not in page
        assert "onclick" not in page
        assert '="http' not in page
        assert "<script>" not in page


def test_every_page_names_simulated_people_and_the_health_disclaimer(db, visit):
    health = make_catalog(slug="health", domain="health", log_is_simulated=True)
    item = make_item(health)
    for address in (
        health.get_absolute_url(),
        item.get_absolute_url(),
        reverse("catalog:search", args=["health"]),
    ):
        page = visit(address).content.decode()
        assert "The people in this catalogue are simulated" in page
        assert "Not medical advice" in page


def test_a_real_log_is_not_called_simulated(visit, catalog):
    assert "simulated" not in visit(catalog.get_absolute_url()).content.decode()


# Items


def test_an_item_page_shows_its_facts_and_links_to_web_addresses_only(visit, catalog):
    good = make_item(
        catalog, attributes={"price": 2.5, "currency": "GBP", "url": "https://example.com/a"}
    )
    bad = make_item(catalog, attributes={"url": "javascript:alert(1)"})
    page = visit(good.get_absolute_url()).content.decode()
    assert "£2.50" in page
    assert 'href="https://example.com/a"' in page
    assert 'href="javascript' not in visit(bad.get_absolute_url()).content.decode()


def test_an_item_of_another_catalogue_is_not_found(visit, catalog):
    other = make_item(make_catalog())
    assert visit(reverse("catalog:item", args=["shop", other.pk])).status_code == 404


def test_a_view_is_recorded_once_a_visit(visit, items):
    for _again in range(3):
        visit(items[0].get_absolute_url())
    visit(items[1].get_absolute_url())
    assert Interaction.objects.filter(kind="view").count() == 2
    assert Profile.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_USER_AGENT": "Googlebot/2.1"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "Mozilla/5.0", "HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_USER_AGENT": "Mozilla/5.0", "HTTP_PURPOSE": "prefetch"},
    ],
)
def test_robots_and_prefetches_are_not_recorded(client, items, headers):
    assert client.get(items[0].get_absolute_url(), **headers).status_code == 200
    assert not Interaction.objects.exists()
    assert not Profile.objects.exists()


def test_a_head_request_is_not_recorded(client, items):
    assert client.head(items[0].get_absolute_url(), **BROWSER).status_code == 200
    assert not Interaction.objects.exists()


def test_an_unavailable_item_says_so_and_its_view_is_not_recorded(visit, catalog):
    item = make_item(catalog, available=False)
    assert "Not available any more" in visit(item.get_absolute_url()).content.decode()
    assert not Interaction.objects.exists()


# Acting


def test_acting_without_javascript_redirects_and_shows_the_notice_once(client, items):
    home = items[0].catalog.get_absolute_url()
    answer = act(client, items[0], "save", next=home)
    assert answer.url == home
    assert Interaction.objects.get().kind == "save"
    page = client.get("/you/").content.decode()
    assert "Saved “Red Mug”" in page
    assert "Undo" in page
    assert "Saved “Red Mug”" not in client.get("/you/").content.decode()


def test_acting_with_htmx_answers_with_a_notice_and_a_trigger(client, items):
    answer = act(client, items[0], "hide", **LIVE)
    assert answer.status_code == 200
    assert answer["HX-Trigger"] == "acted"
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in answer.content.decode()
    assert "Gone. “Red Mug” will not come back." in answer.content.decode()


def test_a_button_pressed_twice_records_one_event(client, items):
    for _again in range(2):
        assert "Saved" in act(client, items[0], "save", **LIVE).content.decode()
    assert Interaction.objects.count() == 1


def test_undo_deletes_that_kind_only(client, items):
    for kind in ("save", "like"):
        act(client, items[0], kind)
    act(client, items[0], undo="save")
    assert [row.kind for row in Interaction.objects.all()] == ["like"]


def test_undo_by_a_stranger_creates_no_profile(client, items):
    assert act(client, items[0], undo="save").status_code == 302
    assert not Profile.objects.exists()


def test_events_of_others_cannot_be_undone(client, items, profile):
    make_interaction(profile, items[0], "save")
    act(client, items[1], "like")
    act(client, items[0], undo="save")
    assert Interaction.objects.filter(profile=profile, kind="save").exists()


@pytest.mark.parametrize("kind", ["", "buy", "rate", "view"])
def test_an_unknown_action_is_rejected_with_a_sentence(client, items, kind):
    answer = act(client, items[0], kind)
    assert answer.status_code == 400
    assert "kind" in answer.content.decode()
    assert not Interaction.objects.exists()


def test_an_action_and_its_undo_at_once_are_rejected(client, items):
    assert act(client, items[0], "save", undo="like").status_code == 400


def test_errors_of_live_requests_are_shown_in_the_notice(client, catalog):
    unavailable = make_item(catalog, available=False)
    answer = act(client, unavailable, "take", **LIVE)
    assert answer.status_code == 200
    assert "not available any more" in answer.content.decode()


def test_acting_redirects_to_this_site_only(client, items):
    assert (
        act(client, items[0], "save", next="https://evil.example/").url
        == items[0].get_absolute_url()
    )


def test_acting_needs_the_token_of_our_own_form(items):
    from django.test import Client

    answer = act(Client(enforce_csrf_checks=True), items[0], "save")
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_a_get_never_acts(client, items):
    assert client.get(reverse("catalog:act", args=["shop", items[0].pk])).status_code == 405


def test_the_buttons_show_earlier_actions(client, visit, items):
    act(client, items[0], "take")
    page = visit(items[0].get_absolute_url(), **LIVE).content.decode()
    assert "Bought" in page
    assert page.count('aria-pressed="true"') == 1


def test_a_catalogue_may_have_its_own_word_for_take(visit, catalog, items):
    catalog.texts = {"en": {"take": "Borrow it"}}
    catalog.save()
    assert "Borrow it" in visit(items[0].get_absolute_url()).content.decode()


# The dial


def test_a_strangers_dial_is_stored_in_the_visit(client, catalog):
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.8"})
    assert not Profile.objects.exists()
    assert 'value="0.8"' in client.get("/you/").content.decode()


def test_a_persons_dial_is_stored_in_the_profile(client, items):
    act(client, items[0], "save")
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.6"})
    assert Profile.objects.get().tail == 0.6


def test_the_radio_buttons_win_over_the_slider(client, items):
    act(client, items[0], "save")
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.3", "step": "1"})
    assert Profile.objects.get().tail == 1.0


def test_the_dial_stays_within_the_catalogues_limits(client, items):
    Catalog.objects.update(tail_min=0.2, tail_max=0.5)
    act(client, items[0], "save")
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "1"})
    assert Profile.objects.get().tail == 0.5


@pytest.mark.parametrize("tail", ["", "far", "2", "nan"])
def test_a_dial_that_is_not_a_number_is_rejected(client, catalog, tail):
    assert client.post(reverse("catalog:dial", args=["shop"]), {"tail": tail}).status_code == 400


def test_turning_the_dial_live_reloads_the_lists(client, catalog):
    answer = client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.5"}, **LIVE)
    assert answer.status_code == 204
    assert answer["HX-Trigger"] == "turned"
    assert "turned from:body" in client.get("/c/shop/").content.decode()


# Search


def test_search_counts_and_shows_results(visit, items):
    page = visit("/c/shop/search/?q=mug").content.decode()
    assert "3 items" in page
    assert "Red Mug" in page
    assert "Tea Towel" not in page


def test_a_category_filters_the_search(visit, items):
    page = visit("/c/shop/search/?category=Towels").content.decode()
    assert "Beach Towel" in page
    assert "Red Mug" not in page
    assert visit("/c/shop/search/?category=Nonsense").status_code == 404


def test_a_category_shows_popular_items_first(visit, items, profile):
    make_interaction(profile, items[5], "take")
    page = visit("/c/shop/search/?category=Towels").content.decode()
    assert page.index("Beach Towel") < page.index("Tea Towel") < page.index("Bath Towel")


def test_a_search_without_results_offers_help(visit, items):
    page = visit("/c/shop/search/?q=zeppelin").content.decode()
    assert "Nothing under that name" in page
    assert "Red Mug" in page


def test_long_results_have_pages(visit, catalog):
    for number in range(30):
        make_item(catalog, title=f"Spoon {number:02}")
    first, second = (
        visit(f"/c/shop/search/?q=spoon&page={page}").content.decode() for page in (1, 2)
    )
    assert "Page 1 of 2" in first
    assert 'rel="next"' in first
    assert first.count('class="card"') == 24
    assert second.count('class="card"') == 6


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=9999", "q=" + "a" * 300])
def test_bad_search_parameters_are_rejected_with_a_sentence(visit, items, query):
    assert visit(f"/c/shop/search/?{query}").status_code == 400


def test_typed_text_is_escaped(visit, items):
    page = visit("/c/shop/search/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


# Covers


def test_a_cover_may_be_cached_for_a_year_and_answers_304(client, items):
    address = reverse("catalog:cover", args=["shop", items[0].pk])
    first = client.get(address)
    assert first["Content-Type"] == "image/svg+xml"
    assert "immutable" in first["Cache-Control"]
    assert "max-age=31536000" in first["Cache-Control"]
    assert client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304


def test_covers_of_a_closed_catalogue_are_not_cached_by_proxies(client, staff):
    item = make_item(make_catalog(is_public=False))
    client.force_login(staff)
    answer = client.get(reverse("catalog:cover", args=[item.catalog.slug, item.pk]))
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]


def test_a_new_title_changes_the_address_of_the_cover(visit, items):
    def address() -> str:
        page = visit(items[0].get_absolute_url()).content.decode()
        return page.split('src="/c/shop/covers/')[1].split('"')[0]

    before = address()
    items[0].title = "Crimson Mug"
    items[0].save()
    assert address() != before


# You


def test_the_history_lists_events_with_an_undo(client, items, django_assert_max_num_queries):
    for item in items:
        act(client, item, "like")
    client.get("/you/")
    with django_assert_max_num_queries(10):
        page = client.get("/you/").content.decode()
    assert page.count("Take back:") == 6
    act(client, items[0], undo="like", next="/you/")
    assert "Take back: Red Mug" not in client.get("/you/").content.decode()


def test_another_persons_history_is_not_shown(client, items):
    make_interaction(make_profile(items[0].catalog), items[0], "like")
    assert "Red Mug" not in client.get("/you/").content.decode()


# Without the recommender


@pytest.fixture
def no_provider():
    """The pages without what an app with models adds."""
    registered = page_provider.provider()
    page_provider.register(PageProvider())
    yield
    page_provider.register(registered)


@pytest.mark.urls("tests.catalog.urls_alone")
def test_the_catalogue_works_without_the_recommender(client, visit, items, profile, no_provider):
    make_interaction(profile, items[2], "take")
    home = visit("/c/shop/").content.decode()
    assert "Popular" in home
    assert home.count('data-item="') == len(items)
    assert visit("/c/shop/", **LIVE).content.decode().lstrip().startswith('<div id="shelves"')
    page = visit(items[0].get_absolute_url()).content.decode()
    assert "Red Mug" in page
    assert "Why this?" not in page
    assert act(client, items[0], "save").status_code == 302


# Languages, errors


def test_a_page_is_in_the_language_of_the_cookie(client, catalog):
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="zh-Hans"' in page
    assert "登录" in page


@pytest.mark.parametrize(
    ("address", "status"), [("/nothing", 404), ("/c/none/", 404), ("/c/shop/items/99999/", 404)]
)
def test_error_pages_have_our_style(client, catalog, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    assert "This is too far out" in answer.content.decode()


def test_a_broken_server_still_has_a_page(client, catalog, monkeypatch):
    from catalog.views import home as views

    client.raise_request_exception = False
    monkeypatch.setattr(views, "visible_catalogs", lambda request: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()
