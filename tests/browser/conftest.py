"""A site with a trained catalogue, and a Chromium that fails the test on errors."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django.live_server_helper import LiveServer

from catalog.models import Item
from recommender.training import child_process, execution
from tests.browser.pages import LANGUAGE, LOST_IMAGE, NOWHERE, STAFF
from tests.doc_pictures import TAKEN
from tests.factories import make_staff

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCREENSHOTS = TAKEN / "steps"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 812}


@pytest.fixture(scope="session")
def browser(site: str) -> Iterator[Any]:
    """Chromium, started after the site.

    Playwright's loop runs in this thread, and Django gives each loop its own connection.
    """
    if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
        pytest.skip(
            f"no Chromium at {CHROMIUM}: apt-get install chromium fonts-noto-cjk, or set CHROMIUM"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, even if no test asks pytest-django for it; emptied at the end."""
    with django_db_blocker.unblock():
        present = "catalog_catalog" in connection.introspection.table_names()
        made = (
            None
            if present
            else setup_databases(verbosity=0, interactive=False, aliases={"default"})
        )
        yield
        if made is None:
            call_command("flush", interactive=False, verbosity=0)
        else:
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server with a few courses in both languages, health and the community.

    All tests share it and never use the database themselves: each test is a new visitor. The
    environment variable SITE sets the address of a running site instead, for pictures with all its
    data.
    """
    if address := os.environ.get("SITE"):
        yield address.rstrip("/")
        return
    request.getfixturevalue("database")
    with pytest.MonkeyPatch.context() as patch:
        # A child process would not see a database in memory; the training itself is real.
        patch.setattr(child_process, "train", execution.carry_out)
        call_command("load_demo", "courses", "health", "community", limit=240, verbosity=0)
        call_command("train", "courses", here=True, verbosity=0)
        # Shown only where a test sets IMAGE_HOSTS.
        Item.objects.filter(catalog__slug="courses").update(image_url=LOST_IMAGE)
        make_staff(email=STAFF)
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """Open a page as a new visitor; errors and requests to other hosts fail the test at its end."""
    from playwright.sync_api import Error as PlaywrightError

    contexts, plain, complaints = [], [], []

    def opened(
        path: str = "/", *, language: str = "en", phone: bool = False, script: bool = True
    ) -> Any:
        context = browser.new_context(
            base_url=site,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        if not script:
            plain.append(context)
        context.add_cookies([{"name": LANGUAGE, "value": language, "url": site}])
        context.set_default_timeout(20_000)
        page = context.new_page()
        watch(page, site, complaints)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        for page in context.pages if context not in plain else ():
            # a request that the closing page breaks off is no error of the page
            with suppress(PlaywrightError):
                page.wait_for_selector(".htmx-request", state="detached", timeout=3000)
        context.close()
    assert complaints == []


def watch(page: Any, site: str, complaints: list[str]) -> None:
    page.on("console", lambda said: None if is_expected(said) else complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda sent: (
            None
            if sent.url.startswith((site, "data:")) or sent.url == LOST_IMAGE
            else complaints.append(sent.url)
        ),
    )
    page.on(
        "response",
        lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 500 else None,
    )


def is_expected(said: Any) -> bool:
    """Whether the browser reports the missing page or image that a test asks for."""
    return said.type not in ("error", "warning") or said.location.get("url", "").endswith(NOWHERE)


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Store a picture of the page if SCREENSHOTS=1."""

    def taken(page: Any, name: str = "") -> None:
        if os.environ.get("SCREENSHOTS") != "1":
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"\W+", "-", f"{request.node.name}-{name}").strip("-")
        page.screenshot(path=SCREENSHOTS / f"{stem}.png", full_page=True, caret="initial")

    return taken
