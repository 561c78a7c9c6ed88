"""Exports of personal data."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from catalog.models import Interaction
from tests.accounts.privacy.views.pages import EXPORT
from tests.factories import make_interaction, make_profile


def test_json_has_every_column_of_every_row_except_secrets(client, ann, user):
    answer = client.get(EXPORT, {"form": "json"})
    exported = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    shop = exported["places"]["shop"]
    assert shop["profile"][0]["tail"] == 0.7
    assert shop["profile"][0]["external_id"] == "ann"
    assert [
        (row["title"], row["kind"], row["value"], row["event_id"]) for row in shop["events"]
    ] == [
        ("Red Mug", "take", 2.0, "order-7"),
        ("Blue Mug", "rate", 4.5, None),
    ]
    assert set(shop["events"][0]) >= {field.attname for field in Interaction._meta.concrete_fields}
    assert shop["interests"][0]["unwanted"] == ["clock"]
    assert (shop["shown"][0]["surface"], shop["shown"][0]["sources"]) == ("for_you", ["history"])
    assert exported["places"]["@account"]["account"][0]["email"] == user.email
    assert user.password not in answer.content.decode()


def test_the_archive_has_the_same_rows_as_csv_files(client, ann):
    answer = client.get(EXPORT, {"form": "csv"})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert {"everything.json", "account/account.csv", "shop/events.csv", "shop/shown.csv"} <= set(
        archive.namelist()
    )
    raw = archive.read("shop/events.csv")
    assert raw.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["item"] for row in rows] == [
        event.item.external_id for event in ann.interactions.order_by("pk")
    ]
    assert (
        json.loads(archive.read("everything.json"))["places"]["shop"]["events"][1]["value"] == 4.5
    )


def test_a_cell_is_never_a_formula(client, ann):
    archive = zipfile.ZipFile(
        io.BytesIO(b"".join(client.get(EXPORT, {"form": "csv"}).streaming_content))
    )
    row = next(csv.DictReader(io.StringIO(archive.read("shop/interests.csv").decode("utf-8-sig"))))
    assert row["text"] == "'=HYPERLINK(1)"
    assert (
        json.loads(archive.read("everything.json"))["places"]["shop"]["interests"][0]["text"]
        == "=HYPERLINK(1)"
    )


def test_an_export_has_no_data_of_others(client, ann, items):
    make_interaction(make_profile(ann.catalog, external_id="bob"), items[4])
    exported = client.get(EXPORT).content.decode()
    assert "bob" not in exported
    assert "Bath Towel" not in exported


def test_a_visitor_exports_the_session_too(client, visitor, items):
    exported = json.loads(client.get(EXPORT).content)
    assert exported["visit"]["tails"] == {str(visitor.catalog_id): 0.9}
    assert exported["visit"]["seen"] == [items[1].pk]
    assert [row["kind"] for row in exported["places"]["shop"]["events"]] == ["save", "view"]
