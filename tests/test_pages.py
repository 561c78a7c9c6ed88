"""tests/browser/pages.py has every page for the accessibility check and the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import allauth.urls
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve, reverse

import accounts.privacy.urls
import accounts.urls
import catalog.urls
import recommender.urls
from accounts.models import User
from catalog.models import Catalog, Item
from tests.browser.pages import PAGES

pytestmark = pytest.mark.django_db
MODULES = (catalog.urls, recommender.urls, accounts.urls, accounts.privacy.urls, allauth.urls)


def names(patterns: list[Any], app: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route with its full name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, app)
        elif pattern.name:
            yield f"{app}:{pattern.name}" if app else pattern.name, pattern


def routes() -> list[tuple[str, URLPattern]]:
    return [
        route
        for module in MODULES
        for route in names(module.urlpatterns, getattr(module, "app_name", ""))
    ]


UNSEEN: dict[str, str] = {}
"""Pages that are left out on purpose, each with the reason."""
EXAMPLES = {"slug": "shop", "row": "popular", "screen": "pick", "key": "none", "uidb36": "1"}


def path_of(name: str, pattern: URLPattern, item: Item) -> str:
    wanted = pattern.pattern.converters or pattern.pattern.regex.groupindex
    return reverse(
        name, kwargs={part: item.pk if part == "pk" else EXAMPLES[part] for part in wanted}
    )


def is_page(client: Client, path: str) -> bool:
    response = client.get(path, HTTP_USER_AGENT="Mozilla/5.0")
    return (
        response.status_code == 200
        and not response.streaming
        and b"<html" in response.content[:2000]
    )


def test_every_route_that_answers_with_a_page_is_in_the_list(
    catalog: Catalog, items: list[Item], user: User
) -> None:
    strange, known = Client(), Client()
    known.force_login(user)
    paths = {path_of(name, pattern, items[0]) for name, pattern in routes()}
    pages = {
        resolve(path).view_name for path in paths if is_page(strange, path) or is_page(known, path)
    }
    assert sorted(pages - {page.route for page in PAGES} - set(UNSEEN)) == []
    assert set(UNSEEN) <= pages
