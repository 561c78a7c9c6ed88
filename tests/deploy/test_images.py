"""What goes into the images, and as whom it runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.deploy.files import ROOT, SERVICES, ancestors, requirements, stages

TRAINING_ONLY = {"tensorflow-cpu", "keras", "lightgbm"}
IMAGES = ("web", "worker", "proxy")


def installed(image: str) -> set[str]:
    """Packages that the stages of an image install."""
    files = [
        name
        for stage in ancestors(image)
        for step in stage.values("RUN")
        for name in re.findall(r"pip install\b.*? -r (\S+)", step)
    ]
    return set().union(*map(requirements, files))


def test_only_the_image_of_workers_can_train():
    assert installed("web") == requirements("requirements.txt") - TRAINING_ONLY
    assert installed("worker") == requirements("requirements.txt")


def test_packages_come_by_the_lock_only():
    """``pip install`` names files, never packages; each of the files has the lock."""
    steps = [
        step for stage in stages().values() for step in stage.values("RUN") if "pip install" in step
    ]
    assert len(steps) == 2
    assert all(re.search(r"pip install( --\S+)* -r \S+\.txt$", step) for step in steps)
    assert "-c requirements.lock" in (ROOT / "requirements-web.txt").read_text().splitlines()
    assert "-r requirements-web.txt" in (ROOT / "requirements.txt").read_text().splitlines()


def test_the_web_starts_without_what_only_trains():
    """The whole of the web is imported while these packages cannot be."""
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'lightgbm'): sys.modules[name] = None\n"
        "import config.wsgi\n"
        "from django.urls import get_resolver\n"
        "from django.core.management import call_command\n"
        "get_resolver().url_patterns\n"
        "call_command('check')\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", IMAGES)
def test_no_image_runs_as_root(name):
    (user,) = stages()[name].values("USER")
    assert re.fullmatch(r"[1-9]\d{4}:[1-9]\d{4}", user)
    assert stages()[name].steps[-1][0] in ("CMD", "HEALTHCHECK")


def test_no_service_runs_as_root():
    """Ours have the user of their image; the others name one."""
    for name, service in SERVICES.items():
        ours = service["image"].startswith("longtail-")
        assert service.get("user") == (
            None if ours else {"db": "postgres", "redis": "valkey"}[name]
        )
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_image_is_built_by_one_service():
    built = {
        service["image"]: service["build"]["target"]
        for service in SERVICES.values()
        if "build" in service
    }
    assert built == {f"longtail-{name}:${{LONGTAIL_VERSION:-latest}}": name for name in IMAGES}
    used = {each["image"] for each in SERVICES.values() if each["image"].startswith("longtail-")}
    assert used == set(built)
    assert len(built) == sum("build" in service for service in SERVICES.values())


def test_bases_are_pinned():
    names = set(stages())
    sources = {stage.source for stage in stages().values()} - names
    sources |= {each["image"] for each in SERVICES.values() if "longtail-" not in each["image"]}
    assert not [source for source in sources if not re.search(r":\d+[\d.]*-[a-z]", source)]
    assert "python:3.12-slim-trixie" in sources


def test_no_layer_holds_a_secret():
    """Settings of the build are of one command; ENV and ARG would stay in the image."""
    for stage in stages().values():
        assert not stage.values("ARG")
        assert not re.search(r"SECRET|PASSWORD|TOKEN|_URL", " ".join(stage.values("ENV")))


def test_only_named_files_are_sent_to_the_build():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert all((ROOT / path).exists() for path in allowed)
    assert "deploy" not in allowed, "deploy/.env has the passwords"
    assert not allowed & {".", ".env", ".git", "var", "tests"}
    assert "**/.env*" in rules


def test_what_the_build_copies_is_sent():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = [
        name
        for stage in stages().values()
        for step in stage.values("COPY")
        if "--from" not in step
        for name in step.split()[:-1]
    ]
    assert set(copied) - {"."} <= allowed
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert apps <= allowed, "every package of the site is in the image"


def test_texts_in_chinese_are_in_the_image():
    (build,) = [step for step in stages()["site"].values("RUN") if "collectstatic" in step]
    (compiled,) = re.findall(r"test -s (\S+\.mo)", build)
    assert (ROOT / compiled).stat().st_size > 10_000


def test_the_web_asks_itself_how_it_is():
    (check,) = stages()["web"].values("HEALTHCHECK")
    assert "deploy/healthcheck.py" in check


def test_backups_can_dump_the_database_of_the_stack():
    """pg_dump refuses a server that is newer than itself; it is as new as its Debian."""
    of_debian = {"bookworm": 15, "trixie": 17}
    client = of_debian[stages()["base"].source.rpartition("-")[2]]
    assert int(re.search(r"postgres:(\d+)", SERVICES["db"]["image"])[1]) <= client
    (install,) = [step for step in stages()["worker"].values("RUN") if "apt-get install" in step]
    assert {"libgomp1", "postgresql-client"} <= set(install.split())
