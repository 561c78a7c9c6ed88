"""The privacy centre: what is stored, for accounts and for visits without one."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.utils import translation

from accounts.models import Consent
from accounts.privacy import consents
from accounts.privacy.cookies import cookies
from catalog.models import Profile
from tests.accounts.privacy.views.pages import CENTRE, ERASE, EXPORT, counts, erase, text_of
from tests.factories import make_catalog, make_profile


def test_a_stranger_sees_that_nothing_is_stored(client, catalog):
    page = text_of(client.get(CENTRE))
    assert "Beyond this visit, no data about you is stored." in page
    assert not Profile.objects.exists()


def test_every_kind_is_listed_with_its_count_and_its_purpose(client, ann):
    page = text_of(client.get(CENTRE))
    assert counts(page) == {
        "Account": 1, "Email addresses": 0, "Two-step verification": 0,
        "Where you are signed in": 1, "Sign-in history": 0, "Settings": 1,
        "Your activity": 2,
        "Your interest text": 1, "What was shown to you": 1,
    }  # fmt: skip
    assert "Your lists are made from it" in page


def test_a_visit_without_an_account_sees_its_data(client, visitor):
    page = text_of(client.get(CENTRE))
    assert counts(page)["Your activity"] == 2
    for title in ("Your visit", "Dial setting", "Items you viewed"):
        assert title in page


@pytest.mark.parametrize(
    ("language", "until"), [("en", "until you close the browser"), ("zh-hans", "关闭浏览器后失效")]
)
def test_every_cookie_is_listed_with_purpose_and_lifetime(client, db, settings, language, until):
    settings.SESSION_COOKIE_AGE = 9 * 24 * 3600
    page = unescape(client.get("/privacy/", headers={"Accept-Language": language}).content.decode())
    table = page.split('class="kept cookies"')[1].split("</table>")[0]
    with translation.override(language):
        for cookie in cookies():
            assert f"<code>{cookie.name}</code>" in table
            assert str(cookie.purpose) in table
    assert table.count(until) == sum(cookie.days is None for cookie in cookies()) >= 2
    assert {"en": "9 days", "zh-hans": "9 天"}[language] in table


def test_the_page_is_not_cached(client, ann):
    for address in (CENTRE, EXPORT, f"{ERASE}?what=shop"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_the_page_lists_external_services_by_the_settings(client, catalog, settings):
    assert "None of it leaves this site." in text_of(client.get(CENTRE))
    settings.LLM_URL, settings.TEXT_ENCODER = (
        "https://words.example/v1",
        "http://vectors.example/v1",
    )
    page = text_of(client.get(CENTRE))
    assert "None of it leaves" not in page
    assert "sent to words.example" in page
    assert "sent to vectors.example" in page


def test_every_page_links_to_the_privacy_centre(client, items):
    for address in ("/", "/c/shop/", items[0].get_absolute_url(), "/you/", "/accounts/login/"):
        assert f'href="{CENTRE}"' in client.get(address).content.decode()


def test_the_centre_needs_few_queries(client, ann, user, django_assert_max_num_queries):
    for _more in range(3):
        make_profile(make_catalog(), user=user)
    client.get(CENTRE)
    with django_assert_max_num_queries(25):
        client.get(CENTRE)


@pytest.fixture
def newsletter(monkeypatch) -> str:
    purpose = consents.Purpose(
        "newsletter", "A letter a month", "We write to you once a month.", "1"
    )
    monkeypatch.setitem(consents.registered, purpose.key, purpose)
    return purpose.key


def test_consents_are_shown_exported_and_withdrawn(client, ann, newsletter):
    consents.give_consent(holder=ann, purpose=newsletter)
    page = text_of(client.get(CENTRE))
    assert "A letter a month" in page
    assert "We write to you once a month." in page
    assert (
        json.loads(client.get(EXPORT).content)["places"]["shop"]["consents"][0]["purpose"]
        == newsletter
    )
    page = text_of(
        client.post("/privacy/withdraw/", {"place": "shop", "purpose": newsletter}, follow=True)
    )
    assert not consents.has_consent(ann, newsletter)
    assert "withdrawn" in page
    erase(client, "shop")
    assert not Consent.objects.exists()


def test_consents_of_others_cannot_be_withdrawn(client, visitor, newsletter, user):
    other = make_profile(make_catalog(slug="school"), user=user)
    consents.give_consent(holder=other, purpose=newsletter)
    for fields in (
        {"place": "school", "purpose": newsletter},
        {"place": "shop", "purpose": "else"},
        {},
    ):
        assert client.post("/privacy/withdraw/", fields).status_code == 404
    assert consents.has_consent(other, newsletter)
