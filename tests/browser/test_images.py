"""Images of items' owners: lazy, with their size reserved, and replaced where they fail."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.browser.pages import COURSES, LOST_IMAGE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("SITE" in os.environ, reason="sets IMAGE_HOSTS of its own site"),
]


@pytest.fixture
def image_host(settings: Any) -> None:
    """Pages may show images of the lost image's host."""
    policy = settings.CONTENT_SECURITY_POLICY
    sources = [*policy["DIRECTIVES"]["img-src"], "images.example.org"]
    settings.IMAGE_HOSTS = ["images.example.org"]
    settings.CONTENT_SECURITY_POLICY = {
        **policy,
        "DIRECTIVES": {**policy["DIRECTIVES"], "img-src": sources},
    }


def test_the_drawn_cover_replaces_an_image_that_fails(image_host: None, open_page: Any) -> None:
    page, asked = open_page("/"), []
    page.route(LOST_IMAGE, lambda route: (asked.append(1), route.fulfill(status=404)))
    page.goto(f"{COURSES}search/?q=python")
    image = page.locator("#found .card img").first
    page.wait_for_function("""() => {
        const image = document.querySelector("#found .card img");
        return image.complete && image.naturalWidth > 0;
    }""")
    assert asked
    assert "/cover" in image.get_attribute("src")
    assert image.get_attribute("loading") == "lazy"
    assert (image.get_attribute("width"), image.get_attribute("height")) == ("300", "400")
