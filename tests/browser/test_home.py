"""A catalogue's home: rows that load while scrolling, endless rows, facets, orders."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
COURSES = "/c/courses/"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])
SIZES = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])

CARDS = (
    "selector => [...document.querySelectorAll(`${selector} .card[data-item]`)]"
    ".map(card => card.dataset.item)"
)
#: The layout shift since the last call, as browsers measure it.
WATCH_SHIFTS = """() => { window.shifted = 0; new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift"}); }"""


def cards(page: Any, selector: str = "#shelves") -> list[str]:
    return page.evaluate(CARDS, selector)


def with_a_past(open_page: Any, **how: Any) -> Any:
    """A visitor who saved two shown items, on a home whose rows are still loading."""
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
    """Scroll down until no row is loading."""
    for _step in range(60):
        page.mouse.wheel(0, 350)
        page.wait_for_timeout(120)
        if not page.locator(".row.waiting").count():
            return
    raise AssertionError("rows are still on their way")


@LANGUAGES
@SIZES
def test_rows_load_while_scrolling_without_shifts_or_repeated_items(
    open_page, shoot, language, phone
):
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
def test_a_row_continues_and_stays_open_after_an_action(open_page, shoot, language, phone):
    page = with_a_past(open_page, language=language, phone=phone)
    page.locator("#shelf-for-you .row-head a").click()
    expect(page).to_have_url(re.compile(r"/rows/for-you/$"))
    expect(page.locator("#row .card[data-item]")).to_have_count(24)
    page.locator("#goes-on").scroll_into_view_if_needed()
    expect(page.locator("#row .card[data-item]")).to_have_count(48)
    shown = cards(page, "#row")
    assert len(set(shown)) == 48
    hidden_item = shown[3]
    page.locator(f'#row [data-item="{hidden_item}"] .card-acts [value=hide]').dispatch_event(
        "click"
    )
    expect(page.locator(f'#row [data-item="{hidden_item}"]')).to_have_count(0)
    assert len(set(cards(page, "#row"))) == 48
    shoot(page, f"{language}-{phone}")


@LANGUAGES
@SIZES
def test_a_facet_filters_all_rows_and_is_in_the_address(open_page, shoot, language, phone):
    page = open_page(COURSES, language=language, phone=phone)
    before, category = cards(page), page.locator(".home-facets [name=category]")
    category.focus()  # a person opens the page like this
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
def test_the_order_is_remembered_and_reads_no_personal_data(open_page, shoot, language, phone):
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


def test_chosen_items_can_be_shown_again(open_page):
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
