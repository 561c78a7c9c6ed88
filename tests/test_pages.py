"""tests/browser/pages.py has every page for the accessibility check and the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import allauth.urls
import pytest
from django.test import Client
from django.urls import URLResolver, resolve, reverse

import accounts.privacy.urls
import accounts.urls
import catalog.urls
import recommender.urls
from accounts.models import User
from catalog.models import Catalog, Item
from tests.browser.pages import PAGES

pytestmark = pytest.mark.django_db
MODULES = (catalog.urls, recommender.urls, accounts.urls, accounts.privacy.urls, allauth.urls)


def names(
    patterns: list[Any], app: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every route by its full name, with what its address asks for."""
    for pattern in patterns:
        asked = (*above, *(pattern.pattern.converters or pattern.pattern.regex.groupindex))
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, app, asked)
        elif pattern.name:
            yield f"{app}:{pattern.name}" if app else pattern.name, asked


def routes() -> list[tuple[str, tuple[str, ...]]]:
    return [
        route
        for module in MODULES
        for route in names(module.urlpatterns, getattr(module, "app_name", ""))
    ]


UNSEEN: dict[str, str] = {
    "mfa_index": "asks for a fresh sign-in; tests/accounts/second_factor opens it",
    "socialaccount_login_cancelled": "comes back from a provider",
}
"""Pages that are left out on purpose, each with the reason."""
EXAMPLES = {
    "slug": "shop",
    "row": "popular",
    "screen": "pick",
    "key": "none",
    "uidb36": "1",
    "provider_id": "sso",
}


def path_of(name: str, wanted: tuple[str, ...], item: Item) -> str:
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
    paths = {path_of(name, wanted, items[0]) for name, wanted in routes()}
    pages = {
        resolve(path).view_name for path in paths if is_page(strange, path) or is_page(known, path)
    }
    assert sorted(pages - {page.route for page in PAGES} - set(UNSEEN)) == []
    assert set(UNSEEN) <= pages
