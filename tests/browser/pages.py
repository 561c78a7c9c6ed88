"""Every page of the site and how to reach it, for the accessibility check and `make screenshots`.

A new page needs one line in PAGES.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import expect

from tests.factories import PASSWORD

COURSES, HEALTH, COMMUNITY, NOWHERE = "/c/courses/", "/c/health/", "/c/community/", "/nowhere/"
#: Staff who may see the admin; for a running site from the environment.
STAFF = os.environ.get("STAFF", "staff@example.com")
STAFF_PASSWORD = os.environ.get("STAFF_PASSWORD", PASSWORD)
LANGUAGE = "django_language"
#: The courses' own image; nothing is there.
LOST_IMAGE = f"https://images.example.org{NOWHERE}"
Step = Callable[[Any], None]


def nothing(_page: Any) -> None:
    """A stranger's first page."""


def a_past(page: Any) -> None:
    """Take two courses, so that lists and reasons are personal."""
    for query in ("python", "data"):
        to_first_found(page, query)
        page.locator("#act-take").click()
        expect(page.locator("#act-take")).to_have_attribute("aria-pressed", "true")


def to_first_found(page: Any, query: str = "python", catalogue: str = COURSES) -> None:
    page.goto(f"{catalogue}search/?q={query}")
    page.locator("#found .card h3 a").first.click()
    page.locator("#acts").wait_for()


def to_first_category(page: Any) -> None:
    page.locator(".facets a[href*='category=']").first.click()
    page.locator(".found-head").wait_for()


def staff(page: Any) -> None:
    page.goto("/admin/login/?next=/admin/")
    page.locator("[name=username]").fill(STAFF)
    page.locator("[name=password]").fill(STAFF_PASSWORD)
    page.locator("[type=submit]").last.click()
    page.wait_for_url("**/admin/")


def menu_open(page: Any) -> None:
    page.locator("#shelf-for-you .card").first.hover()
    page.locator("#shelf-for-you .card-acts .more").first.click()
    page.locator("#card-menu button").first.wait_for()


def dial_turned(page: Any) -> None:
    page.locator(".dial input[type=range]").focus()
    page.keyboard.press("End")
    page.locator(".dial-preview .keep").wait_for()


def something_hidden(page: Any) -> None:
    a_past(page)
    page.goto(COURSES)
    menu_open(page)
    page.locator("#card-menu [name=what] ~ button").first.click()
    page.locator("#toast button").wait_for()


def why_open(page: Any) -> None:
    to_first_found(page)
    page.get_by_role("link", name="Why this?").or_(
        page.get_by_role("link", name="为什么推荐")
    ).first.click()
    page.locator("#why-panel").wait_for()


def some_words(page: Any) -> None:
    """A past, an added word and a muted one."""
    a_past(page)
    for name, word in (("add", "machine learning"), ("mute", "java")):
        page.goto(f"{COURSES}interests/")
        page.locator(f"#{name}").fill(word)
        page.locator(f"#{name}").press("Enter")
        page.locator("#preview-keep").click()
        page.locator("#toast div").wait_for()


def preview_open(page: Any) -> None:
    page.locator("#add").fill("python")
    page.locator("#add").press("Enter")
    page.locator("#preview-panel").wait_for()


def agreed(page: Any) -> None:
    page.goto(f"{HEALTH}start/")
    page.locator("#agree").check()
    page.locator(".ask-buttons button").click()
    page.locator(".ask-choices").first.wait_for()


def health_answered(page: Any) -> None:
    agreed(page)
    for choice in ("supple", "cook"):
        page.locator(f"[name=goals][value={choice}]").check()
    page.locator(".ask-buttons button").click()
    page.locator("[name=level]").first.wait_for()


def picked(page: Any) -> None:
    page.goto(f"{COURSES}start/")
    for number in (0, 3):
        page.locator("[name=picked]").nth(number).check(force=True)
    page.locator(".ask-buttons button").click()
    page.locator("#ask-words").wait_for()


def reason_open(page: Any) -> None:
    page.locator("#shelf-for-you a.reason").first.click()
    page.locator("#why-pop table").wait_for()


def suggestions_open(page: Any) -> None:
    page.locator("#q").press_sequentially("pyhto")
    page.locator("#suggestion-1").wait_for()


def on_from_item(part: str) -> Step:
    """To a page below an item's page."""

    def go(page: Any) -> None:
        to_first_found(page)
        page.goto(page.url + part)

    return go


