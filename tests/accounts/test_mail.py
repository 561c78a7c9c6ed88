"""Fault 5: mail over a real SMTP server, with a server that is away, and without any."""

from __future__ import annotations

import re
import socket
from contextlib import closing

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.config.settings_anew import PRODUCTION, settings_anew
from tests.factories import make_user

pytestmark = pytest.mark.django_db

RESET, SIGN_UP = "account_reset_password", "account_signup"


class Box(Sink):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server, session, envelope):
        from email import message_from_bytes, policy

        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, f"{mail['subject']}\n{mail.get_content()}"))
        return "250 OK"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(settings):
    """A mail server; ``mails`` has what it took."""
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("en", "A new password", "asked for a new password for your account"),
        ("zh-hans", "设置新密码", "为您的账户申请"),
    ],
)
def test_a_password_is_reset_by_mail_in_the_language_of_the_page(
    server, language, subject, sentence
):
    user, client = make_user(), Client()
    answer = client.post(
        reverse(RESET), {"email": user.email}, headers={"accept-language": language}
    )
    assert answer.status_code == 302
    [(to, text)] = server.mails
    assert to == [user.email]
    assert subject in text.splitlines()[0]
    assert sentence in text
    assert "/accounts/password/reset/key/" in text


def test_an_unknown_address_gets_another_mail_and_the_same_page(server, user):
    pages = [
        client.post(reverse(RESET), {"email": email}, follow=True).content.decode()
        for email in (user.email, "stranger@example.org")
        for client in [Client()]
    ]
    pages = [re.sub(r"[A-Za-z0-9]{64}", "token", page) for page in pages]
    assert pages[0] == pages[1]
    assert "There is no account with this address" in server.mails[1][1]


def test_a_mail_server_that_is_away_is_a_page_that_says_so(settings, user, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    answer = Client().post(reverse(RESET), {"email": user.email})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "120"
    assert "our mail server does not answer" in answer.content.decode()


def test_without_mail_the_page_says_so(settings, client):
    settings.MAIL_IS_SET_UP = False
    for answer in (client.get(reverse(RESET)), client.post(reverse(RESET), {"email": "a@b.org"})):
        assert answer.status_code == 200
        assert "This site sends no mail" in answer.content.decode()


def test_sign_up_answers_the_same_for_a_taken_address(server, settings, user):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    answers = [
        Client().post(reverse(SIGN_UP), {"email": email, "password1": "long enough 77"})
        for email in (user.email, "new@example.org")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_email_verification_sent"))
    ] * 2
    assert "You have an account with it already" in server.mails[0][1]
    assert "Please confirm that this address is yours" in server.mails[1][1]
    assert User.objects.filter(email=user.email).count() == 1


class TestSettings:
    URL = "smtp+tls://me:secret@mail.example.org"

    @pytest.fixture
    def start(self, monkeypatch, tmp_path):
        return lambda module, **more: settings_anew(
            monkeypatch, f"config.settings.{module}", more, tmp_path
        )

    def test_an_address_is_understood(self, start):
        found = start("production", **PRODUCTION, EMAIL_URL=self.URL)
        assert (found.EMAIL_HOST, found.EMAIL_PORT, found.EMAIL_USE_TLS) == (
            "mail.example.org",
            587,
            True,
        )
        assert (found.MAIL_IS_SET_UP, found.ACCOUNT_EMAIL_VERIFICATION) == (True, "mandatory")

    def test_production_without_an_address_sends_none(self, start):
        found = start("production", **PRODUCTION)
        assert (found.MAIL_IS_SET_UP, found.ACCOUNT_EMAIL_VERIFICATION) == (False, "none")

    def test_one_machine_writes_mail_into_its_log(self, start):
        found = start("local")
        assert found.MAIL_IS_SET_UP
        assert found.EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend"

    @pytest.mark.parametrize("wanted", ["mandatory", "optional"])
    def test_confirmation_needs_mail(self, start, wanted):
        with pytest.raises(ImproperlyConfigured, match=r"^EMAIL_VERIFICATION=.*EMAIL_URL"):
            start("production", **PRODUCTION, EMAIL_VERIFICATION=wanted)
