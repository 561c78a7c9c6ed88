"""A real provider of OpenID Connect in a process of its own, and a browser that signs on by it."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.http import HttpResponse
from django.test import Client

from config.settings.sign_on import providers

ROOT = Path(__file__).resolve().parents[3]
START = "/accounts/oidc/sso/login/"
CLIENT, SECRET = "longtail", "a secret of the client"


class Provider:
    """The provider's process, and who signs in there next."""

    def __init__(self, url: str) -> None:
        self.url = url

    def next_is(self, sub: str = "42", *, fault: str = "", **claims: Any) -> None:
        claims = {"email": "ann@example.org", "email_verified": True, **claims, "sub": sub}
        person = {"claims": claims, "fault": fault}
        requests.post(f"{self.url}/person", json=person, timeout=30).raise_for_status()

    def tells_userinfo(self, **claims: Any) -> None:
        """Only the userinfo knows these claims; the ID token has the subject."""
        person = {"claims": {"sub": "42"}, "userinfo": claims}
        requests.post(f"{self.url}/person", json=person, timeout=30).raise_for_status()

    def authorize(self, address: str) -> str:
        """What the browser does there. Returns the way back, without our host."""
        answer = requests.get(address, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def sign_on(self, client: Client | None = None, *, then: str = "") -> HttpResponse:
        """A whole sign-on of a browser. Returns the answer to the way back."""
        client = client or Client()
        page = client.post(START + (f"?next={then}" if then else ""))
        return client.get(self.authorize(address_on(page)))


def address_on(page: HttpResponse) -> str:
    """Where the page leads on to by itself."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return html.unescape(found[1])


@pytest.fixture(scope="session")
def provider_url() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.accounts.sign_on.oidc_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def provider(provider_url: str, settings: Any, db: None) -> Provider:
    settings.SOCIALACCOUNT_PROVIDERS = providers(provider_url, CLIENT, SECRET, "Example ID")
    found = Provider(provider_url)
    found.next_is()
    return found
