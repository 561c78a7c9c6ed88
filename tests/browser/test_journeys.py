"""User journeys in a real browser: with and without JavaScript, by keyboard, in two languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.pages import STAFF
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser
COURSES = "/c/courses/"


ITEMS = (
    "shelf => [...document.querySelectorAll(`#shelf-${shelf} .card`)]"
    ".map(card => card.dataset.item)"
)


def list_of(page: Any, shelf: str = "for-you") -> list[str]:
    return page.evaluate(ITEMS, shelf)


def take_first_of(page: Any, query: str) -> str:
    """Find an item and enrol in it on its page; returns its title."""
    page.goto(f"{COURSES}search/?q={query}")
    page.locator(".card h3 a").first.click()
    page.locator("#act-take").click()
    expect(page.locator("#toast")).to_contain_text("Enrolled in")
    expect(page.locator("#act-take")).to_have_attribute("aria-pressed", "true")
    return page.locator("h1").inner_text()


def test_a_person_chooses_a_catalogue_acts_sees_the_list_change_and_undoes(open_page, shoot):
    page = open_page("/")
    shoot(page, "choice")
    page.get_by_role("link", name="Programming courses and books", exact=True).last.click()
    expect(page).to_have_url(re.compile("/c/courses/$"))
    expect(page.get_by_text("Not personal yet")).to_be_visible()
    before = list_of(page)
    shoot(page, "stranger")
    title = take_first_of(page, "python")
    shoot(page, "item")
    page.goto(COURSES)
    assert list_of(page) != before
    expect(page.get_by_role("heading", name=f"Because you chose “{title}”")).to_be_visible()
    shoot(page, "personal")
    hidden = list_of(page)[0]
    page.locator("#shelf-for-you .card").first.hover()
    page.locator("#shelf-for-you .card-acts [value=hide]").first.click()
    expect(page.locator(f'[data-item="{hidden}"]')).to_have_count(0)
    notice = re.compile(
        r"Removed\. (“.+” will not be recommended again"
        r"|\d+ similar items? (is|are) ranked lower too)\."
    )
    expect(page.locator("#toast")).to_contain_text(notice)
    page.locator("#toast button").click()
    expect(page.locator(f'#shelves [data-item="{hidden}"]')).to_have_count(1)
    expect(page.locator("#toast")).to_contain_text("Undone")


def test_acting_by_keyboard_retains_the_focus(open_page):
    page = open_page(COURSES)
    first, second = list_of(page)[:2]
    page.locator("#shelf-for-you .card-acts [value=hide]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f'[data-item="{first}"]')).to_have_count(0)
    expect(page.locator(f'#shelf-for-you [data-item="{list_of(page)[0]}"] h3 a')).to_be_focused()
    assert second in list_of(page)


def test_the_dial_follows_the_arrow_keys_and_the_lists_follow_the_dial(open_page, shoot):
    page = open_page(COURSES)
    take_first_of(page, "python")
    page.goto(COURSES)
    page.evaluate("document.querySelector('#shelves').dataset.old = '1'")
    dial = page.get_by_role("slider", name="How far do you want to explore?")
    dial.focus()
    for _step in range(7):
        page.keyboard.press("ArrowRight")
    expect(dial).to_have_value("1")
    expect(dial).to_have_attribute("aria-valuetext", "what few know")
    expect(page.locator(".dial output")).to_have_text("what few know")
    expect(page.locator(".dial-preview .keep")).to_have_attribute("value", "1")
    expect(page.locator("#shelves[data-old]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#shelves[data-old]")).to_have_count(0)
    expect(dial).to_be_focused()
    far = list_of(page)
    shoot(page, "far")
    page.reload()
    expect(dial).to_have_value("1")
    assert list_of(page) == far
    dial.focus()
    page.keyboard.press("Home")
    expect(page.locator(".dial-preview .keep")).to_have_attribute("value", "0")
    page.keyboard.press("Enter")
    page.wait_for_function(
        f"old => JSON.stringify(({ITEMS})('for-you')) !== JSON.stringify(old)", arg=far
    )


def test_why_this_opens_in_place_with_the_numbers(open_page, shoot):
    page = open_page(COURSES)
    take_first_of(page, "python")
    page.goto(COURSES)
    page.locator("#shelf-for-you h3 a").first.click()
    address = page.url
    page.get_by_role("link", name="Why this?").click()
    expect(page.get_by_role("table")).to_contain_text("%")
    expect(page.locator("#why-panel")).to_be_focused()
    assert page.url == address
    shoot(page)


@pytest.mark.parametrize(
    ("query", "language"), [("python", "en"), ("编程", "zh-hans"), ("图书", "zh-hans")]
)
def test_search_works_in_english_and_in_chinese(open_page, shoot, query, language):
    page = open_page(COURSES, language=language)
    page.get_by_role("searchbox").fill(query)
    page.keyboard.press("Enter")
    expect(page.locator(".found-head h1")).to_have_text(query)
    expect(page.locator("#found .card").first).to_be_visible()
    shoot(page, language)


def test_a_search_without_results_offers_help(open_page, shoot):
    page = open_page(f"{COURSES}search/?q=zeppelinzucht")
    expect(page.get_by_role("heading", name="Nothing by that name")).to_be_visible()
    expect(page.locator("#found .card").first).to_be_visible()
    shoot(page)


def test_signing_up_retains_earlier_events(open_page, shoot):
    page = open_page(COURSES)
    title = take_first_of(page, "python")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("Email").fill("reader@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    shoot(page, "form")
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("link", name="You", exact=True).click()
    expect(page.get_by_text("reader@example.com")).to_be_visible()
    expect(page.get_by_role("link", name=title).first).to_be_visible()
    shoot(page, "you")
    page.get_by_role("button", name=f"Undo: {title}, chosen").click()
    expect(page.get_by_role("button", name=f"Undo: {title}, chosen")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_the_language_changes_on_the_page_and_stays(open_page, shoot):
    page = open_page(COURSES)
    page.get_by_role("button", name="中文").click()
    expect(page).to_have_url(re.compile("/c/courses/$"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", name="为你推荐")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="大多数东西，只有少数人知道")).to_be_visible()
    shoot(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_dark_colours_stay(open_page, shoot):
    page = open_page(COURSES)
    page.get_by_role("button", name="Dark colours").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(21, 20, 18)")
    page.goto("/")
    expect(page.locator("body")).to_have_css("background-color", "rgb(21, 20, 18)")
    shoot(page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        COURSES,
        "/c/health/",
        f"{COURSES}search/?q=python",
        "/you/",
        "/accounts/login/",
        "/accounts/signup/",
    ],
)
def test_no_page_scrolls_sideways_on_a_phone(open_page, shoot, path, language):
    page = open_page(path, phone=True, language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    shoot(page)


def test_the_health_pages_say_what_they_are(open_page):
    page = open_page("/c/health/")
    expect(page.get_by_text("Not medical advice")).to_be_visible()
    expect(page.get_by_text("The people in this catalogue are simulated")).to_be_visible()


def test_everything_basic_works_without_javascript(open_page, shoot):
    page = open_page(COURSES, script=False)
    first = page.locator("#shelf-for-you .card h3 a").first
    title, address = first.inner_text(), first.get_attribute("href")
    page.locator("#shelf-for-you .card").first.hover()
    page.locator("#shelf-for-you .card-acts [value=save]").first.click()
    expect(page.locator("#toast")).to_contain_text(f"Saved “{title}”")
    expect(page.locator(f'#shelf-for-you a[href="{address}"]')).to_have_count(0)
    page.locator("#toast button").click()
    expect(page.locator("#toast")).to_contain_text("Undone")
    page.get_by_role("radio", name="what few know").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("radio", name="what few know")).to_be_checked()
    shoot(page)
    page.locator("#shelf-for-you h3 a").first.click()
    page.get_by_role("link", name="Why this?").click()
    expect(page.get_by_role("heading", name="Why this?")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_staff_train_and_promote_in_the_admin(open_page, shoot):
    page = open_page("/admin/login/?next=/admin/")
    page.locator("[name=username]").fill(STAFF)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[type=submit]").last.click()
    shoot(page, "dashboard")
    train(page, "Everyday health")
    shoot(page, "run")
    page.goto("/c/health/")
    expect(page.locator("#shelf-gems")).to_contain_text("less known items")
    train(page, "Everyday health", again=True)
    page.goto("/admin/recommender/modelversion/")
    shoot(page, "versions")
    page.get_by_role("row").filter(has_text="Everyday health").filter(has_text="v1").get_by_role(
        "link"
    ).first.click()
    shoot(page, "version")
    page.get_by_role("link", name="Promote").click()
    page.get_by_role("button", name="Promote").click()
    expect(page.get_by_text("is live now")).to_be_visible()
    shoot(page, "promoted")


def train(page: Any, catalogue: str, *, again: bool = False) -> None:
    page.goto("/admin/catalog/catalog/")
    page.get_by_role("link", name=catalogue).first.click()
    page.get_by_role("link", name="Train now").click()
    if again:
        page.get_by_label("Train even without new data").check(force=True)
    # the run ends before the page answers
    page.get_by_role("button", name="Train", exact=True).click(timeout=180_000)
    expect(page.get_by_text("succeeded").first).to_be_visible(timeout=60_000)
