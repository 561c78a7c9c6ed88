"""The Compose file fits its schema, and names only settings that exist."""

from __future__ import annotations

import re
import subprocess
import sys

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from config import web_worker
from tests.deploy.files import COMPOSE, DEPLOY, OURS, ROOT, SERVICES

TEXT = (DEPLOY / "compose.yaml").read_text()
OF_OTHER_IMAGES = {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD", "SITE_ADDRESS"}
OF_THE_HEALTH_CHECK = {"HEALTH_SITE"}


def settings(path: str) -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / path).read_text(), re.MULTILINE))


def test_it_fits_the_schema_of_compose():
    schema = ["--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, str(DEPLOY / "compose.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_what_it_asks_for_is_in_its_example_file():
    assert set(re.findall(r"\$\{([A-Z_]+)", TEXT)) <= settings("deploy/env.example")


def test_what_it_needs_is_open_in_the_example_file_and_all_else_has_its_default():
    example = (DEPLOY / "env.example").read_text()
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", TEXT)) | {"ALLOWED_HOSTS", "SECRET_KEY"}
    assert set(re.findall(r"^([A-Z_]+)=$", example, re.MULTILINE)) == needed
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", TEXT))
    assert dict(re.findall(r"^# ([A-Z_]+)=(.*)$", example, re.MULTILINE)) == defaults


def test_settings_of_longtail_are_settings():
    known = settings(".env.example")
    given = {name for each in OURS for name in SERVICES[each]["environment"]}
    assert given - OF_THE_HEALTH_CHECK <= known
    in_images = re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", (DEPLOY / "Dockerfile").read_text(), re.M)
    assert {"VAR_DIR", "STATIC_ROOT", "DJANGO_SETTINGS_MODULE"} <= known & set(in_images)
    assert settings("deploy/env.example") - known == OF_OTHER_IMAGES - {
        "POSTGRES_DB",
        "POSTGRES_USER",
    } | {"WEB_REPLICAS", "HTTP_PORT", "HTTPS_PORT", "LONGTAIL_VERSION"}


def test_every_process_sees_the_same_folder():
    assert {tuple(SERVICES[name]["volumes"]) for name in OURS} == {("var:/var/lib/longtail",)}
    named = {each.split(":")[0] for service in SERVICES.values() for each in service["volumes"]}
    assert named == set(COMPOSE["volumes"])


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert [SERVICES[name]["networks"] for name in ("db", "redis", "proxy")] == [
        ["data"],
        ["data"],
        ["site"],
    ]


def test_everything_that_stays_has_a_health_check():
    """Those of web and proxy are in their images."""
    checked = {
        name for name, service in SERVICES.items() if "test" in service.get("healthcheck", {})
    }
    assert checked == {"worker", "long", "training", "beat", "db", "redis"}
    for name in ("worker", "long", "training", "beat"):
        assert SERVICES[name]["healthcheck"]["test"][-1] == name


def test_the_stack_has_what_the_docs_ask_for():
    assert int(re.search(r"postgres:(\d+)", SERVICES["db"]["image"])[1]) >= 15
    assert int(re.search(r"valkey:(\d+)", SERVICES["redis"]["image"])[1]) >= 7


def test_stopping_waits_as_long_as_the_process_needs():
    gunicorn = (DEPLOY / "gunicorn.conf.py").read_text()
    graceful = int(re.search(r"^graceful_timeout = (\d+)", gunicorn, re.MULTILINE)[1])
    assert int(SERVICES["web"]["stop_grace_period"].removesuffix("s")) > graceful


def test_the_proxy_takes_as_much_as_the_web():
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    assert int(re.search(r"max_size (\d+)MiB", caddyfile)[1]) << 20 == web_worker.MOST


def test_the_proxy_leaves_a_connection_before_gunicorn_does():
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    gunicorn = (DEPLOY / "gunicorn.conf.py").read_text()
    of_gunicorn = int(re.search(r"^keepalive = (\d+)", gunicorn, re.MULTILINE)[1])
    of_caddy = int(re.search(r"keepalive (\d+)s", caddyfile)[1])
    assert of_caddy < min(of_gunicorn, STOP_KEEPALIVE_LINGER)


def test_the_proxy_looks_longer_for_a_web_than_it_leaves_one_out():
    """Else one web after the other could be left out at once, and a request find none."""
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    left_out = int(re.search(r"fail_duration (\d+)s", caddyfile)[1])
    assert int(re.search(r"lb_try_duration (\d+)s", caddyfile)[1]) > 2 * left_out


def test_the_database_is_ready_when_it_listens_to_others():
    """While it sets up its folder it answers on its socket only; a migration would fail."""
    assert "-h" in SERVICES["db"]["healthcheck"]["test"]
    assert SERVICES["migrate"]["depends_on"]["db"] == {"condition": "service_healthy"}
