"""Every response says what it may run.

Only the admin and the API's docs may run inline code.
"""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from config.csp import ContentSecurityPolicy
from tests import people

pytestmark = pytest.mark.django_db

COMMON = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
STRICT = {**COMMON, "script-src": "'self'", "style-src": "'self'"}
INLINE = {
    **COMMON,
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}


def policy(response: HttpResponse) -> dict[str, str]:
    rules = (
        rule.strip().partition(" ")
        for rule in response["Content-Security-Policy"].split(";")
        if rule.strip()
    )
    return {name: sources for name, _space, sources in rules}


@pytest.mark.parametrize(
    "address",
    ["/", "/accounts/login/", "/nothing/here", "/healthz", "/api/schema/", "/administer"],
)
def test_a_page_runs_our_own_files_and_nothing_else(address: str) -> None:
    assert policy(Client().get(address)) == STRICT


def test_the_admin_may_run_inline_code(staff: User) -> None:
    client = people.signed_in(staff)
    for address in (
        reverse("admin:index"),
        reverse("admin:catalog_item_changelist"),
        "/admin/nothing/here/",
    ):
        assert policy(client.get(address)) == INLINE
    assert policy(Client().get(reverse("admin:login"))) == INLINE


def test_the_api_docs_may_run_inline_code() -> None:
    response = Client().get(reverse("api-docs"))
    assert response.status_code == 200
    assert policy(response) == INLINE


def test_a_views_own_policy_stays() -> None:
    def answer(_request: object) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    response = ContentSecurityPolicy(answer)(RequestFactory().get("/"))
    assert response["Content-Security-Policy"] == "sandbox"