def member(page: Any) -> None:
    page.goto("/accounts/login/?next=/you/")
    page.locator("[name=login]").fill(STAFF)
    page.locator("[name=password]").fill(STAFF_PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/you/")


_visits: dict[Step, list[Any]] = {}
"""Step -> cookies of the visitor who did it. Tests only read pages, so one visitor is enough."""


def come_back(page: Any, needs: Step) -> None:
    """Restore the visitor who did this earlier in the run, else do it now."""
    if needs is nothing:
        return
    if needs in _visits:
        page.context.add_cookies(_visits[needs])
        return
    needs(page)
    _visits[needs] = [cookie for cookie in page.context.cookies() if cookie["name"] != LANGUAGE]


@dataclass(frozen=True)
class Page:
    """``needs``: what the visitor does first; ``then``: what is done on the page.

    ``ends``: the name of the last page's route, if it differs from the path's.
    """

    name: str
    path: str
    needs: Step = nothing
    then: Step = nothing
    ends: str = ""

    @property
    def route(self) -> str:
        return self.ends or route_of(self.path)

    def reach(self, page: Any) -> None:
        come_back(page, self.needs)
        page.goto(self.path)
        self.then(page)
        page.wait_for_load_state("networkidle")
        assert route_of(page.url) == self.route, page.url


def route_of(address: str) -> str:
    """The name of the view that answers; empty for an unknown address."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


PAGES: list[Page] = [
    Page("front", "/"),
    Page("home-new", COURSES),
    Page("home", COURSES, needs=a_past),
    Page("health", HEALTH),
    Page("community", COMMUNITY),
    Page("community-search", f"{COMMUNITY}search/?q=bread"),
    Page("category", f"{COURSES}search/", then=to_first_category),
    Page("row", f"{COURSES}rows/for-you/", needs=a_past),
    Page("row-popular", f"{COURSES}rows/popular/?language=en"),
    Page("row-taken", f"{COURSES}rows/taken/", needs=a_past),
    Page("search", f"{COURSES}search/?q=python"),
    Page("search-empty", f"{COURSES}search/?q=zeppelinzucht"),
    Page("item", COURSES, needs=a_past, then=to_first_found, ends="catalog:item"),
    Page("suggestions", COURSES, then=suggestions_open),
    Page("reason", COURSES, needs=a_past, then=reason_open),
    Page("why", COURSES, needs=a_past, then=why_open, ends="catalog:item"),
    Page("why-page", COURSES, needs=a_past, then=on_from_item("why/"), ends="recommender:why"),
    Page("item-menu", COURSES, then=on_from_item("menu/"), ends="catalog:menu"),
    Page("card-menu", COURSES, needs=a_past, then=menu_open),
    Page("dial-preview", COURSES, needs=a_past, then=dial_turned),
    Page("dial", f"{COURSES}dial/?step=1", needs=a_past),
    Page("hidden-new", f"{COURSES}hidden/"),
    Page("hidden", f"{COURSES}hidden/", needs=something_hidden),
    Page("start", f"{COURSES}start/", ends="recommender:question"),
    Page("start-say", f"{COURSES}start/say/", needs=picked),
    Page("start-done", f"{COURSES}start/done/", needs=picked),
    Page("start-consent", f"{HEALTH}start/", ends="recommender:question"),
    Page("start-goals", f"{HEALTH}start/goals/", needs=agreed),
    Page("start-practice", f"{HEALTH}start/practice/", needs=agreed),
    Page("start-health-done", f"{HEALTH}start/done/", needs=health_answered),
    Page("interests-new", f"{COURSES}interests/"),
    Page("interests", f"{COURSES}interests/", needs=some_words),
    Page("interests-preview", f"{COURSES}interests/", needs=a_past, then=preview_open),
    Page("interests-health", f"{HEALTH}interests/", needs=health_answered),
    Page("history", f"{COURSES}history/", needs=a_past),
    Page("you-new", "/you/"),
    Page("you", "/you/", needs=a_past),
    Page("privacy-new", "/privacy/"),
    Page("privacy", "/privacy/", needs=a_past),
    Page("erase", "/privacy/erase/?what=@all", needs=a_past),
    Page("how", f"{COURSES}how/", needs=a_past),
    Page("sign-in", "/accounts/login/"),
    Page("sign-up", "/accounts/signup/"),
    Page("sign-out", "/accounts/logout/", needs=member),
    Page("sign-in-again", "/accounts/reauthenticate/", needs=member),
    Page("email", "/accounts/email/", needs=member),
    Page("password", "/accounts/password/change/", needs=member),
    Page("password-lost", "/accounts/password/reset/"),
    Page("password-letter", "/accounts/password/reset/done/"),
    Page("password-bad-link", "/accounts/password/reset/key/1-none/"),
    Page("password-new", "/accounts/password/reset/key/done/"),
    Page("email-letter", "/accounts/confirm-email/"),
    Page("email-bad-link", "/accounts/confirm-email/none/"),
    Page("account-closed", "/accounts/inactive/"),
    Page("lost", NOWHERE),
]
#: The admin takes its components from its theme. It is pictured here and checked by its own tests.
ADMIN_PAGES: list[Page] = [
    Page("admin", "/admin/", needs=staff),
    Page("admin-items", "/admin/catalog/item/", needs=staff),
    Page(
        "admin-catalogue",
        "/admin/catalog/catalog/",
        needs=staff,
        then=lambda page: open_row(page, "courses"),
        ends="admin:catalog_catalog_change",
    ),
]


def open_row(page: Any, text: str) -> None:
    page.get_by_role("row").filter(has_text=text).get_by_role("link").first.click()
