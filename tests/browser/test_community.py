"""The front page, and a catalogue of short texts in two languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.pages import COMMUNITY

pytestmark = pytest.mark.browser
NAMES = {"en": ["Programming courses and books", "Everyday health", "Slow notes"]}
NAMES["zh-hans"] = ["编程课程与图书", "日常健康", "慢慢记"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", NAMES)
def test_a_visitor_sees_the_catalogues_in_the_chosen_language_and_theme(
    open_page, shoot, language, phone, script
):
    page = open_page("/", language=language, phone=phone, script=script)
    assert page.locator(".choice h2").all_inner_texts() == NAMES[language]
    accents = page.locator(".choice .go").evaluate_all(
        "all => all.map(each => getComputedStyle(each).color)"
    )
    assert len(set(accents)) == len(NAMES[language])
    shoot(page)
    other = next(each for each in NAMES if each != language)
    page.locator("[name=language]").click()
    assert page.locator(".choice h2").all_inner_texts() == NAMES[other]
    page.locator("[name=theme]").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(21, 20, 18)")
    page.get_by_role("link", name=NAMES[other][2], exact=True).last.click()
    expect(page).to_have_url(re.compile(f"{COMMUNITY}$"))
    expect(page.locator("h1")).to_have_text(NAMES[other][2])
    expect(page.locator("body")).to_have_css("background-color", "rgb(21, 20, 18)")


def first_found(page: Any, query: str) -> str:
    page.goto(f"{COMMUNITY}search/?q={query}")
    page.locator("#found .card h3 a").first.click()
    return page.locator("h1").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(
    ("language", "query", "follow", "following"),
    [("en", "bread", "Follow the thread", "Following"), ("zh-hans", "火车", "关注后续", "已关注")],
)
def test_a_reader_follows_and_likes_a_thread_and_the_front_page_counts_it(
    open_page, shoot, language, query, follow, following, script
):
    page = open_page("/", language=language, script=script)
    title = first_found(page, query)
    page.locator("#acts").get_by_role("button", name=follow).click()
    expect(page.locator("#act-take")).to_contain_text(following)
    expect(page.locator("#toast")).to_contain_text(title)
    page.locator("#act-like").click()
    expect(page.locator("#act-like")).to_have_attribute("aria-pressed", "true")
    shoot(page, "post")
    page.goto("/")
    community = page.locator(".choice[data-domain=community]")
    expect(community).to_contain_text(
        "1 chosen by you" if language == "en" else "其中 1 个是你选的"
    )
    shoot(page, "front")
    page.goto("/you/")
    expect(page.get_by_role("link", name=title).first).to_be_visible()


def test_english_and_chinese_posts_are_marked_with_their_language(open_page):
    page = open_page(f"{COMMUNITY}search/")
    languages = page.locator("#found .card h3").evaluate_all("all => all.map(each => each.lang)")
    assert set(languages) == {"en", "zh-hans"}
