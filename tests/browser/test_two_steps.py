"""Two-step verification in a real browser: set it up, sign out, sign in with the code."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.accounts.second_factor.codes import code_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

SAID = {
    "en": {"codes": "Recovery codes", "left": "10 codes are left", "ask": "authenticator app"},
    "zh-hans": {"codes": "恢复码", "left": "还剩 10 个恢复码", "ask": "验证器应用"},
}


@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_set_up_sign_out_and_sign_in_with_a_code(open_page, shoot, language, script):
    email, said = f"two-steps-{language}-{script}@example.com", SAID[language]
    page = open_page("/accounts/signup/", language=language, script=script)
    page.locator("[name=email]").fill(email)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/")

    page.goto("/privacy/")
    page.locator("a[href='/accounts/2fa/']").click()
    shoot(page, "off")
    page.locator("a[href='/accounts/2fa/totp/activate/']").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    expect(page.locator("img.qr")).to_be_visible()
    shoot(page, "set-up")
    secret = page.locator("code.secret").inner_text()
    page.locator("[name=code]").fill("000000")
    page.locator("main [type=submit]").click()
    expect(page.locator("main .error, main .errors")).to_be_visible()
    shoot(page, "wrong")
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main [type=submit]").click()
    expect(page.locator("h1")).to_have_text(said["codes"])
    shoot(page, "codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    page.goto("/accounts/2fa/")
    expect(page.locator("main")).to_contain_text(said["left"])
    shoot(page, "on")

    page.context.clear_cookies(name="sessionid")
    page.goto("/accounts/login/?next=/privacy/")
    shoot(page, "sign-in")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").first.click()
    expect(page.locator("main")).to_contain_text(said["ask"])
    shoot(page, "code")
    page.locator("[name=code]").fill(codes[0])
    page.locator("main [type=submit]").first.click()
    page.wait_for_url("**/privacy/")
