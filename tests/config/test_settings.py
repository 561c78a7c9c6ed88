"""Cases 24 and 25: empty means not set, and every wrong value is refused by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from tests.config.settings_anew import PRODUCTION, settings_anew

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = "config.settings.local"

WRONG = {
    "IMAGE_HOSTS": ["https://cdn.example.org", "cdn.example.org/images", "two words"],
    "ALLOWED_HOSTS": ["https://shop.example.org", "shop.example.org:8000", "two words"],
    "API_RATE": ["abc", "10/week", "0/min", "-1/min", "10", "ten/min", "10/months"],
    "ARTIFACT_STORE": ["models", "https://minio.example.org/models", "s3://"],
    "ARTIFACT_STORE_ENDPOINT": ["minio", "ftp://minio.example.org"],
    "ARTIFACTS_DIR": ["/dev/null", "/dev/null/artifacts"],
    "BLAS_THREADS": ["0", "two", "1.5"],
    "CSRF_TRUSTED_ORIGINS": ["shop.example.org", "https://shop.example.org/page", "ftp://a.org"],
    "DASK_SCHEDULER": ["10.0.0.1:8786", "http://10.0.0.1:8786", "tcp://10.0.0.1"],
    "DATABASE_URL": ["mysql://db/shop", "nonsense", "postgres://db:port/shop", "postgres://db"],
    "DEBUG": ["perhaps", "2"],
    "DEFAULT_FROM_EMAIL": ["shop", "Shop <shop>", "@example.org"],
    "EMAIL_TIMEOUT": ["0", "soon"],
    "EMAIL_URL": ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port"],
    "EMAIL_VERIFICATION": ["yes", "always"],
    "FEED_DIR": ["/dev/null", "/dev/null/feeds"],
    "FEED_MAX_MIB": ["0", "many"],
    "IMPORT_MAX_MIB": ["0", "many"],
    "IMPRESSION_RETENTION_DAYS": ["29", "ever", "1e3", "9999999"],
    "LANGUAGE_CODE": ["de", "klingon"],
    "LIVE_MODELS_MIB": ["0", "many"],
    "LLM_DAILY_TOKENS": ["-1", "many"],
    "LLM_TIMEOUT": ["0", "soon"],
    "LLM_URL": ["localhost:8080", "ftp://a.org", "http://", "http://host:port/v1"],
    "LOG_FORMAT": ["xml", "JSON lines"],
    "LOG_LEVEL": ["loud", "10"],
    "MONITORING_NETWORKS": ["everybody", "10.0.0.0/99"],
    "MODEL_VERIFY_SECONDS": ["0", "often", "1e9"],
    "NEW_VISITORS_PER_MINUTE": ["0", "many"],
    "OIDC_OTHERS": ["nobody", "yes"],
    "OIDC_ROLES": ["{", "[]", '{"it": "root"}', '{"it": ["superuser:shop"]}'],
    "OIDC_URL": ["http://id.example.org", "id.example.org", "ftp://id.example.org"],
    "REDIS_URL": ["http://redis", "redis", "redis://redis:port/0", "unix://"],
    "SENTRY_DSN": ["sentry.example.org", "ftp://sentry.example.org/1"],
    "SIGN_IN_RETENTION_DAYS": ["0", "ninety"],
    "STAFF_SESSION_HOURS": ["0", "short"],
    "STAFF_TOTP": ["always", "yes"],
    "STAFF_TOTP_EXEMPT_SSO": ["perhaps"],
    "STAGES_DIR": ["/dev/null", "/dev/null/stages"],
    "STATIC_ROOT": ["/dev/null", "/dev/null/static"],
    "TEXT_CACHE_MIB": ["0", "1 GB"],
    "TEXT_ENCODER": ["/no/such/folder", "nothing"],
    "TEXT_ENCODER_TIMEOUT": ["0", "soon"],
    "TF_CONFIG": ["{", "[]", "worker"],
    "TIME_ZONE": ["Mars", "GMT+25", "/etc/passwd", "Europe"],
    "TRAINING_STALL_LIMIT": ["59", "ten minutes", "86401"],
    "TRAINING_TIME_LIMIT": ["59", "an hour", "99999999999"],
    "TRUSTED_PROXIES": ["proxy", "10.0.0.0/99", "-1", "1000"],
    "VAR_DIR": ["/dev/null", "/proc/nothing"],
}
WRONG_IN_PRODUCTION = {
    "SECRET_KEY": ["short", "a" * 60, "django-insecure-" + "x1y2z" * 10],
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": ["perhaps"],
    "SECURE_HSTS_PRELOAD": ["perhaps"],
    "SECURE_HSTS_SECONDS": ["soon", "-1", "99999999999"],
    "SECURE_SSL_REDIRECT": ["perhaps"],
}
SECRETS = {"MONITORING_TOKEN": ["short", "a" * 40], "SECRET_KEY": []}
FREE = {
    "FEED_PRIVATE_HOSTS",
    "LLM_API_KEY",
    "LLM_MODEL",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_GROUPS_CLAIM",
    "OIDC_NAME",
    "OIDC_SCOPES",
    "SECRET_KEY_FALLBACKS",
    "SENTRY_ENVIRONMENT",
    "TEXT_ENCODER_API_KEY",
    "TEXT_ENCODER_MODEL",
}
"""Any text on one line may be right."""

REQUIRED_IN_PRODUCTION = sorted(PRODUCTION)


def names_and_values(table):
    return [(name, value) for name, values in table.items() for value in values]


@pytest.fixture(params=["config.settings.local", "config.settings.production"])
def module(request):
    return request.param


@pytest.fixture
def start(monkeypatch, tmp_path):
    def start(module, **variables):
        base = PRODUCTION if module.endswith("production") else {}
        return settings_anew(monkeypatch, module, {**base, **variables}, tmp_path)

    return start


@pytest.mark.parametrize(("name", "value"), names_and_values(WRONG))
def test_a_wrong_value_stops_the_start_and_says_what_is_allowed(start, name, value):
    with pytest.raises(ImproperlyConfigured) as error:
        start(LOCAL, **{name: value})
    assert str(error.value).startswith(f"{name}='{value}' is not ")
    assert len(str(error.value)) > len(f"{name}='{value}' is not ") + 10


@pytest.mark.parametrize(("name", "value"), names_and_values(WRONG_IN_PRODUCTION))
def test_a_wrong_value_of_production_stops_the_start(start, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"^{name}") as error:
        start("config.settings.production", **{name: value})
    assert (value in str(error.value)) == (name != "SECRET_KEY"), "a secret is never shown"


@pytest.mark.parametrize(("name", "value"), names_and_values(SECRETS))
def test_an_easy_secret_stops_the_start_and_is_not_shown(start, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} ") as error:
        start(LOCAL, **{name: value})
    assert value not in str(error.value)


def test_the_tables_above_hold_every_variable(start, module):
    start(module)
    tables = {*WRONG, *WRONG_IN_PRODUCTION, *SECRETS, *FREE}
    assert set(env.DECLARED) - {"LONGTAIL_TEST"} - tables == set()


def test_every_variable_is_in_the_example_file(start):
    start(LOCAL)
    start("config.settings.production")
    example = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    names = set(env.DECLARED) - {"LONGTAIL_TEST"}
    assert names - example == set()
    of_gunicorn = {"WEB_CONCURRENCY", "WEB_THREADS"}
    of_entry_points = {"DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR"}
    assert example - names - of_gunicorn == of_entry_points


def public(settings):
    """The values of a module of settings, comparable."""
    return {
        name: value for name, value in vars(settings).items() if name.isupper() and name != "UNFOLD"
    }


@pytest.mark.parametrize("blank", ["", "  "])
def test_empty_variables_are_not_set(start, blank):
    names = [name for name in env.DECLARED if name not in ("VAR_DIR", "LONGTAIL_TEST")]
    without = public(start(LOCAL))
    assert public(start(LOCAL, **dict.fromkeys(names, blank))) == without


@pytest.mark.parametrize("name", REQUIRED_IN_PRODUCTION)
@pytest.mark.parametrize("blank", ["", " "])
def test_production_names_what_it_needs(start, name, blank):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set: "):
        start("config.settings.production", **{name: blank})


def test_the_example_file_starts_with_all_lines_uncommented(start, tmp_path):
    example = dict(
        re.findall(r"^# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    del example["DJANGO_SETTINGS_MODULE"], example["VAR_DIR"], example["ARTIFACTS_DIR"]
    del example["DATABASE_URL"], example["EMAIL_URL"], example["DEFAULT_FROM_EMAIL"]
    del example["FEED_DIR"], example["STATIC_ROOT"], example["STAGES_DIR"]
    del example["ARTIFACT_STORE"], example["ARTIFACT_STORE_ENDPOINT"], example["DASK_SCHEDULER"]
    assert public(start(LOCAL, **example)) == public(start(LOCAL))


def test_a_file_gives_what_the_environment_leaves_empty(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text("LONGTAIL_TEST=from the file\nLONGTAIL_OTHER=file\n")
    monkeypatch.setenv("LONGTAIL_TEST", "")
    monkeypatch.setenv("LONGTAIL_OTHER", "environment")
    env.read_file(file)
    assert env.text("LONGTAIL_TEST") == "from the file"
    assert env.text("LONGTAIL_OTHER") == "environment"


def test_no_message_shows_a_password(start):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as error:
        start(LOCAL, DATABASE_URL="postgres://me:hunter2@db:port/shop")
    assert "hunter2" not in str(error.value)
