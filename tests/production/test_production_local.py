"""`make production-local`: the topology of `deploy/compose.yaml` for real, without containers."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.servers import ROOT, wait_until
from tests.production.load import Load
from tests.production.local_production import PATIENCE, LocalProduction, copy_code

API = "/api/v1/catalogs/books"
EMAIL, PASSWORD = "owner@example.org", "correct horse battery"
READER = "reader-001"

pytestmark = pytest.mark.production


@pytest.fixture(scope="module")
def releases(tmp_path_factory) -> tuple[Path, Path]:
    """The code of today, and of a next version: one more page, one more column."""
    old = copy_code(tmp_path_factory.mktemp("releases") / "old")
    new = shutil.copytree(old, old.with_name("new"))
    urls = new / "config" / "urls.py"
    urls.write_text(f"{urls.read_text()}\nurlpatterns.insert(0, path('next-version', healthz))\n")
    item = new / "catalog" / "models" / "items.py"
    text = item.read_text()
    assert text.count("    title = ") == 1
    item.write_text(
        text.replace("    title = ", "    shelf = models.TextField(null=True)\n    title = ")
    )
    return old, new


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Not one of pytest's: as root, PostgreSQL runs as another account, which must get there."""
    with TemporaryDirectory(prefix="longtail-") as made:
        Path(made).chmod(0o711)
        yield Path(made) / "production-local"


@pytest.fixture(scope="module")
def site(folder, releases) -> Iterator[LocalProduction]:
    """The site with the little bookshop and its owner; tests use it one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("API_RATE", "1000000/min")
        site = LocalProduction(folder, releases[0])
    try:
        site.manage("create_catalog", "books", "--name", "The little bookshop")
        for kind in ("items", "interactions"):
            site.manage(f"import_{kind}", "books", str(ROOT / "examples" / f"{kind}.csv"))
        site.shell(
            f"from accounts.models import User; "
            f"print(User.objects.create_superuser({EMAIL!r}, {PASSWORD!r}).pk)"
        )
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def key(site) -> dict[str, str]:
    """The header of a program that reads and writes."""
    made = site.manage("create_api_key", "books", "tests", "--scope", "write")
    return {"Authorization": f"Api-Key {made.split()[-1]}"}


@pytest.fixture(scope="module")
def trained(site, key) -> set[int]:
    """The numbers of the versions that the training worker made; the schedule may add one."""
    with site.client(**key) as program:
        asked = program.post(f"{API}/training-runs", json={"quick": True})
        assert asked.status_code in (201, 202), asked.text
        run = f"{API}/training-runs/{asked.json()['id']}"
        wait_until(lambda: program.get(run).json()["state"] == "succeeded", "no training", PATIENCE)
        versions = program.get(f"{API}/model-versions").json()["results"]
    logs = site.folder / "site" / "logs" / "training"  # written once the training's process ended
    wait_until(lambda: list(logs.glob("run-*.log")), "the training worker wrote no log", PATIENCE)
    return {version["number"] for version in versions}


def titles() -> list[str]:
    with (ROOT / "examples" / "items.csv").open() as file:
        return [row["item_id"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_pages_come_in_both_languages_by_https(site, language):
    with site.client(**{"Accept-Language": language}) as browser:
        for page in ("/", "/c/books/", "/accounts/login/", "/privacy/"):
            answer = browser.get(page, follow_redirects=True)
            assert (page, answer.status_code) == (page, 200)
            assert f'<html lang="{language}"' in answer.text
            assert answer.headers["strict-transport-security"].startswith("max-age=")
        style = re.search(r'href="(/static/[^"]+\.css)"', answer.text)[1]
        assert "immutable" in browser.get(style).headers["cache-control"]


def test_the_owner_signs_in_with_the_token_of_the_form_only(site):
    form = {"login": EMAIL, "password": PASSWORD}
    with site.client() as browser:
        page = browser.get("/accounts/login/")
        origin = {"Origin": str(browser.base_url).rstrip("/")}
        assert browser.post("/accounts/login/", data=form, headers=origin).status_code == 403
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        form["csrfmiddlewaretoken"] = token
        elsewhere = {"Origin": "https://elsewhere.example"}
        assert browser.post("/accounts/login/", data=form, headers=elsewhere).status_code == 403
        assert browser.post("/accounts/login/", data=form, headers=origin).status_code == 302
        cookies = [cookie for cookie in browser.cookies.jar if cookie.name == "sessionid"]
        assert [cookie.secure for cookie in cookies] == [True]
        assert browser.get("/admin/").status_code == 200


def test_a_program_sends_events_and_gets_a_personal_list(site, key, trained):
    event = {"user_id": READER, "item_id": titles()[0], "kind": "like", "event_id": "one"}
    bulk = [{**event, "item_id": item, "event_id": f"bulk-{item}"} for item in titles()[1:9]]
    bulk.append({**event, "item_id": "nowhere", "event_id": "of no item"})
    with site.client(**key) as program:
        assert program.get(f"{API}/items").status_code == 200
        assert program.post(f"{API}/interactions", json=event).status_code == 201
        assert program.post(f"{API}/interactions", json=event).status_code == 200
        several = program.post(f"{API}/interactions/bulk", json={"interactions": bulk})
        assert (several.status_code, several.json()["created"]) == (207, 8)
        assert [error["value"] for error in several.json()["errors"]] == ["nowhere"]
        found = program.get(f"{API}/recommendations", params={"user_id": READER, "n": 5}).json()
    assert found["version"] >= min(trained)
    assert (found["fallback"], len(found["items"])) == (None, 5)


def test_the_next_version_takes_over_under_load(site, key, trained, releases):
    """Each web restarts while the other serves; the database has the new column before both."""
    _old, new = releases
    subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "catalog", "--settings",
         "config.settings.test"], cwd=new, check=True, capture_output=True,
    )  # fmt: skip
    with site.client() as browser:
        assert browser.get("/next-version").status_code == 404
    before = site.children()
    with Load(lambda: site.client(**key), API, titles()) as load:
        site.switch_to(new)
        load.wait_for_more()
    assert load.failed() == []
    stored = site.shell(
        "from catalog.models import Interaction as I;"
        "print(*I.objects.exclude(event_id=None).values_list('event_id', flat=True))"
    )
    assert load.acknowledged <= set(stored.split())
    assert len(load.acknowledged) > 100
    with site.client() as browser:
        assert {browser.get("/next-version").status_code for _ in range(10)} == {200}
    same = {name for pid, name in site.children().items() if pid in before}
    assert {"caddy", "postgres"} < same
    assert not [name for name in same if name.startswith(("gunicorn", "celery", "python"))]


def test_nothing_runs_after_it_was_stopped(site):
    family = site.family()
    assert len(family) > 8
    assert site.stop() == 0
    assert "Stopped" in site.said()
    assert not [process for process in family if process.is_running()]
