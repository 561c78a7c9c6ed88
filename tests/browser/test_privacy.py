"""Privacy in a real browser: read, export and erase data; read how lists are made."""

from __future__ import annotations

import json
import time
import zipfile
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.privacy.cookies import A_DAY, cookies
from tests.browser.pages import COURSES, to_first_found
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("language", ["en", "zh-hans"])
WIDTHS = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
SAID = {
    "en": {
        "did": "Your activity",
        "nothing": "Beyond this visit, no data about you is stored.",
        "erased": "Deleted.",
        "sums": "The next training run leaves it out.",
        "own": "2 actions",
    },
    "zh-hans": {
        "did": "你的行为",
        "nothing": "除本次访问外，没有保存关于你的任何数据。",
        "erased": "已删除，无法恢复。",
        "sums": "下次训练将不再包含它。",
        "own": "2 次行为",
    },
}


def test_the_page_lists_every_cookie_of_the_browser_with_its_lifetime(open_page):
    """One journey sets every cookie. Each is in the table, and each of the table's is set."""
    page = open_page("about:blank")
    page.context.clear_cookies()
    answers: list[Any] = []
    page.on("response", lambda got: answers.append(got))
    page.goto(COURSES)
    for choice in ("language", "theme"):
        page.locator(f".tools button[name={choice}]").click()
        page.wait_for_load_state("networkidle")
    take_one(page)
    page.goto(f"/accounts/signup/?next={COURSES}")
    page.locator("[name=email]").fill("cookies@example.com")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url(f"**{COURSES}")
    page.goto("/privacy/")
    assert days_set(answers) | days_stored(page) == {
        cookie.name: cookie.days for cookie in cookies()
    }
    assert page.locator(".cookies code").all_inner_texts() == [cookie.name for cookie in cookies()]


def days_set(answers: list[Any]) -> dict[str, int | None]:
    """Lifetimes in days that the site asked for, by cookie name, deleted cookies too."""
    found: dict[str, int | None] = {}
    headers = [
        header
        for answer in answers
        for header in answer.headers_array()
        if header["name"].lower() == "set-cookie"
    ]
    for line in (line for header in headers for line in header["value"].splitlines()):
        for name, cookie in SimpleCookie(line).items():
            if cookie.value:
                found[name] = int(cookie["max-age"]) // A_DAY if cookie["max-age"] else None
    return found


def days_stored(page: Any) -> dict[str, int | None]:
    """Lifetimes in days of the browser's cookies at the end, whoever set them."""
    return {
        cookie["name"]: None
        if cookie["expires"] == -1
        else round((cookie["expires"] - time.time()) / A_DAY)
        for cookie in page.context.cookies()
    }


def take_one(page: Any) -> str:
    """Take the first course of a search; returns its title."""
    to_first_found(page)
    page.locator("#act-take").click()
    expect(page.locator("#act-take")).to_have_attribute("aria-pressed", "true")
    return page.locator("h1").inner_text()


def count_of(page: Any, kind: str) -> int:
    row = page.locator(".kept tr").filter(has=page.get_by_role("rowheader", name=kind))
    return int(row.locator("td.number").inner_text().replace(",", ""))


def fits(page: Any) -> bool:
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@BOTH
@WIDTHS
@SCRIPTS
def test_a_visitor_reads_exports_and_erases_the_data(
    open_page, shoot, tmp_path, language, phone, script
):
    said = SAID[language]
    page = open_page(COURSES, language=language, phone=phone, script=script)
    title = take_one(page)
    page.locator("footer a[href='/privacy/']").click()
    assert count_of(page, said["did"]) == 2  # viewed and taken
    assert fits(page)
    shoot(page, "stored-data")

    with page.expect_download() as waiting:
        page.locator("a[href$='form=json']").click()
    waiting.value.save_as(file := tmp_path / "mine.json")
    events = json.loads(Path(file).read_text())["places"]["courses"]["events"]
    assert [(event["kind"], event["title"]) for event in events] == [
        ("view", title),
        ("take", title),
    ]
    with page.expect_download() as waiting:
        page.locator("a[href$='form=csv']").click()
    waiting.value.save_as(file := tmp_path / "mine.zip")
    assert {"everything.json", "courses/events.csv", "courses/profile.csv"} <= set(
        zipfile.ZipFile(file).namelist()
    )

    page.locator("a[href$='what=courses']").click()
    assert count_of(page, said["did"]) == 2
    expect(page.locator("main")).to_contain_text(said["sums"])
    assert fits(page)
    shoot(page, "before")
    page.locator("main form button.main").click()
    expect(page.locator("#id_confirm")).to_be_visible()  # nothing is erased until the box is ticked
    page.locator("#id_confirm").check()
    page.locator("main form button.main").click()
    expect(page.locator("#toast")).to_contain_text(said["erased"])
    expect(page.get_by_text(said["nothing"])).to_be_visible()
    expect(page.locator(".erased")).to_contain_text(said["sums"])
    assert fits(page)
    shoot(page, "erased")
    page.goto("/you/")
    expect(page.get_by_role("link", name=title)).to_have_count(0)


@BOTH
@WIDTHS
def test_the_report_on_lists_follows_the_settings(open_page, shoot, language, phone):
    page = open_page(COURSES, language=language, phone=phone, script=False)
    page.locator("footer a[href$='/how/']").click()
    dial = page.locator("#how-tail td.number")
    expect(dial).to_have_text("0.3")
    assert page.locator("#head-parts ~ table tbody tr").count() >= 2
    take_one(page)
    page.goto(COURSES)
    page.locator(".dial [name=step]").last.check()
    page.locator(".dial .steps button").last.click()
    page.goto(f"{COURSES}how/")
    expect(dial).to_have_text("1")
    expect(page.locator("main")).to_contain_text(SAID[language]["own"])
    shares = [
        float(text.split()[0])
        for text in page.locator("#head-parts ~ table td.number").all_inner_texts()
    ]
    assert sum(shares) == pytest.approx(100, abs=len(shares) / 2)
    assert fits(page)
    shoot(page)


def test_every_control_of_a_list_is_a_click_away(open_page):
    page = open_page(f"{COURSES}how/")
    for address in {link.get_attribute("href") for link in page.locator(".how-rows a").all()}:
        page.goto(f"{COURSES}how/")
        page.locator(f".how-rows a[href='{address}']").first.click()
        expect(page.locator("h1").first).to_be_visible()


def test_deleting_an_account_needs_its_password(open_page, shoot):
    page = open_page(COURSES)
    title = take_one(page)
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("leaving@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.goto("/privacy/")
    assert count_of(page, "Your activity") == 2
    shoot(page, "account")
    page.get_by_role("link", name="Delete account…").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Yes, delete it permanently.").check()
    shoot(page, "sure")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Beyond this visit, no data about you is stored.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto("/you/")
    expect(page.get_by_role("link", name=title)).to_have_count(0)


def test_the_centre_works_by_keyboard(open_page):
    page = open_page(COURSES)
    take_one(page)
    page.goto("/privacy/")
    page.locator("a[href$='what=courses']").focus()
    page.keyboard.press("Enter")
    page.locator("#id_confirm").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator("main form button.main")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("Deleted.")
