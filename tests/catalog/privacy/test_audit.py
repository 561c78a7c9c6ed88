"""The audit of erasures finds a person in every kind of place, and nobody else."""

from __future__ import annotations

import gzip
import json
import pickle
import zipfile
from urllib.parse import quote

import numpy as np
import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import AccountSession, Consent
from catalog.models import Catalog, FileChunk, FileImport, Profile
from catalog.profiles.suppression import digest_of, suppress
from tests.catalog.privacy.conftest import ANN, Audit
from tests.factories import make_item, make_profile, make_user

OTHERS = [f"{ANN}a", f"x{ANN}", ANN.upper(), ANN[:-1]]
"""Ids of other people that hold hers or are nearly hers."""


def test_a_site_without_her_is_clean(catalog):
    for other in OTHERS:
        make_profile(catalog, external_id=other)
    assert Audit(ANN).clean()


def test_it_looks_into_every_table(catalog):
    looked = {place["place"] for place in Audit(ANN).report["places"]}
    tables = {f"table {model._meta.db_table}" for model in apps.get_models()}
    assert tables <= looked


def test_a_profile_that_was_not_erased_is_found(catalog):
    make_profile(catalog, external_id=ANN)
    audit = Audit(ANN)
    assert audit.code == 1
    assert audit.where()["table catalog_profile"]["note"] == "external_id: 1"


def in_text(catalog: Catalog) -> str:
    make_item(catalog, description=f"A gift of {ANN}, with thanks")
    return "catalog_item"


def in_a_json_value(catalog: Catalog) -> str:
    make_item(catalog, attributes={"by": ["nobody", ANN]})
    return "catalog_item"


def in_a_json_key(catalog: Catalog) -> str:
    make_item(catalog, attributes={ANN: 5})
    return "catalog_item"


def in_an_address(catalog: Catalog) -> str:
    make_item(catalog, image_url=f"https://example.org/?of={quote(ANN)}")
    return "catalog_item"


def in_an_uploaded_file(catalog: Catalog) -> str:
    stored = FileImport.objects.create(
        catalog=catalog, user=make_user(), holds="interactions", file_name="a.csv.gz", size=1
    )
    content = gzip.compress(f"user_id,item_id\n{ANN},i1\n".encode())
    FileChunk.objects.create(file_import=stored, part="file", position=0, content=content)
    return "catalog_filechunk"


@pytest.mark.parametrize(
    "plant", [in_text, in_a_json_value, in_a_json_key, in_an_address, in_an_uploaded_file]
)
def test_she_is_found_in_every_kind_of_column(catalog, plant):
    table = plant(catalog)
    audit = Audit(ANN)
    assert audit.code == 1
    assert list(audit.where()) == [f"table {table}"]


