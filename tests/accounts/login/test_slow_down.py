"""Faults 8 and 9: wrong passwords slow down, lock nobody out, and stay bounded."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from unittest import mock

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from accounts.login import slow_down
from tests.factories import PASSWORD, make_staff, make_user

pytestmark = pytest.mark.django_db

SIGN_IN = {"admin:login": "username", "account_login": "login"}


@pytest.fixture(autouse=True)
def _attempts_count(settings):
    settings.AXES_ENABLED = True


class Clock:
    """The time that sign-ins see."""

    def __init__(self) -> None:
        self.now: datetime = now()

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    clock = Clock()
    names = ("accounts.login.slow_down.now", "axes.handlers.proxy.now")
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(mock.patch(name, side_effect=lambda: clock.now))
        yield clock


def attempt(email, password="wrong", *, client=None, page="account_login", address="127.0.0.1"):
    fields = {SIGN_IN[page]: email, "password": password}
    return (client or Client()).post(reverse(page), fields, REMOTE_ADDR=address)


@pytest.mark.parametrize("page", SIGN_IN)
def test_after_ten_wrong_passwords_the_right_one_signs_in_a_moment_later(clock, page):
    staff = make_staff()
    for _ in range(10):
        attempt(staff.email, page=page)
    early = attempt(staff.email, PASSWORD, page=page)
    assert early.status_code == 429
    assert int(early["Retry-After"]) <= 2
    assert f"Try again in {early['Retry-After']} second" in early.content.decode()
    clock.wait(int(early["Retry-After"]))
    assert attempt(staff.email, PASSWORD, page=page).status_code == 302


def test_an_hour_of_guessing_sees_a_bounded_number_of_passwords(clock):
    user, checked = make_user(), 0
    for _second in range(0, 3600, 5):
        checked += attempt(user.email).status_code != 429
        clock.wait(5)
    assert checked <= slow_down.TRIES_PER_HOUR == 71
    assert checked > 30


def test_the_browser_of_the_owner_does_not_wait_for_strangers_at_its_address(clock):
    staff, browser = make_staff(), Client()
    assert attempt(staff.email, PASSWORD, client=browser).status_code == 302
    browser.post(reverse("account_logout"))
    for _ in range(slow_down.FREE):
        attempt(staff.email)
    assert attempt(staff.email).status_code == 429
    assert attempt(staff.email, PASSWORD, client=browser).status_code == 302


def test_a_known_browser_is_slowed_down_by_its_own_wrong_passwords(clock):
    user, browser = make_user(), Client()
    attempt(user.email, PASSWORD, client=browser)
    browser.post(reverse("account_logout"))
    for _ in range(slow_down.FREE):
        attempt(user.email, client=browser)
    assert attempt(user.email, client=browser).status_code == 429
    other = make_user()
    assert attempt(other.email, client=browser).status_code == 200


def test_others_at_the_address_sign_in_and_other_addresses_too(clock):
    user, other = make_user(), make_user()
    for _ in range(12):
        attempt(user.email)
    assert attempt(user.email).status_code == 429
    assert attempt(other.email, PASSWORD).status_code == 302
    assert attempt(user.email, PASSWORD, address="203.0.113.5").status_code == 302


def test_many_addresses_and_many_accounts_are_slowed_down_too(clock):
    user = make_user()
    for number in range(slow_down.ACCOUNT_FREE):
        assert attempt(user.email, address=f"203.0.113.{number}").status_code == 200
    assert attempt(user.email, address="198.51.100.1").status_code == 429
    AccessAttempt.objects.all().delete()
    for number in range(slow_down.ADDRESS_FREE):
        assert attempt(f"somebody{number}@example.org").status_code == 200
    assert attempt("nobody@example.org").status_code == 429


def test_a_command_ends_the_wait(clock, capsys):
    user = make_user()
    for _ in range(6):
        attempt(user.email)
    assert attempt(user.email).status_code == 429
    call_command("unlock", user.email.upper())
    assert "Forgotten: 1 rows" in capsys.readouterr().out
    assert attempt(user.email, PASSWORD).status_code == 302


def test_a_new_password_ends_the_wait(clock, rf):
    from allauth.account.signals import password_reset

    user = make_user()
    for _ in range(6):
        attempt(user.email)
    password_reset.send(type(user), request=rf.get("/"), user=user)
    assert attempt(user.email, PASSWORD).status_code == 302


def test_a_forged_cookie_is_nobodys_browser(clock):
    user, browser = make_user(), Client()
    browser.cookies["browser"] = "WyJ4IiwieSJd:forged"
    for _ in range(slow_down.FREE):
        attempt(user.email, client=browser)
    assert attempt(user.email, PASSWORD).status_code == 429


def test_sessions_of_staff_end_sooner(settings, client):
    settings.STAFF_SESSION_HOURS = 1
    for person, stays in ((make_staff(), False), (make_user(), True)):
        visit = Client()
        attempt(person.email, PASSWORD, client=visit)
        assert visit.get("/you/").wsgi_request.user.is_authenticated
        with mock.patch("accounts.login.staff_sessions.time.time", return_value=4e9):
            assert visit.get("/you/").wsgi_request.user.is_authenticated is stays
