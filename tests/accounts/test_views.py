"""Sign-up, sign-in and the theme, and the data that stays over them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from catalog.models import Interaction, Profile
from tests.factories import PASSWORD

SIGN_UP = {"email": "new@example.com", "password1": PASSWORD}


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"],
)
def test_pages_for_strangers_have_our_style(db, client, name):
    page = client.get(reverse(name)).content.decode()
    assert 'class="narrow"' in page
    assert "css/tokens.css" in page


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_logout"])
def test_pages_for_members_have_our_style(client, user, name):
    client.force_login(user)
    page = client.get(reverse(name)).content.decode()
    assert 'class="narrow"' in page
    assert "style=" not in page


@pytest.mark.parametrize("name", ["account_inactive", "account_email_verification_sent"])
def test_pages_between_steps_have_our_style(db, client, name):
    assert "css/tokens.css" in client.get(reverse(name)).content.decode()


def test_signing_up_retains_earlier_events(client, items):
    client.post(reverse("catalog:act", args=["shop", items[0].pk]), {"kind": "save"})
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.9"})
    answer = client.post(reverse("account_signup"), {**SIGN_UP, "next": "/you/"})
    assert answer.status_code == 302
    profile = Profile.objects.get()
    assert profile.user == User.objects.get(email="new@example.com")
    assert profile.tail == 0.9
    assert Interaction.objects.get().profile == profile
    assert "Red Mug" in client.get("/you/").content.decode()


def test_signing_in_elsewhere_shows_the_history(client, items, user):
    client.force_login(user)
    client.post(reverse("catalog:act", args=["shop", items[0].pk]), {"kind": "save"})
    client.logout()
    assert "Red Mug" not in client.get("/you/").content.decode()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "Red Mug" in client.get("/you/").content.decode()


def test_a_wrong_password_is_shown_beside_the_form(client, user):
    page = client.post(
        reverse("account_login"), {"login": user.email, "password": "wrong"}
    ).content.decode()
    assert 'role="alert"' in page


def test_the_lock_page_has_our_style(client, user, settings):
    settings.AXES_ENABLED = True
    for _try in range(6):
        answer = client.post(reverse("account_login"), {"login": user.email, "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    assert "css/tokens.css" in answer.content.decode()


@pytest.mark.parametrize(
    ("theme", "stored"), [("dark", "dark"), ("light", "light"), ("neon", None)]
)
def test_a_cookie_stores_the_theme(client, db, theme, stored):
    answer = client.post(reverse("accounts:theme"), {"theme": theme, "next": "/you/"})
    assert answer.url == "/you/"
    assert (answer.cookies["theme"].value if "theme" in answer.cookies else None) == stored


def test_choosing_a_theme_redirects_to_this_site_only(client, db):
    assert (
        client.post(reverse("accounts:theme"), {"theme": "dark", "next": "//evil.example"}).url
        == "/"
    )


def test_the_theme_of_a_forged_cookie_is_not_written_into_the_page(client, db):
    client.cookies["theme"] = '"><b>'
    assert "<b>" not in client.get("/").content.decode()