def test_she_is_found_in_a_table_that_no_model_has(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_plugin (number integer, note text)")
        cursor.execute("INSERT INTO of_a_plugin VALUES (1, %s)", [f"call {ANN}"])
    assert list(Audit(ANN).where()) == ["table of_a_plugin"]


def test_she_is_found_in_a_packed_session(db):
    session = SessionStore()
    session["last"] = {"person": ANN, "much": "x" * 5000}
    session.save()
    assert list(Audit(ANN).where()) == ["sessions, unpacked"]


def test_rows_that_name_nobody_any_more_are_found(catalog):
    AccountSession.objects.create(session_key="k", account_id=10**6)
    kind = ContentType.objects.get_for_model(Profile)
    Consent.objects.create(holder_type=kind, holder_id=10**6, purpose="p", version="1")
    assert list(Audit(ANN).where()) == [
        "accounts_accountsession.account_id → accounts_user",
        "accounts_consent.holder_id → catalog_profile",
    ]


def csv_file(folder):
    (folder / "exports").mkdir()
    path = folder / "exports" / "people.csv"
    path.write_text(f"user_id\n{ANN}\n")
    return path


def utf_16_file(folder):
    path = folder / "from-a-spreadsheet.txt"
    path.write_text(f"user\t{ANN}\n", encoding="utf-16")
    return path


def packed_file(folder):
    path = folder / "stages.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"people": [ANN]}).encode()))
    return path


def workbook(folder):
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{ANN}</t>")
    return path


def artifact(folder):
    """numpy writes texts with four bytes a letter."""
    path = folder / "artifacts" / "shop" / "1-abc" / "people.npz"
    path.parent.mkdir(parents=True)
    np.savez_compressed(path, people=np.array(["nobody", ANN]), counts=np.arange(1000))
    return path


def flat_artifact(folder):
    path = folder / "artifacts" / "people.npy"
    np.save(path, np.array(["nobody", ANN]))
    return path


def pickled(folder):
    path = folder / "stages.pickle"
    path.write_bytes(pickle.dumps({"people": [ANN]}))
    return path


def feed(folder):
    path = folder / "feeds" / "items.csv"
    path.write_text(f"id,title\n1,Gift for {ANN}\n")
    return path


def name_of_a_file(folder):
    path = folder / f"{ANN}.txt"
    path.write_text("nothing")
    return path


def at_the_border_of_two_pieces(folder):
    path = folder / "large.bin"
    path.write_bytes(b" " * ((16 << 20) - 5) + ANN.encode() + b" " * 100)
    return path


@pytest.mark.parametrize(
    "plant",
    [
        csv_file, utf_16_file, packed_file, workbook, artifact, flat_artifact, pickled, feed,
        name_of_a_file, at_the_border_of_two_pieces,
    ],
)  # fmt: skip
def test_she_is_found_in_every_kind_of_file(var, plant):
    path = plant(var)
    audit = Audit(ANN)
    assert audit.code == 1
    assert list(audit.where()) == [str(path)]


def test_a_log_says_until_when(var):
    log = var / "logs" / "training" / "run-7.log"
    log.parent.mkdir(parents=True)
    log.write_text(f"2026-11-29 could not read {ANN}\n")
    found = Audit(ANN).where()[str(log)]
    assert found["kind"] == "log"
    assert "until you rotate or delete them" in found["note"]


def test_others_in_files_are_not_her(var):
    (var / "others.txt").write_text("\n".join(OTHERS))
    assert Audit(ANN).clean()


# Short ids, hashes, addresses


def test_a_short_id_is_found_as_a_value_and_only_possible_in_texts(catalog, var):
    make_item(catalog, pk=42, description="Size 42, or 42 pieces", attributes={"size": 42})
    (var / "sizes.csv").write_text("size\n42\n")
    audit = Audit("42")
    assert audit.clean()
    assert list(audit.where("possible")) == [str(var / "sizes.csv")]
    make_item(catalog, attributes={"by": "42"})
    assert list(Audit("42").where()) == ["table catalog_item"]


def test_a_hash_alone_is_enough(catalog, var):
    suppress(catalog=catalog, external_id=ANN)
    digest = digest_of(catalog, ANN)
    assert Audit(digest=[digest]).clean()
    make_item(catalog, attributes={"by": ANN}, description=f"A gift of {ANN}, with thanks")
    path = csv_file(var)
    audit = Audit(digest=[digest])
    assert set(audit.where()) == {"table catalog_item", str(path)}
    assert ANN not in json.dumps(audit.report)


def test_an_address_is_found_in_any_case(db, var):
    (var / "mail.txt").write_text("To: Ann@Example.org\n")
    assert list(Audit(account=["ann@example.org"]).where()) == [str(var / "mail.txt")]


# The command


def test_the_table_says_place_amount_and_finding(catalog, var, capsys):
    make_profile(catalog, external_id=ANN)
    with pytest.raises(SystemExit) as ended:
        call_command("audit_erasure", "shop", ANN)
    assert ended.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("table catalog_profile ")]
    assert line.split()[2:5] == ["1", "rows", "1"]
    assert f"{ANN}: not on the list of erased ids" in lines
    assert any(line.startswith("backups") for line in lines)
    assert lines[-1] == "Found in 1 places; not read: 0."


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["nowhere", ANN], "there is no catalogue 'nowhere'"),
        (["shop"], "Give an ID"),
        (["shop", " "], "Give an ID"),
        (["shop", "--digest", "12"], "'12' is not 64 hexadecimal digits"),
    ],
)
def test_wrong_questions_are_named(catalog, given, named):
    with pytest.raises(CommandError, match=named):
        call_command("audit_erasure", *given)


def test_a_server_that_is_away_is_not_called_clean(catalog, settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "config.cache_backends.PatientRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        },
    }
    audit = Audit(ANN)
    assert audit.code == 2
    assert list(audit.where("unseen")) == ["Redis: keys and values"]


@pytest.mark.services
def test_she_is_found_in_every_kind_of_key(catalog):
    client = caches["default"].client()
    message = json.dumps({"body": "W1siY3VzdG9tZXItNDcxMS1hbm4iXSwge31d", "headers": {}})
    plants = {
        "string": lambda: client.set("audit:string", f"of {ANN}"),
        "cached": lambda: caches["default"].set("audit", {"people": [ANN]}),
        "key": lambda: client.set(f"audit:{ANN}", 1),
        "list": lambda: client.rpush("audit:queue", message),
        "hash": lambda: client.hset("audit:unacked", "tag", json.dumps([json.loads(message)])),
        "set": lambda: client.sadd("audit:set", ANN),
        "zset": lambda: client.zadd("audit:zset", {ANN: 1}),
        "stream": lambda: client.xadd("audit:stream", {"person": ANN}),
    }
    for name, plant in plants.items():
        client.flushdb()
        assert Audit(ANN).clean(), name
        plant()
        audit = Audit(ANN)
        assert (audit.code, list(audit.where())) == (1, ["Redis: keys and values"]), name
    client.flushdb()
