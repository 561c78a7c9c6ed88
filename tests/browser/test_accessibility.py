"""axe-core finds nothing serious on any page: both languages, light and dark, phone and desktop."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser
SEVERE = ("serious", "critical")
#: Every rule runs. Passed rules are not listed for each node, which takes axe four times as long as
#: the check.
WRONG_ONLY = {"resultTypes": ["violations"]}


def severe(page: object) -> list[str]:
    """The errors and where they are, one line each."""
    found = Axe().run(page, options=WRONG_ONLY).response["violations"]
    return [
        f"{each['impact']} {each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in SEVERE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("target", PAGES, ids=lambda target: target.name)
def test_the_page_is_accessible(open_page, target, language):
    page = open_page("about:blank", language=language)
    target.reach(page)
    complaints = {}
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 375)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        complaints[f"{scheme} {width}"] = severe(page)
    assert complaints == {key: [] for key in complaints}


def test_the_check_finds_errors(open_page):
    page = open_page("/")
    page.evaluate("document.querySelector('h1').style.color = 'rgb(240, 240, 235)'")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')"
    )
    assert {line.split(":")[0] for line in severe(page)} == {
        "serious color-contrast",
        "critical button-name",
    }
