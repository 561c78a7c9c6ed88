"""Pages of errors need nothing: some errors come before the account, the session or the address."""

from __future__ import annotations

import pytest
from django.template import loader
from django.test import Client

ERROR_PAGES = ("400", "403", "403_csrf", "404", "429", "500", "error")


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_the_page_of_an_error_needs_no_request(name: str) -> None:
    assert "<h1>" in loader.get_template(f"{name}.html").render({})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/c/shop/", "/admin/", "/accounts/login/", "/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "localhost:port", "", "a b"])
def test_a_foreign_host_is_named_at_every_address(path: str, host: str) -> None:
    response = Client(raise_request_exception=False).get(path, headers={"Host": host})
    assert response.status_code == 400
    assert "We could not read that request" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/catalogs/", "/api/v1/nothing", "/api/schema/"])
def test_a_foreign_host_gets_the_shape_of_all_errors_from_the_api(path: str) -> None:
    response = Client(raise_request_exception=False).get(path, headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert response.json()["code"] == "bad_request"
    assert "Host" in response.json()["message"]
