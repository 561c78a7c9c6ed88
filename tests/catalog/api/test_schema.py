from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def description() -> dict[str, Any]:
    out = io.StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=out)
    return yaml.safe_load(out.getvalue())


def operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in description["paths"].values():
        yield from methods.values()


def test_every_endpoint_is_described_without_a_warning(description: dict[str, Any]) -> None:
    assert len(list(operations(description))) >= 25


def test_addresses_that_only_exist_for_odd_ids_are_not_described(
    description: dict[str, Any],
) -> None:
    assert set(description["paths"]["/api/v1/catalogs/{slug}/items/bulk"]) == {"post"}
    assert set(description["paths"]["/api/v1/catalogs/{slug}/items/{item_id}/similar"]) == {"get"}
    assert "/api/" not in description["paths"]


def test_every_operation_has_a_description_and_the_shared_errors(
    description: dict[str, Any],
) -> None:
    for operation in operations(description):
        assert {"400", "401", "403", "404", "429"} <= set(operation["responses"])
        assert operation["description"]


def test_parameters_of_a_recommendation_are_described_with_their_limits(
    description: dict[str, Any],
) -> None:
    parameters = description["paths"]["/api/v1/catalogs/{slug}/recommendations"]["get"][
        "parameters"
    ]
    n = next(parameter for parameter in parameters if parameter["name"] == "n")
    assert (n["schema"]["minimum"], n["schema"]["maximum"]) == (1, 100)


def test_the_docs_page_needs_no_other_host(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    script = client.get("/api/docs/?script=").content.decode()
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page
    assert "http://" not in page
    assert "https://" not in page + script
    assert (
        "SwaggerUIBundle(" not in page
    )  # a strict content policy allows no script within the page
    assert client.get("/api/schema/").status_code == 200


def test_filters_by_attributes_are_parameters_of_their_own(description: dict[str, Any]) -> None:
    search = description["paths"]["/api/v1/catalogs/{slug}/search"]["get"]
    (found,) = (each for each in search["parameters"] if each["name"] == "attributes")
    assert (found["style"], found["explode"], found["schema"]["type"]) == ("form", True, "object")


def test_the_id_of_an_erased_person_is_described_where_it_is_rejected(
    description: dict[str, Any],
) -> None:
    described = {
        operation["operationId"]
        for operation in operations(description)
        if "`suppressed`" in operation["responses"].get("409", {}).get("description", "")
    }
    assert described == {
        "interactions_create", "excluded_reasons_create", "hidden_create", "interests_replace",
        "interests_update", "health_answers_replace",
    }  # fmt: skip
