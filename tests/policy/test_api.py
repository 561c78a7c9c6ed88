"""Every route of the API, every method, everybody: the answers of the one policy.

The routes come from the resolver. A new route or method without a line in ``EXPECTED`` fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.policy.roles import ANALYST, MANAGER
from catalog.api.permissions import needed
from catalog.api.views import ApiView, UnknownRoute
from catalog.models import Catalog
from recommender.models import ModelVersion, TrainingRun
from tests.policy.conftest import EVERYTHING, IDENTITIES, KEYS, MANAGES_A, READS_A

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")
READ, MANAGE, KEY_READS = "analysts read", "managers write", "managers, and keys that read"
R, M = READ, MANAGE
#: Route below catalogs/{slug}/ -> method -> who may. KEY_READS: more than an analyst may see.
EXPECTED: dict[str, dict[str, str]] = {
    "": {"get": R},
    "search": {"get": R},
    "items": {"get": R, "post": M},
    "items/bulk": {"get": R, "post": M, "put": M, "patch": M, "delete": M},
    "items/{item_id}": {"get": R, "put": M, "patch": M, "delete": M},
    "items/{item_id}/similar": {"get": R, "put": M, "patch": M, "delete": M},
    "similar": {"get": R},
    "recommendations": {"get": R},
    "vectors": {"get": R},
    "vectors/bulk": {"post": M, "delete": M},
    "vectors/{name}": {"delete": M},
    "profiles": {"get": R},
    "profiles/{user_id}": {"get": R, "patch": M, "delete": M},
    "profiles/{user_id}/export": {"get": KEY_READS},
    "profiles/{user_id}/hidden": {"get": R, "post": M, "delete": M},
    "profiles/{user_id}/excluded-reasons": {"get": R, "post": M, "delete": M},
    "profiles/{user_id}/interests": {"get": R, "put": M, "patch": M, "delete": M},
    "profiles/{user_id}/health-answers": {"get": KEY_READS, "put": M, "delete": M},
    "interactions": {"get": R, "post": M},
    "interactions/bulk": {"get": R, "post": M, "delete": M},
    "interactions/{event_id}": {"get": R, "delete": M},
    "training-runs": {"get": R, "post": M},
    "training-runs/{run_id}": {"get": R},
    "training-runs/{run_id}/cancel": {"post": M},
    "model-versions": {"get": R},
    "model-versions/roll-back": {"post": M},
    "model-versions/{number}": {"get": R},
    "model-versions/{number}/promote": {"post": M},
}
WHAT_TO_DO = """
Route “{route}”, {method}: nobody said who may use it. Do three things:
1. In the view, as in catalog/api/items.py:
   `needs: ClassVar = {{"{upper}": "<app>.<view|add|change|delete>_<model>"}}`.
