"""Controls in a real browser: with and without JavaScript, by keyboard, on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_journeys import COURSES, ITEMS, list_of

pytestmark = pytest.mark.browser


def open_menu(page: Any, place: int = 0) -> Any:
    card = page.locator("#shelf-for-you .card").nth(place)
    card.hover()
    card.locator(".more").click()
    menu = page.locator("#card-menu")
    expect(menu.get_by_role("button").first).to_be_focused()
    return menu


@pytest.fixture
def home(open_page: Any) -> Any:
    """The home of a person who took an item."""

    def opened(**how: Any) -> Any:
        page = open_page(COURSES, **how)
        page.goto(f"{COURSES}search/?q=python")
        page.locator("#found .card h3 a").first.click()
        page.locator("#act-take").click()
        expect(page.locator("#toast")).not_to_be_empty()
        page.goto(COURSES)
        return page

    return opened


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("language", "category", "back"),
    [
        ("en", "no longer appears in your lists", "can appear in your lists again"),
        ("zh-hans", "不会再出现在你的列表里", "可以重新出现"),
    ],
)
def test_a_category_is_hidden_from_a_card_and_comes_back(
    home, shoot, language, category, back, phone
):
    page = home(language=language, phone=phone)
    before = list_of(page)
    menu = open_menu(page)
    shoot(page, "menu")
    menu.locator("[name=what][value=category] ~ button").first.click()
    expect(page.locator("#toast")).to_contain_text(category)
    expect(page.locator(f'#shelves [data-item="{before[0]}"]')).to_have_count(0)
    expect(page.locator("#shelf-for-you .card h3 a").first).to_be_focused()
    page.locator("#toast button").click()
    expect(page.locator("#toast")).to_contain_text(back)
    page.wait_for_function(
        f"old => JSON.stringify(({ITEMS})('for-you')) === JSON.stringify(old)", arg=before
    )


def test_not_for_me_shows_how_many_items_ranked_lower_and_undo_restores_them(home):
    page = home()
    before = list_of(page)
    open_menu(page).get_by_role("button", name="Not for me").click()
    expect(page.locator("#toast")).to_contain_text("similar item")
    expect(page.locator(f'#shelves [data-item="{before[0]}"]')).to_have_count(0)
    page.locator("#toast button").click()
    expect(page.locator(f'#shelf-for-you [data-item="{before[0]}"]')).to_have_count(1)
    page.wait_for_timeout(200)
    assert list_of(page) == before


def test_the_menu_works_by_keyboard_and_returns_the_focus(home):
    page = home()
    more = page.locator("#shelf-for-you .card .more").first
    more.focus()
    page.keyboard.press("Enter")
    menu = page.locator("#card-menu")
    expect(menu.get_by_role("button", name="More like this")).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(menu.get_by_role("button", name="Not for me")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")


def test_hidden_names_are_listed_and_can_be_shown_again(home, shoot):
    page = home()
    open_menu(page).locator("[name=what] ~ button").first.click()
    expect(page.locator("#toast button")).to_be_visible()
    page.goto(f"{COURSES}hidden/")
    expect(page.locator(".hidden-rows li")).to_have_count(1)
    shoot(page)
    page.get_by_role("button", name="again").click()
    expect(page.locator(".hidden-rows li")).to_have_count(0)
    expect(page.get_by_text("Nothing is hidden")).to_be_visible()


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh-hans", True)])
def test_the_dial_previews_changes_before_it_is_saved(home, shoot, language, phone):
    page = home(language=language, phone=phone)
    before = list_of(page)
    dial = page.get_by_role("slider")
    stood = dial.input_value()
    dial.focus()
    page.keyboard.press("End")
    expect(page.locator(".dial-preview .keep")).to_have_attribute("value", "1")
    expect(page.locator(".dial-preview .in").first).to_be_visible()
    shoot(page, "preview")
    for part in ("html", ".dial-preview .changes"):
        assert page.locator(part).evaluate("box => box.scrollWidth - box.clientWidth") <= 0, part
    entering, leaving = (page.locator(f".dial-preview .{kind}").count() for kind in ("in", "out"))
    assert entering == leaving > 0
    assert list_of(page) == before
    page.locator(".dial-preview .back").click()
    expect(page.locator(".dial-preview")).to_have_count(0)
    expect(dial).to_have_value(stood)
    expect(dial).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".dial-preview .keep")).to_have_attribute("value", "1")
    page.locator(".dial-preview .keep").click()
    expect(page.locator(".dial-preview")).to_have_count(0)
    page.wait_for_function(
        f"old => JSON.stringify(({ITEMS})('for-you')) !== JSON.stringify(old)", arg=before
    )
    assert len(set(list_of(page)) - set(before)) == entering
    page.reload()
    expect(dial).to_have_value("1")


def test_escape_resets_the_dial(home):
    page = home()
    dial = page.get_by_role("slider")
    stood = dial.input_value()
    dial.focus()
    page.keyboard.press("End")
    expect(page.locator(".dial-preview .keep")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".dial-preview")).to_have_count(0)
    expect(dial).to_have_value(stood)
    page.reload()
    expect(dial).to_have_value(stood)


def test_everything_works_without_javascript(open_page, shoot):
    page = open_page(COURSES, script=False)
    take_without_script(page)
    first = page.locator("#shelf-for-you .card").first
    disliked = first.get_attribute("data-item")
    first.hover()
    first.locator(".more").click()
    shoot(page, "menu")
    page.locator("[name=what][value=category] ~ button").first.click()
    expect(page.locator("#toast")).to_contain_text("no longer appears in your lists")
    expect(page.locator(f'#shelves [data-item="{disliked}"]')).to_have_count(0)
    page.locator("#toast button").click()
    expect(page.locator(f'#shelf-for-you [data-item="{disliked}"]')).to_have_count(1)
    page.get_by_role("link", name="Preview the changes first").click()
    page.get_by_role("radio", name="what few know").check()
    page.get_by_role("button", name="Preview changes").click()
    expect(page.locator(".dial-preview .in").first).to_be_visible()
    shoot(page, "dial")
    page.locator(".dial-preview .keep").click()
    expect(page.get_by_role("radio", name="what few know")).to_be_checked()
    expect(page.locator("#shelf-for-you")).to_be_visible()


def take_without_script(page: Any) -> None:
    page.goto(f"{COURSES}search/?q=python")
    page.locator("#found .card h3 a").first.click()
    page.locator("#act-take").click()
    page.goto(COURSES)
