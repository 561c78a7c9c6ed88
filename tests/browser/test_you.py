"""Onboarding, editing interests, and no personal lists: both languages, phone and desktop."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
COURSES, HEALTH = "/c/courses/", "/c/health/"
BOTH = pytest.mark.parametrize("language", ["en", "zh-hans"])
SIZES = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
WAYS = pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
ITEMS = "[...document.querySelectorAll('.card')].map(card => card.dataset.item)"


def fits(page: Any) -> None:
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@BOTH
@SIZES
def test_a_newcomer_answers_and_gets_a_personal_first_list(open_page, shoot, language, phone):
    page = open_page(COURSES, language=language, phone=phone)
    page.locator(".say-more a").click()
    expect(page).to_have_url(re.compile("/start/pick/$"))
    expect(page.locator(".ask-items li")).to_have_count(12)
    fits(page)
    shoot(page, "pick")
    for number in (0, 4):
        page.locator(".ask-items label").nth(number).click()
    picked = [page.locator("[name=picked]").nth(number).get_attribute("value") for number in (0, 4)]
    expect(page.locator("[name=picked]:checked")).to_have_count(2)
    page.locator(".ask-buttons button").click()
    page.locator("#ask-words").fill(
        "我想转行做数据分析" if language == "zh-hans" else "I want to work with data"
    )
    fits(page)
    shoot(page, "say")
    page.locator(".ask-buttons button").click()
    expect(page).to_have_url(re.compile("/start/done/$"))
    expect(page.locator(".interest-sentence")).to_be_visible()
    listed = page.evaluate(ITEMS)
    assert len(listed) == 12
    assert not set(picked) & set(listed)
    fits(page)
    shoot(page, "done")
    page.locator("a.button.main").click()
    expect(page).to_have_url(re.compile("/c/courses/$"))
    expect(page.locator(".say-more")).to_have_count(0)


@WAYS
def test_every_step_can_be_skipped(open_page, script):
    page = open_page(f"{COURSES}start/", script=script)
    expect(page.get_by_text("Step 1 of 2")).to_be_visible()
    page.get_by_role("link", name="Skip this step").click()
    expect(page.get_by_text("Step 2 of 2")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Skip this step").click()
    page.get_by_role("link", name="Skip this step").click()
    expect(page.get_by_role("heading", name="Nothing was stored")).to_be_visible()


def test_the_choice_has_an_explanation(open_page):
    page = open_page(f"{COURSES}start/")
    page.get_by_text("Why these?").click()
    expect(page.get_by_text("live model")).to_be_visible()


def test_picks_work_by_keyboard(open_page):
    page = open_page(f"{COURSES}start/")
    page.locator("[name=picked]").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("[name=picked]").first).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator("[name=picked]").nth(1)).to_be_focused()


@BOTH
@WAYS
def test_health_answers_need_consent_and_can_be_erased_alone(open_page, shoot, language, script):
    page = open_page(f"{HEALTH}start/goals/", language=language, script=script)
    expect(page).to_have_url(re.compile("/start/consent/$"))
    expect(page.locator("#agree")).not_to_be_checked()
    expect(
        page.get_by_text("不构成医疗建议" if language == "zh-hans" else "Not medical advice").first
    ).to_be_visible()
    shoot(page, "consent")
    page.locator("#agree").check()
    page.locator(".ask-buttons button").click()
    page.locator("[name=goals][value=supple]").check()
    shoot(page, "goals")
    page.locator(".ask-buttons button").click()
    page.locator("[name=level][value=new]").check()
    shoot(page, "practice")
    for _screen in ("practice", "food", "say"):
        page.locator(".ask-buttons button").click()
    expect(page).to_have_url(re.compile("/start/done/$"))
    expect(page.locator(".health-lines dd").first).to_be_visible()
    shoot(page, "done")
    page.goto(f"{HEALTH}interests/")
    expect(page.locator(".health-lines dd")).to_have_count(2)
    page.locator("form[action$='health-answers/'] button").click()
    expect(page.locator(".health-lines")).to_have_count(0)
    page.goto(f"{HEALTH}start/")
    expect(page).to_have_url(re.compile("/start/consent/$"))


@BOTH
@SIZES
def test_an_edit_is_previewed_before_it_is_saved(open_page, shoot, language, phone):
    page = open_page(f"{COURSES}interests/", language=language, phone=phone)
    before = page.evaluate(ITEMS)
    page.locator("#add").fill("python")
    page.locator("#add").press("Enter")
    panel = page.locator("#preview-panel")
    expect(panel).to_be_focused()
    expect(panel.locator(".changes li").first).to_be_visible()
    fits(page)
    shoot(page, "preview")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert page.evaluate(ITEMS) == before
    page.reload()
    expect(page.locator(".interest-words .word")).to_have_count(0)
    page.locator("#add").fill("python")
    page.locator("#add").press("Enter")
    page.locator("#preview-keep").click()
    expect(page.locator(".interest-words .word", has_text="python").first).to_be_visible()
    assert page.evaluate(ITEMS) != before


def test_cancel_closes_the_preview_and_returns_to_the_button(open_page):
    page = open_page(f"{COURSES}interests/")
    page.locator("#mute").fill("java")
    page.get_by_role("button", name="Mute").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("#preview-panel")).to_have_count(0)
    expect(page.get_by_role("button", name="Mute")).to_be_focused()


def test_without_javascript_the_preview_is_a_page(open_page):
    page = open_page(f"{COURSES}interests/", script=False)
    page.locator("#typed").fill("python for beginners")
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("heading", name="Save what you wrote?")).to_be_visible()
    expect(page.locator(".changes li").first).to_be_visible()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("#typed")).to_have_value("python for beginners")
    page.get_by_role("button", name="Delete what I said here").click()
    expect(page.locator("#typed")).to_have_value("")


@WAYS
def test_an_event_is_removed_from_the_history_and_restored(open_page, shoot, script):
    page = open_page(f"{COURSES}search/?q=python", script=script)
    page.locator("#found h3 a").first.click()
    page.locator("#act-save").click()
    expect(page.locator("#act-save")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{COURSES}history/")
    expect(page.locator(".history li")).to_have_count(2)
    shoot(page)
    page.get_by_role("button", name=re.compile("^Remove: .*, saved$")).click()
    expect(page.locator(".history li")).to_have_count(1)
    page.locator("#toast button").click()
    expect(page.locator(".history li")).to_have_count(2)


@WAYS
def test_without_personal_lists_everything_works(open_page, shoot, script):
    page = open_page(COURSES, script=script)
    stranger = page.evaluate(ITEMS) if script else None
    page.goto(f"{COURSES}search/?q=python")
    page.locator("#found h3 a").first.click()
    page.locator("#act-take").click()
    page.goto("/you/")
    switch = page.locator("section", has=page.locator("#you-courses")).locator(
        ".personal-switch button"
    )
    switch.click()
    expect(switch).to_have_text("Turn on")
    page.goto(COURSES)
    expect(page.locator(".unprofiled")).to_contain_text(
        "Personal lists are off. Everybody sees the same lists"
    )
    if script:
        assert page.evaluate(ITEMS)[:12] == stranger[:12]
    shoot(page)
    page.locator("#main .card h3 a").first.click()
    page.locator("#act-save").click()
    expect(page.locator("#toast")).to_contain_text("Saved")
    page.locator(".unprofiled button").click()
    expect(page.locator(".unprofiled")).to_have_count(0)
