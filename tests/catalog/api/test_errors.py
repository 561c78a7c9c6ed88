"""All errors have one shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from catalog.api import parsing, search
from catalog.models import Catalog, Item
from tests.api_clients import Program, only_problem

SHAPE = {"code", "message", "details"}


def test_an_unknown_catalogue_is_named(api: Program) -> None:
    answer = api.client.get("/api/v1/catalogs/no-such/items").json()
    assert answer == {
        "code": "not_found",
        "message": "There is no catalogue “no-such”.",
        "details": {},
    }


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/x",
        "/api/v1/catalogs/shop/itms",
        "/api/v1/catalogs/shop/items/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_an_unknown_route_answers_json_to_everybody(
    client: Client, db: None, path: str, method: str
) -> None:
    response = getattr(client, method)(path)
    assert response.status_code == 404
    assert path in response.json()["message"]
    assert set(response.json()) == SHAPE


@pytest.mark.parametrize("path", ["/api/v1/catalogs/shop/items", "/api/v1/catalogs/"])
def test_a_wrong_final_slash_is_explained(client: Client, db: None, path: str) -> None:
    wrong = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    assert f"Did you mean “{path}”?" in client.get(wrong).json()["message"]


def test_an_unsupported_method_is_405_and_names_the_supported(api: Program) -> None:
    answer = api.send("delete", "items", status=405)
    assert answer["code"] == "method_not_allowed"
    assert api.response.headers["Allow"] == "GET, HEAD, POST"
    assert api.send("options", "items", status=405)["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "{'a': 1}", '{"value": NaN}', '{"value": 1e999}', '{"value": Infinity}',
        '{"title": "\\ud800"}',
        "[" * 100_000, '{"n": ' + "9" * 5000 + "}", b"\xff\xfe",
    ],
    ids=[
        "empty", "open", "quotes", "nan", "too-large", "infinity", "half-a-pair", "deep", "digits",
        "not-utf-8",
    ],
)  # fmt: skip
def test_a_body_that_is_not_json_is_rejected(api: Program, body: str | bytes) -> None:
    response = api.client.post(api.root + "items", data=body, content_type="application/json")
    assert response.status_code == 400
    assert set(response.json()) == SHAPE
    assert response.json()["code"] in ("parse_error", "invalid")


def test_whole_surrogate_pairs_are_text(api: Program) -> None:
    body = '{"item_id": "\\ud83d\\udcda", "title": "Book"}'
    response = api.client.post(api.root + "items", data=body, content_type="application/json")
    assert response.json()["item_id"] == "📚"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_another_content_type_is_415(api: Program, content_type: str) -> None:
    response = api.client.post(api.root + "items", data="item_id=1", content_type=content_type)
    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


def test_a_body_that_is_too_large_is_413_with_the_limit(api: Program) -> None:
    answer = api.post("items", {"item_id": "x", "description": "y" * parsing.LARGEST_BODY}, 413)
    assert answer["code"] == "too_large"
    assert answer["details"]["limit"] == parsing.LARGEST_BODY


def test_a_body_may_be_larger_than_a_form(api: Program, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    api.post("items", {"item_id": "x", "description": "y" * 100_000})


def test_a_chunked_body_is_rejected_instead_of_read_as_empty(api: Program) -> None:
    response = api.client.post(
        api.root + "items",
        "{}",
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
    )
    assert response.status_code == 411
    assert response.json()["code"] == "length_required"


def test_an_unexpected_error_is_500_in_the_same_shape_and_is_logged(
    api: Program,
    items: list[Item],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(search, "results", broken)
    api.client.raise_request_exception = False
    answer = api.get("search", 500, q="mug")
    assert set(answer) == SHAPE
    assert answer["code"] == "server_error"
    assert "secret" not in json.dumps(answer)
    assert "a secret of ours" in caplog.text


def test_messages_are_translated_and_codes_are_not(api: Program) -> None:
    response = api.client.get(api.root + "search", headers={"Accept-Language": "zh-hans"})
    answer = response.json()
    assert answer["code"] == "invalid"
    assert answer["details"][0]["reason"] != only_problem(api.get("search", 400))[2]


def test_a_parameter_given_twice_is_rejected(api: Program, items: list[Item]) -> None:
    answer = api.client.get(api.root + "search?q=mug&q=towel").json()
    assert only_problem(answer) == ("q", "mug, towel", "It was sent 2 times.")


@pytest.mark.parametrize("path", ["", "items/x", "profiles/x"])
def test_unknown_parameters_are_rejected(api: Program, items: list[Item], path: str) -> None:
    assert only_problem(api.get(path, 400, limit=1))[0] == "limit"


def test_a_mistyped_parameter_gets_the_right_name(api: Program, items: list[Item]) -> None:
    assert (
        only_problem(api.get("items", 400, categroy="Mugs"))[2]
        == "Unknown field. Did you mean “category”?"
    )


def test_a_rejected_value_is_shortened_in_the_answer(api: Program, catalog: Catalog) -> None:
    value = only_problem(api.post("items", {"item_id": "x" * 100_000}, 400))[1]
    assert len(value) < 300


@pytest.mark.parametrize("path", ["items/a%00b", "profiles/a%00b", "interactions/a%00b"])
def test_ids_that_no_database_can_store_are_not_found(api: Program, path: str) -> None:
    api.get(path, 404)


def test_the_answer_is_json_for_every_accept_header(api: Program) -> None:
    assert api.client.get(api.root + "items", headers={"Accept": "text/html"}).status_code == 406
    assert api.client.get(api.root + "items?format=xml").json()["details"][0]["field"] == "format"


def test_each_request_reads_errors_of_a_query_in_its_own_language(api: Program) -> None:
    found = [
        api.client.get(
            f"{api.root}recommendations?n=1000", headers={"Accept-Language": language}
        ).json()["details"][0]["reason"]
        for language in ("en", "zh-hans", "en")
    ]
    assert found[0] == found[2] == "Ensure this value is less than or equal to 100."
    assert "100" in found[1]
    assert found[1] != found[0]
