"""Fault 8: whose address counts behind proxies."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from config.proxies import TrustedProxies

OURS = ["10.0.0.0/8", "::1/128"]


@pytest.fixture
def seen(rf, settings):
    """What later middleware sees of a request."""

    def seen(peer, forwarded=None, proxies=OURS, **headers):
        settings.TRUSTED_PROXIES = proxies
        if forwarded is not None:
            headers["HTTP_X_FORWARDED_FOR"] = forwarded
        request = rf.get("/", REMOTE_ADDR=peer, **headers)
        TrustedProxies(lambda request: HttpResponse())(request)
        return request

    return seen


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the client wrote the first
        ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        ("::1", "[2001:db8::5]:80", "2001:db8::5"),
        ("10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "203.0.113.5", "203.0.113.5"),
    ],
)
def test_only_our_proxies_say_who_the_client_is(seen, peer, forwarded, client):
    request = seen(peer, forwarded)
    assert request.META["REMOTE_ADDR"] == client
    assert "HTTP_X_FORWARDED_FOR" not in request.META


@pytest.mark.parametrize(
    ("proxies", "client"),
    [(1, "203.0.113.5"), (2, "198.51.100.1"), (5, "192.0.2.7"), (0, "8.8.8.8")],
)
def test_a_number_of_proxies_counts_from_the_end(seen, proxies, client):
    forwarded = "192.0.2.7, 198.51.100.1, 203.0.113.5"
    assert seen("8.8.8.8", forwarded, proxies).META["REMOTE_ADDR"] == client


@pytest.mark.parametrize(("peer", "secure"), [("10.0.0.1", True), ("203.0.113.9", False)])
def test_https_is_believed_of_our_proxies_only(seen, settings, peer, secure):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert seen(peer, HTTP_X_FORWARDED_PROTO="https").is_secure() is secure


def test_a_header_that_does_not_count_is_named_once(seen, caplog, rf, settings):
    settings.TRUSTED_PROXIES = []
    middleware = TrustedProxies(lambda request: HttpResponse())
    for _ in range(3):
        middleware(rf.get("/", REMOTE_ADDR="172.18.0.3", HTTP_X_FORWARDED_FOR="1.2.3.4"))
    assert [record.getMessage() for record in caplog.records] == [
        "X-Forwarded headers of 172.18.0.3 do not count: it is not in TRUSTED_PROXIES"
    ]