2. If that permission is new: add the model to the role tables in accounts/policy/roles.py.
3. Add the route with {method} to EXPECTED in tests/policy/test_api.py: R, M or KEY_READS.
"""


def routes() -> Iterator[tuple[str, type[ApiView]]]:
    """Every address below /api/v1/ with its view."""

    def walk(patterns: list, prefix: str) -> Iterator[tuple[str, type[ApiView]]]:
        for each in patterns:
            address = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, address)
            elif isinstance(each, URLPattern) and address.startswith("api/v1/"):
                yield re.sub(r"<\w+:(\w+)>", r"{\1}", address), each.callback.view_class

    yield from walk(get_resolver().url_patterns, "")


BELOW = "api/v1/catalogs/{slug}/"
ROUTES = [
    (route.removeprefix(BELOW), view)
    for route, view in routes()
    if view is not UnknownRoute and route.startswith(BELOW)
]
CASES = [
    (route, view, method)
    for route, view in ROUTES
    for method in METHODS
    if method in view.http_method_names and hasattr(view, method)
]


def test_the_only_route_of_no_catalogue_is_their_list() -> None:
    others = {route for route, _view in routes() if not route.startswith(BELOW)}
    assert others == {"api/v1/catalogs/"}


@pytest.mark.parametrize(("route", "view", "method"), CASES)
def test_every_method_of_every_route_has_a_rule(route: str, view: type, method: str) -> None:
    help_text = WHAT_TO_DO.format(route=route, method=method, upper=method.upper())
    permission = needed(view, method.upper())
    assert permission, help_text
    assert permission in MANAGER, help_text
    expected = EXPECTED.get(route, {}).get(method)
    assert expected, help_text
    assert (permission in ANALYST) == (expected == READ), help_text


def test_no_line_of_the_table_is_stale() -> None:
    there = {(route, method) for route, _view, method in CASES}
    assert {(route, method) for route in EXPECTED for method in EXPECTED[route]} <= there


def may(identity: str, expected: str, method: str) -> bool:
    if identity in EVERYTHING | MANAGES_A:
        return True
    if identity == "read key of A":
        return method == "get"
    return identity in READS_A and expected == READ


@pytest.mark.parametrize("identity", [*IDENTITIES, *KEYS])
def test_everybody_gets_what_the_table_says(
    identity: str, a: Catalog, b: Catalog, client_of: Callable[[str], Client]
) -> None:
    client = client_of(identity)
    wrong = [
        f"{identity} {method} {route}: {status}"
        for route, _view, method in CASES
        for status in [status_of(client, a, route, method)]
        if answered(status) != asked(identity, route, method)
    ]
    assert not wrong


def asked(identity: str, route: str, method: str) -> str:
    if identity == "anonymous":
        return "401"
    expected = EXPECTED.get(route, {}).get(method, MANAGE)
    return "done" if may(identity, expected, method) else "403"


def answered(status: int) -> str:
    return str(status) if status in (401, 403) else "done"


def status_of(client: Client, catalog: Catalog, route: str, method: str) -> int:
    """The answer to a request, whose effect is rolled back."""
    path = route.format(
        item_id="mug",
        user_id="ann",
        event_id="e-1",
        name="p",
        run_id=TrainingRun.objects.filter(catalog=catalog).first().pk,
        number=ModelVersion.objects.filter(catalog=catalog).first().number,
    )
    with transaction.atomic():
        response = getattr(client, method)(
            f"/api/v1/catalogs/{catalog.slug}/{path}",
            data={} if method == "get" else "{}",
            content_type="application/json",
        )
        transaction.set_rollback(True)
    assert response.status_code < 500, response.content
    return response.status_code


@pytest.mark.parametrize("identity", ["analyst of A", "manager of A"])
def test_the_list_of_catalogues_is_ones_own(
    identity: str, a: Catalog, b: Catalog, client_of: Callable[[str], Client]
) -> None:
    found = client_of(identity).get("/api/v1/catalogs/").json()["results"]
    assert [row["slug"] for row in found] == ["a"]


@pytest.mark.parametrize("identity", ["visitor", "staff without a role"])
def test_without_a_role_there_is_no_list_of_catalogues(
    identity: str, a: Catalog, b: Catalog, client_of: Callable[[str], Client]
) -> None:
    assert client_of(identity).get("/api/v1/catalogs/").status_code == 403


def test_a_session_of_staff_needs_the_csrf_token_and_the_right(
    a: Catalog, b: Catalog, client_of: Callable[[str], Client]
) -> None:
    """The reported case: a viewer's session with its token exports, erases and promotes."""
    viewer = client_of("viewer group")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = viewer.cookies
    strict.get("/admin/")
    strict.cookies["csrftoken"] = token = "a" * 32
    headers = {"X-CSRFToken": token}
    root = f"/api/v1/catalogs/{a.slug}/"
    assert strict.get(root + "profiles/ann", headers=headers).status_code == 200
    assert strict.get(root + "profiles/ann/export", headers=headers).status_code == 403
    assert strict.delete(root + "profiles/ann", headers=headers).status_code == 403
    for path in ("model-versions/1/promote", "training-runs"):
        answer = strict.post(root + path, "{}", "application/json", headers=headers)
        assert answer.status_code == 403
    assert a.profiles.filter(external_id="ann").exists()
