"""A site with a small catalogue, made once; each test runs it with processes of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.servers import Site

MAKE = """
from accounts.models import User
from catalog.models import Catalog
from tests.factories import make_interaction, make_item, make_profile
from django.core.management import call_command
shop = Catalog.objects.create(slug="shop", name="Shop", is_public=True)
titles = ("Red Mug", "Blue Mug", "Green Mug", "Tea Towel", "Bath Towel", "Beach Towel")
items = [make_item(shop, title=title, external_id=title[:3], categories=[title.split()[1]])
         for title in titles]
for number in range(12):
    person = make_profile(shop, external_id=f"p{number}")
    for item in (items[:3], items[3:])[number % 2][: 2 + number // 2 % 2]:
        make_interaction(person, item)
User.objects.create_superuser("admin@example.org", "correct horse battery")
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> tuple[Path, str]:
    """The folder of a migrated site with a catalogue, and an API key."""
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder)
    site.run("migrate", "-v", "0")
    site.run("collectstatic", "-v", "0", "--noinput")
    site.shell(MAKE)
    key = site.run("create_api_key", "shop", "faults").split()[-1]
    return folder, key


@pytest.fixture
def make_site(made, tmp_path) -> Iterator[Callable[..., Site]]:
    """Makes a site on a copy of the data, with more variables; stops it after the test."""
    sites: list[Site] = []

    def make(**variables: str) -> Site:
        shutil.copytree(made[0] / "var", tmp_path / "var", dirs_exist_ok=True)
        sites.append(Site(tmp_path, **variables))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def site(make_site) -> Site:
    return make_site()


@pytest.fixture
def key(made) -> dict[str, str]:
    """The header of a program."""
    return {"Authorization": f"Api-Key {made[1]}"}
