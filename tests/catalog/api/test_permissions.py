"""Who may do what: one table, compared with the routes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from catalog.ingestion.item_vectors import record_vectors
from catalog.models import ApiKey, Catalog, Item, Profile
from tests.api_clients import Program, reader, writer
from tests.factories import make_api_key, make_catalog, make_interaction, make_profile, make_user

READS = [
    "", "search?q=mug", "items", "items/mug", "profiles", "profiles/ann", "interactions",
    "interactions/e-1",
    "vectors", "profiles/ann/hidden",
]  # fmt: skip
WRITES = [
    ("post", "items"), ("post", "items/bulk"), ("put", "items/mug"), ("patch", "items/mug"),
    ("delete", "items/mug"),
    ("patch", "profiles/ann"), ("delete", "profiles/ann"),
    ("post", "profiles/ann/hidden"), ("delete", "profiles/ann/hidden"),
    ("post", "interactions"), ("post", "interactions/bulk"), ("delete", "interactions/e-1"),
    ("post", "vectors/bulk"), ("delete", "vectors/picture"),
]  # fmt: skip
EVERYTHING = [("get", path) for path in READS] + WRITES


@pytest.fixture
def shop(catalog: Catalog, items: list[Item], profile: Profile) -> Catalog:
    items[0].external_id = "mug"
    items[0].save()
    make_interaction(profile, items[0], event_id="e-1")
    record_vectors(
        catalog=catalog, rows=[{"item_id": "mug", "name": "picture", "vector": [0.5, 1]}]
    )
    return catalog


def status(program: Program, method: str, path: str) -> int:
    send = getattr(program.client, method)
    return send(
        program.root + path, data={} if method == "get" else "{}", content_type="application/json"
    ).status_code


def somebody(user: User) -> Callable[[Catalog], Program]:
    def program(catalog: Catalog) -> Program:
        client = Client()
        client.force_login(user)
        return Program(catalog, client=client)

    return program


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_without_a_key_everything_is_401(shop: Catalog, method: str, path: str) -> None:
    assert status(Program(shop), method, path) == 401


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_another_catalogues_key_gets_403_everywhere(shop: Catalog, method: str, path: str) -> None:
    assert status(Program(shop, make_api_key(make_catalog())[1]), method, path) == 403


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_an_ordinary_account_gets_403_everywhere(
    shop: Catalog, user: User, method: str, path: str
) -> None:
    make_profile(shop, user=user)
    assert status(somebody(user)(shop), method, path) == 403


@pytest.mark.parametrize("path", READS)
def test_a_read_key_reads(shop: Catalog, path: str) -> None:
    assert status(reader(shop), "get", path) == 200


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_read_key_does_not_write(shop: Catalog, method: str, path: str) -> None:
    assert status(reader(shop), method, path) == 403


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_a_write_key_and_staff_may_do_everything(
    shop: Catalog, staff: User, method: str, path: str
) -> None:
    assert status(writer(shop), method, path) in (200, 204, 400)
    if method != "delete":
        assert status(somebody(staff)(shop), method, path) in (200, 204, 400)


def test_a_session_needs_its_csrf_token_to_write(shop: Catalog, staff: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert status(Program(shop, client=client), "get", "items") == 200
    assert status(Program(shop, client=client), "delete", "items/mug") == 403


def test_deactivated_staff_are_strangers(shop: Catalog) -> None:
    former = make_user(is_staff=True, is_active=False)
    assert status(somebody(former)(shop), "get", "items") == 401


def test_a_revoked_key_is_401_and_says_so(shop: Catalog) -> None:
    key, secret = make_api_key(shop)
    ApiKey.objects.filter(pk=key.pk).update(revoked=True)
    answer = Program(shop, secret).get("items", 401)
    assert answer["code"] == "authentication_failed"
    assert "revoked" in answer["message"]


@pytest.mark.parametrize(
    "header", ["Api-Key", "Api-Key ", "Api-Key wrong.key", "Api-Key 中文", "Bearer x", "x"]
)
def test_a_malformed_key_is_401_and_names_the_scheme(shop: Catalog, header: str) -> None:
    response = Client(headers={"Authorization": header}).get("/api/v1/catalogs/shop/items")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Api-Key"


def test_a_stranger_cannot_find_out_which_catalogues_exist(shop: Catalog, client: Client) -> None:
    answers = [client.get(f"/api/v1/catalogs/{slug}/").json() for slug in ("shop", "no-such")]
    assert answers[0] == answers[1]


def test_the_message_says_whether_the_key_or_its_scope_is_wrong(shop: Catalog) -> None:
    other = Program(shop, make_api_key(make_catalog())[1])
    assert "another catalogue" in other.get("items", 403)["message"]
    assert "read-only" in reader(shop).post("items", {}, 403)["message"]


def test_the_table_above_has_every_endpoint_of_the_catalogue() -> None:
    from catalog.api import urls

    named = {path.split("?")[0].split("/")[0] for _method, path in EVERYTHING}
    routes = {
        str(route.pattern).removeprefix("catalogs/<slug:slug>/").split("/")[0]
        for route in urls.urlpatterns
    }
    assert routes - {"catalogs"} == named
