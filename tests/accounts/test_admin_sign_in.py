"""The sign-in page of the admin, as a browser uses it.

The tests fill in the form and send it with all its fields.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests import people
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

SIGN_IN = "admin:login"


class Form(HTMLParser):
    """The sign-in form's address, and its fields, also those outside the form element."""

    def __init__(self, page: str, form: str = "login-form") -> None:
        super().__init__()
        self.form, self.inside, self.action, self.fields = form, False, "", dict[str, str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form
            self.action = given["action"] if self.inside else self.action
        elif tag == "input" and (self.inside or given.get("form") == self.form):
            self.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def sign_in(
    account: User, client: Client | None = None, at: str = "", **query: str
) -> HttpResponse:
    client = client or Client()
    form = Form(client.get(at or f"{reverse(SIGN_IN)}?{urlencode(query)}").content.decode())
    return client.post(
        form.action, {**form.fields, "username": account.email, "password": PASSWORD}
    )


def test_staff_who_sign_in_without_a_destination_land_in_the_administration(staff: User) -> None:
    assert sign_in(staff)["Location"] == reverse("admin:index")


def test_staff_who_came_for_a_page_land_on_that_page(staff: User) -> None:
    wanted = reverse("admin:catalog_item_changelist")
    assert sign_in(staff, next=wanted)["Location"] == wanted


def test_an_empty_destination_is_none(staff: User) -> None:
    assert sign_in(staff, next="")["Location"] == reverse("admin:index")


def test_a_program_need_not_read_the_form(staff: User) -> None:
    response = Client().post(reverse(SIGN_IN), {"username": staff.email, "password": PASSWORD})
    assert response["Location"] == reverse("admin:index")


@pytest.mark.parametrize(
    "foreign", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_staff_are_never_sent_to_another_host(staff: User, foreign: str) -> None:
    assert sign_in(staff, next=foreign)["Location"] == "/"


def test_staff_who_are_signed_in_go_on_to_the_administration(staff: User) -> None:
    response = people.signed_in(staff).get(reverse(SIGN_IN))
    assert response["Location"] == reverse("admin:index")


def test_a_destination_survives_a_wrong_password(staff: User) -> None:
    client, wanted = Client(), reverse("admin:catalog_item_changelist")
    form = Form(client.get(reverse(SIGN_IN), {"next": wanted}).content.decode())
    again = client.post(form.action, {**form.fields, "username": staff.email, "password": "wrong"})
    assert sign_in(staff, client, at=Form(again.content.decode()).action)["Location"] == wanted


def test_an_account_without_rights_gets_an_explanation(user: User) -> None:
    client = Client()
    response = sign_in(user, client)
    page = response.content.decode()
    assert response.status_code == 200
    assert "This account has no access to the admin." in page
    assert f'href="{reverse("account_login")}"' in page
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_does_not_reveal_the_account(user: User, staff: User) -> None:
    client = Client()
    for account in (user, staff):
        answer = client.post(reverse(SIGN_IN), {"username": account.email, "password": "wrong"})
        assert "no access to the admin" not in answer.content.decode()


def test_a_signed_in_account_without_rights_sees_its_name(user: User) -> None:
    page = people.signed_in(user).get(reverse(SIGN_IN)).content.decode()
    assert user.email in page
    assert "Sign in with a different account" in page
