"""Reasons, item pages and search in a real browser: two languages, phones, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
COURSES = "/c/courses/"
BOTH = pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh-hans", True)])


def take(page: Any, query: str = "python") -> str:
    """Take the first item found; returns its title."""
    page.goto(f"{COURSES}search/?q={query}")
    page.locator("#found .card h3 a").first.click()
    title = page.locator("h1").inner_text()
    page.locator("#act-take").click()
    expect(page.locator("#act-take")).to_have_attribute("aria-pressed", "true")
    return title


def first_reason(page: Any) -> Any:
    return page.locator("#shelf-for-you a.reason").first


def does_not_scroll_sideways(page: Any) -> bool:
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


# Why this?


@BOTH
def test_a_cards_reason_opens_the_contributions_to_its_score(open_page, shoot, language, phone):
    page = open_page(COURSES, language=language, phone=phone)
    title = take(page)
    page.goto(COURSES)
    address = page.url
    first_reason(page).click()
    expect(page.locator("#why-pop")).to_be_visible()
    expect(page.locator("#why-panel")).to_be_focused()
    expect(page.locator("#why-panel table")).to_contain_text("%")
    expect(page.locator("#why-panel")).to_contain_text(title)
    assert page.url == address
    assert does_not_scroll_sideways(page)
    shoot(page, language)
    page.keyboard.press("Escape")
    expect(page.locator("#why-pop")).to_be_hidden()
    expect(first_reason(page)).to_be_focused()


def test_the_bars_add_up_to_the_whole_score(open_page):
    page = open_page(COURSES)
    take(page)
    page.goto(COURSES)
    first_reason(page).click()
    expect(page.locator("#why-panel")).to_be_focused()
    shares = page.locator(".by-evidence .number").all_inner_texts()
    assert 97 <= sum(abs(int(share.split()[0])) for share in shares) <= 103


def test_excluding_a_reason_changes_the_list_and_undo_restores_it(open_page):
    page = open_page(COURSES)
    title = take(page)
    page.goto(COURSES)
    expect(page.get_by_role("heading", name=f"Because you chose “{title}”")).to_be_visible()
    first_reason(page).click()
    page.get_by_role("button", name=f"Not because of “{title}”").first.click()
    expect(page.locator("#toast")).to_contain_text("is no longer used for recommendations")
    expect(page.locator("#why-pop")).to_be_hidden()
    expect(page.get_by_role("heading", name=f"Because you chose “{title}”")).to_have_count(0)
    page.locator("#toast button").click()
    expect(page.get_by_role("heading", name=f"Because you chose “{title}”")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_reasons_can_be_read_and_excluded_without_javascript(open_page, language):
    page = open_page(COURSES, language=language, script=False)
    title = take(page)
    page.goto(COURSES)
    first_reason(page).click()
    expect(page).to_have_url(re.compile("/why/$"))
    exclude = page.locator(".why-not button:not([name])").first
    expect(page.locator("#why-panel")).to_contain_text(title)
    exclude.click()
    expect(page).to_have_url(re.compile("/why/$"))
    expect(page.locator("#why-panel")).not_to_contain_text(title)
    page.goto(f"{COURSES}search/?q=python")
    page.get_by_role("link", name=title, exact=True).first.click()
    page.locator("button[value=excluded_reason]").last.click()
    expect(page.locator("#acts button[value=excluded_reason]")).to_have_count(0)


# An item's page


@BOTH
def test_an_item_shows_similar_items_and_takes_stars(open_page, shoot, language, phone):
    page = open_page(COURSES, language=language, phone=phone)
    take(page)
    expect(page.locator("#item-rows section").first).to_be_visible()
    pks = page.evaluate(
        "[...document.querySelectorAll('#item-rows .card')].map(card => card.dataset.item)"
    )
    assert len(pks) == len(set(pks)) > 3
    assert does_not_scroll_sideways(page)
    page.locator("#stars-4").click()
    expect(page.locator(".rate .lit")).to_have_count(4)
    expect(page.locator("#stars-4")).to_have_attribute("aria-pressed", "true")
    shoot(page, language)
    page.locator("#toast button").click()
    expect(page.locator(".rate .lit")).to_have_count(0)


def test_a_disliked_item_leaves_the_rows_of_the_page(open_page):
    page = open_page(COURSES)
    take(page)
    card = page.locator("#item-rows .card").first
    pk = card.get_attribute("data-item")
    card.hover()
    card.locator("[value=hide]").click()
    expect(page.locator(f'#item-rows [data-item="{pk}"]')).to_have_count(0)


def test_stars_are_given_by_keyboard(open_page):
    page = open_page(COURSES)
    take(page)
    page.locator("#stars-2").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rate .lit")).to_have_count(2)
    expect(page.locator("#stars-2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".rate .lit")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_stars_and_providers_work_without_javascript(open_page, language):
    page = open_page(COURSES, language=language, script=False)
    take(page)
    page.locator("#stars-3").click()
    expect(page.locator(".rate .lit")).to_have_count(3)
    page.locator("#stars-3").click()
    expect(page.locator(".rate .lit")).to_have_count(0)
    page.locator(".item .by a").click()
    expect(page).to_have_url(re.compile(r"/search/\?provider="))
    expect(page.locator("#found .card").first).to_be_visible()


# Search


@BOTH
def test_suggestions_appear_while_typing_and_correct_mistakes(open_page, shoot, language, phone):
    page = open_page(COURSES, language=language, phone=phone)
    box = page.get_by_role("searchbox")
    box.press_sequentially("pyhto")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    expect(page.locator("#suggestions")).to_contain_text("python")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    assert does_not_scroll_sideways(page)
    shoot(page, language)
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-1")
    title = page.locator("#suggestion-1 b").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


def test_escape_closes_suggestions_and_enter_searches_the_typed_text(open_page):
    page = open_page(COURSES)
    box = page.get_by_role("searchbox")
    box.press_sequentially("python")
    expect(page.locator("#suggestion-1")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-all")
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(box).to_have_value("python")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=python$"))


def test_a_search_from_the_keyboard_leaves_no_list_open_behind_it(open_page):
    page = open_page(COURSES)
    page.get_by_role("searchbox").press_sequentially("data")
    expect(page.locator("#suggestion-1")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#suggestions")).to_be_hidden()


@BOTH
def test_results_are_corrected_and_filtered_without_javascript(open_page, language, phone):
    page = open_page(COURSES, language=language, phone=phone, script=False)
    page.locator("#q").fill("pyhton")
    page.keyboard.press("Enter")
    expect(page.locator(".found-note")).to_contain_text("python")
    before = page.locator("#found .card").count()
    assert before
    choice = page.locator(".facets > .tags a").last
    size = int(choice.locator(".number").inner_text())
    choice.click()
    expect(page.locator(".facets [aria-current=true]")).to_have_count(1)
    assert page.locator("#found .card").count() == min(size, 24)
    assert does_not_scroll_sideways(page)
    page.locator(".facets [aria-current=true]").click()
    expect(page.locator(".facets [aria-current=true]")).to_have_count(0)
    assert page.locator("#found .card").count() == before
