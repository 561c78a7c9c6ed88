"""Browsing a catalogue's home: rows that come as one reads, endless rows, facets, the choice of list."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
COURSES = "/c/courses/"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])
SIZES = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])

CARDS = "selector => [...document.querySelectorAll(`${selector} .card[data-item]`)].map(card => card.dataset.item)"
#: How far the page moved under the reader's eyes since it was asked last, as browsers count it.
WATCH_SHIFTS = """() => { window.shifted = 0; new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift"}); }"""


def cards(page: Any, selector: str = "#shelves") -> list[str]:
    return page.evaluate(CARDS, selector)


def with_a_past(open_page: Any, **how: Any) -> Any:
    """A visitor who saved two of what is shown, on a home whose rows are on their way."""
    page = open_page(COURSES, **how)
    for _time in range(2):
        save = page.locator("#shelf-for-you .card-acts [value=save]").first
        before = cards(page, "#shelf-for-you")
        save.dispatch_event("click")
        page.wait_for_function(
            f"old => JSON.stringify(({CARDS})('#shelf-for-you')) !== JSON.stringify(old)",
            arg=before,
        )
    page.goto(COURSES)
    return page


def read_on(page: Any) -> None:
    """Scroll down as a reader does, until no row is on its way any more."""
    for _step in range(60):
        page.mouse.wheel(0, 350)
        page.wait_for_timeout(120)
        if not page.locator(".row.waiting").count():
            return
    raise AssertionError("rows are still on their way")


@LANGUAGES
@SIZES
def test_rows_come_as_one_reads_without_a_shift_or_an_item_twice(open_page, shoot, language, phone):
    page = with_a_past(open_page, language=language, phone=phone)
    assert page.locator(".row.waiting").count() >= 3
    shoot(page, f"{language}-{phone}-waiting")
    page.evaluate(WATCH_SHIFTS)
    read_on(page)
    shown = cards(page)
    assert len(shown) == len(set(shown)) >= 50
    assert page.evaluate("window.shifted") < 0.02
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    titles = page.locator("#shelves h2").all_inner_texts()
    assert any(
        ("换换口味" if language == "zh-hans" else "Something completely different") in title
        for title in titles
    )
    shoot(page, f"{language}-{phone}-read")


@LANGUAGES
@SIZES
def test_a_row_goes_on_without_an_end_in_sight_and_keeps_what_is_open_after_an_act(
    open_page, shoot, language, phone
):
    page = with_a_past(open_page, language=language, phone=phone)
    page.locator("#shelf-for-you .row-head a").click()
    expect(page).to_have_url(re.compile(r"/rows/for-you/$"))
    expect(page.locator("#row .card[data-item]")).to_have_count(24)
    page.locator("#goes-on").scroll_into_view_if_needed()
    expect(page.locator("#row .card[data-item]")).to_have_count(48)
    shown = cards(page, "#row")
    assert len(set(shown)) == 48
    gone = shown[3]
    page.locator(f'#row [data-item="{gone}"] .card-acts [value=hide]').dispatch_event("click")
    expect(page.locator(f'#row [data-item="{gone}"]')).to_have_count(0)
    assert len(set(cards(page, "#row"))) == 48
    shoot(page, f"{language}-{phone}")


@LANGUAGES
@SIZES
def test_a_facet_narrows_all_rows_in_place_and_stands_in_the_address(
    open_page, shoot, language, phone
):
    page = open_page(COURSES, language=language, phone=phone)
    before, category = cards(page), page.locator(".home-facets [name=category]")
    category.focus()  # as a person would who opens it
    category.select_option(index=1)
    chosen = category.input_value()
    page.wait_for_function(
        f"old => JSON.stringify(({CARDS})('#shelves')) !== JSON.stringify(old)", arg=before
    )
    expect(page).to_have_url(re.compile(r"/c/courses/\?category=[^&]+$"))
    expect(category).to_be_focused()
    narrowed = cards(page)
    page.reload()
    expect(category).to_have_value(chosen)
    if page.locator(".row.waiting").count():
        read_on(page)
    assert cards(page) == narrowed
    shoot(page, f"{language}-{phone}")


@LANGUAGES
@SIZES
def test_the_choice_of_list_stays_and_reads_nothing_of_the_person(
    open_page, shoot, language, phone
):
    page = with_a_past(open_page, language=language, phone=phone)
    for listing in ("category", "newest", "popular", "random"):
        page.locator(f".listings [value={listing}]").click()
        expect(page.locator(f".listings [value={listing}]")).to_have_attribute(
            "aria-pressed", "true"
        )
        page.wait_for_load_state()
        expect(page.locator(".dial")).to_have_count(0)
        shown = cards(page)
        assert len(shown) == len(set(shown)) >= 12
        page.goto(COURSES)
        assert cards(page) == shown
        shoot(page, f"{language}-{phone}-{listing}")
    page.locator(".listings [value=personal]").click()
    expect(page.locator("#shelf-for-you")).to_have_count(1)


def test_what_was_chosen_comes_back_when_asked_for(open_page):
    page = with_a_past(open_page)
    expect(page.locator("#shelf-taken")).to_have_count(0)
    page.locator(".home-facets [name=taken]").check()
    expect(page.locator("#shelf-taken .card")).to_have_count(2)
    expect(page.locator("#shelf-taken .card-acts [name=undo][value=save]")).to_have_count(2)


@LANGUAGES
@SIZES
def test_browsing_works_without_javascript(open_page, shoot, language, phone):
    page = open_page(COURSES, script=False, language=language, phone=phone)
    assert page.locator(".row.waiting").count() == 0
    rows = page.locator("#shelves > .row")
    assert rows.count() >= 3
    page.locator("#shelf-popular .row-head a").click()
    first = page.locator("#row .card h3 a").first.get_attribute("href")
    page.locator("#goes-on a").click()
    expect(page).to_have_url(re.compile(r"/rows/popular/\?page=2$"))
    assert page.locator(f'#row a[href="{first}"]').count() == 0
    page.locator("a[rel=prev]").click()
    assert page.locator("#row .card h3 a").first.get_attribute("href") == first
    page.goto(COURSES)
    page.locator(".home-facets [name=category]").select_option(index=1)
    page.locator(".home-facets .show").click()
    expect(page).to_have_url(re.compile("category=[^&]+"))
    page.locator(".listings [value=newest]").click()
    expect(page.locator("#shelf-newest .card")).to_have_count(24)
    shoot(page, f"{language}-{phone}")
