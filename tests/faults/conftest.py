"""Sites with a small catalogue, made once; each test runs one with processes of its own."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.postgres import NEEDED, PROGRAMS, Cluster
from tests.faults.servers import Site

PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
"""

MAKE_KEY = """
call_command("create_api_key", "shop", "faults")
"""

MAKE = """
from accounts.models import User
from catalog.models import Catalog
from tests.factories import make_interaction, make_item, make_profile
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

MAKE_WITH_MODEL = """
from accounts.models import User
from catalog.models import Catalog
from recommender.training.versions import promote
from tests.recommender.worlds import publish_by_hand, two_camps
shop = Catalog.objects.create(slug="shop", name="Shop", is_public=True)
two_camps(shop)
for number in (1, 2):
    promote(version=publish_by_hand(shop, number))
User.objects.create_superuser("admin@example.org", "correct horse battery")
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> tuple[Path, str]:
    """The folder of a migrated site with a catalogue, and an API key."""
    return _made(Site(tmp_path_factory.mktemp("site")), MAKE)


def _made(site: Site, code: str) -> tuple[Path, str]:
    """All in one process: to start one takes as long as its work."""
    return site.folder, site.shell(PREPARE + code + MAKE_KEY).split()[-1]


@pytest.fixture
def make_site(made, tmp_path) -> Iterator[Callable[..., Site]]:
    """Makes a site on a copy of the data, with more variables; stops it after the test."""
    yield from _sites(lambda **more: _copy(made[0], tmp_path, **more))


def _sites(make: Callable[..., Site]) -> Iterator[Callable[..., Site]]:
    sites: list[Site] = []

    def made(**variables: str) -> Site:
        sites.append(make(**variables))
        return sites[-1]

    yield made
    for site in sites:
        site.stop()


def _copy(folder: Path, target: Path, **variables: str) -> Site:
    shutil.copytree(folder / "var", target / "var", dirs_exist_ok=True)
    return Site(target, **variables)


@pytest.fixture
def site(make_site) -> Site:
    return make_site()


@pytest.fixture
def key(made) -> dict[str, str]:
    """The header of a program."""
    return {"Authorization": f"Api-Key {made[1]}"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if not PROGRAMS:
        pytest.skip(NEEDED)
    made = Cluster()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def made_on_postgres(cluster, tmp_path_factory) -> tuple[Path, str]:
    """As ``made``, with two model versions, in the database ``made`` of the cluster."""
    folder = tmp_path_factory.mktemp("postgres-site")
    return _made(Site(folder, DATABASE_URL=cluster.create("made")), MAKE_WITH_MODEL)


_numbers = itertools.count(1)


@pytest.fixture
def make_postgres_site(cluster, made_on_postgres, tmp_path) -> Iterator[Callable[..., Site]]:
    """Makes a site with two versions, the second one live, on a database of its own."""

    def make(**variables: str) -> Site:
        url = cluster.create(f"copy{next(_numbers)}", template="made")
        return _copy(made_on_postgres[0], tmp_path, DATABASE_URL=url, **variables)

    yield from _sites(make)


@pytest.fixture
def postgres_site(make_postgres_site) -> Site:
    return make_postgres_site()


@pytest.fixture
def postgres_key(made_on_postgres) -> dict[str, str]:
    return {"Authorization": f"Api-Key {made_on_postgres[1]}"}
