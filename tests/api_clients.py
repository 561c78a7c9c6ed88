"""Programs that call the API in tests."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from catalog.models import ApiKey, Catalog
from tests.factories import make_api_key


class Program:
    """Sends JSON below one catalogue's address; `answer` is the last answer's body."""

    def __init__(
        self, catalog: Catalog, key: str | None = None, client: Client | None = None
    ) -> None:
        headers = {"Authorization": f"Api-Key {key}"} if key else {}
        self.client = client or Client(headers=headers)
        self.root = f"/api/v1/catalogs/{catalog.slug}/"

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return self._body(self.client.get(self.root + path, query), status)

    def post(self, path: str, data: Any = None, status: int = 201) -> Any:
        return self.send("post", path, data, status)

    def send(self, method: str, path: str, data: Any = None, status: int = 200) -> Any:
        send, body = getattr(self.client, method), json.dumps({} if data is None else data)
        return self._body(
            send(self.root + path, data=body, content_type="application/json"), status
        )

    def delete(self, path: str, status: int = 204) -> Any:
        return self._body(self.client.delete(self.root + path), status)

    def _body(self, response: HttpResponse, status: int) -> Any:
        self.response = response
        assert response.status_code == status, response.content.decode()[:1000]
        return response.json() if response.content else None


def writer(catalog: Catalog) -> Program:
    return Program(catalog, make_api_key(catalog)[1])


def reader(catalog: Catalog) -> Program:
    return Program(catalog, make_api_key(catalog, ApiKey.Scope.READ)[1])


def only_problem(answer: dict[str, Any]) -> tuple[str, Any, str]:
    """Field, value and reason of an error with one detail."""
    assert answer["code"] == "invalid"
    (problem,) = answer["details"]
    return problem["field"], problem["value"], problem["reason"]
