"""`make screenshots`: every page in both languages, light and dark, on phone and desktop."""

from __future__ import annotations

from io import BytesIO
from itertools import product
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.pages import ADMIN_PAGES, PAGES
from tests.doc_pictures import TAKEN

pytestmark = pytest.mark.screenshots
#: Only the beginning of endless pages.
TALLEST = 1800
WIDTHS = {"desktop": (DESKTOP, 960), "phone": (PHONE, 375)}
FORMS = list(product(WIDTHS, ("light", "dark")))


def keep(page: Any, name: str, width: int) -> None:
    """Store as WebP, no wider than ``width``."""
    picture = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert(
        "RGB"
    )
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    if picture.width > width:
        picture = picture.resize(
            (width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS
        )
    picture.save(TAKEN / f"{name}.webp", quality=60, method=6)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("target", PAGES + ADMIN_PAGES, ids=lambda target: target.name)
def test_picture(open_page, target, language):
    TAKEN.mkdir(parents=True, exist_ok=True)
    page = open_page("about:blank", language=language)
    target.reach(page)
    for form, scheme in [("desktop", "light")] if target in ADMIN_PAGES else FORMS:
        size, width = WIDTHS[form]
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(150)
        see_everything(page)
        keep(page, f"{target.name}-{language[:2]}-{scheme}-{form}", width)


LOADED = """() => Promise.all([...document.images].map(image => {
  image.loading = "eager"
  return image.complete || new Promise(done => { image.onload = image.onerror = done })
}))"""


def see_everything(page: Any) -> None:
    """Covers load when they come into view."""
    page.evaluate(LOADED)
