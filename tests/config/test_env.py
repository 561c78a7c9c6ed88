"""A wrong value in the environment stops the start and names its variable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import entry, env
from tests.config.settings_anew import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def variable(monkeypatch):
    return lambda value: monkeypatch.setenv("LONGTAIL_TEST", value)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda name: env.whole(name, 1), "many"),
        (lambda name: env.whole(name, 60, least=60), "59"),
        (lambda name: env.flag(name, False), "perhaps"),
        (lambda name: env.choice(name, "a", ("a", "b")), "c"),
        (lambda name: env.database(name, "sqlite:///x"), "mysql://localhost/x"),
        (lambda name: env.database(name, "sqlite:///x"), "nonsense"),
        (lambda name: env.redis(name, "redis://x"), "http://x"),
        (lambda name: env.text_encoder(name, "pretrained"), "/no/such/folder"),
        (lambda name: env.artifact_store(name, ""), "/mnt/models"),
        (lambda name: env.artifact_store(name, ""), "s3://"),
        (lambda name: env.dask_scheduler(name, ""), "http://host:8786"),
        (lambda name: env.dask_scheduler(name, ""), "tcp://host"),
    ],
)
def test_wrong_value_names_the_variable_and_the_value(variable, read, value):
    variable(value)
    with pytest.raises(ImproperlyConfigured, match=re.escape(value)) as error:
        read("LONGTAIL_TEST")
    assert "LONGTAIL_TEST" in str(error.value)


@pytest.mark.parametrize(
    ("read", "value", "package"),
    [
        (env.artifact_store, "s3://models/longtail", "s3fs"),
        (env.dask_scheduler, "tcp://10.0.0.1:8786", "distributed"),
    ],
)
def test_an_optional_package_that_is_missing_is_named(variable, monkeypatch, read, value, package):
    variable(value)
    assert read("LONGTAIL_TEST", "") == value
    missing = lambda name: None if name == package else name  # noqa: E731
    monkeypatch.setattr(env, "find_spec", missing)
    with pytest.raises(ImproperlyConfigured, match=r"LONGTAIL_TEST .*requirements-scale\.txt"):
        read("LONGTAIL_TEST", "")


@pytest.mark.parametrize("name", ["glove.txt", "fast.vec.gz", "word2vec.BIN", "word2vec.bin.gz"])
def test_a_file_of_word_vectors_is_a_text_encoder(variable, tmp_path, name):
    (tmp_path / name).touch()
    variable(str(tmp_path / name))
    assert env.text_encoder("LONGTAIL_TEST", "pretrained") == str(tmp_path / name)


@pytest.mark.parametrize("name", ["missing.vec", "words.csv"])
def test_a_missing_file_or_another_kind_of_file_is_rejected(variable, tmp_path, name):
    (tmp_path / "words.csv").touch()
    variable(str(tmp_path / name))
    with pytest.raises(
        ImproperlyConfigured,
        match=rf"LONGTAIL_TEST='.*{name}' is not .*word vectors \(\.txt, \.txt\.gz",
    ):
        env.text_encoder("LONGTAIL_TEST", "pretrained")


def test_required_variable_that_is_missing_is_named():
    with pytest.raises(ImproperlyConfigured, match="LONGTAIL_TEST is not set"):
        env.text("LONGTAIL_TEST")


@pytest.mark.parametrize(
    ("value", "meant"), [("true", True), ("1", True), ("no", False), ("Off", False)]
)
def test_flags_accept_common_spellings(variable, value, meant):
    variable(value)
    assert env.flag("LONGTAIL_TEST", not meant) is meant


def test_postgres_address_is_understood(variable):
    variable("postgres://me:secret@db:5433/shop")
    parsed = env.database("LONGTAIL_TEST", "sqlite:///x")
    assert (parsed["ENGINE"], parsed["HOST"], parsed["PORT"], parsed["NAME"]) == (
        "django.db.backends.postgresql",
        "db",
        5433,
        "shop",
    )


def test_long_folder_gets_a_short_socket():
    assert env.short_socket(Path("/short/v.sock")) == "/short/v.sock"
    assert len(env.short_socket(Path("/" + "long" * 40) / "v.sock")) <= 100


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_fit_for_deployment():
    """Django's own list of what a site on the internet must have."""
    done = start(DJANGO_SETTINGS_MODULE="config.settings.production", **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (2 silenced)" in done.stdout
    weak = {"SECURE_SSL_REDIRECT": "false", "SECURE_HSTS_SECONDS": "0"}
    done = start(DJANGO_SETTINGS_MODULE="config.settings.production", **PRODUCTION, **weak)
    assert done.returncode == 1
    assert "security.W004" in done.stderr
    assert "security.W008" in done.stderr


def test_production_does_not_start_with_a_wrong_value():
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production", **PRODUCTION}
    done = start(**settings, SECURE_HSTS_SECONDS="soon")
    assert done.returncode != 0
    assert "SECURE_HSTS_SECONDS='soon' is not a whole number" in done.stderr


def test_settings_that_do_not_exist_are_named_in_one_line():
    done = start(DJANGO_SETTINGS_MODULE="config.settings.prod")
    assert done.returncode != 0
    assert "DJANGO_SETTINGS_MODULE='config.settings.prod' is not config.settings" in done.stderr
    assert "Traceback" not in done.stderr


def test_celery_does_not_choose_settings_by_itself(monkeypatch):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    with pytest.raises(ImproperlyConfigured, match="DJANGO_SETTINGS_MODULE is not set"):
        entry.prepare()


@pytest.mark.parametrize(
    ("given", "seen"),
    [({}, "1"), ({"OMP_NUM_THREADS": "7"}, "7"), ({"OMP_NUM_THREADS": " "}, "1")],
)
def test_numpy_gets_one_thread_unless_the_operator_gives_more(given, seen):
    environment = dict(given)
    entry.limit_threads(environment, 1)
    assert environment["OMP_NUM_THREADS"] == seen
    assert environment["OPENBLAS_NUM_THREADS"] == "1"


def test_a_process_started_by_ours_sets_its_own_number():
    environment = {"OMP_NUM_THREADS": "7"}
    entry.limit_threads(environment, 1)
    entry.limit_threads(environment, 2)
    assert environment["OMP_NUM_THREADS"] == "7"
    assert environment["OPENBLAS_NUM_THREADS"] == "2"
