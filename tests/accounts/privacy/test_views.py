"""The privacy centre: read, export and erase, for accounts and for visits without one."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from accounts.models import Consent, Erasure, User
from accounts.privacy import consents, erasure
from accounts.privacy.cookies import cookies
from catalog import popularity
from catalog.interactions.record import record_interaction
from catalog.models import Interaction, Profile
from config.errors import AppError
from recommender.models import Impression, InterestText
from recommender.serving.impressions import record_impressions
from tests.factories import PASSWORD, make_catalog, make_interaction, make_item, make_profile
from tests.html import compact

CENTRE, EXPORT, ERASE = "/privacy/", "/privacy/export/", "/privacy/erase/"


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def counts(page: str) -> dict[str, int]:
    found = re.findall(
        r'<th scope="row">([^<]+)<span.*?<td class="number">([\d,]+)</td>', compact(page)
    )
    return {title: int(number.replace(",", "")) for title, number in found}


def erase(client, what: str, **more):
    return client.post(ERASE, {"what": what, "confirm": "on", **more}, follow=True)


@pytest.fixture
def account(user):
    return user


@pytest.fixture
def ann(client, profile, items, account) -> Profile:
    """Ann is signed in, and has data of every kind."""
    client.force_login(account)
    Profile.objects.filter(pk=profile.pk).update(tail=0.7)
    make_interaction(profile, items[0], "take", value=2, event_id="order-7")
    make_interaction(profile, items[1], "rate", value=4.5)
    InterestText.objects.create(
        profile=profile, text="=HYPERLINK(1)", language="en", words=[], unwanted=["clock"]
    )
    Impression.objects.create(
        profile=profile, item=items[2], surface="for_you", position=1, sources=["history"]
    )
    return profile


@pytest.fixture
def visitor(client, catalog, items) -> Profile:
    """A visitor without an account who saved an item, viewed one, and turned the dial."""
    client.post(reverse("catalog:act", args=["shop", items[0].pk]), {"kind": "save"})
    client.get(items[1].get_absolute_url(), headers={"user-agent": "Mozilla/5.0"})
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.9"})
    return Profile.objects.get()


def test_a_stranger_sees_that_nothing_is_stored(client, catalog):
    page = text_of(client.get(CENTRE))
    assert "Nothing is kept of you beyond this visit." in page
    assert not Profile.objects.exists()


def test_every_kind_is_listed_with_its_count_and_its_purpose(client, ann):
    page = text_of(client.get(CENTRE))
    assert counts(page) == {
        "Account": 1, "E-mail addresses": 0, "Times you signed in": 0, "Settings": 1,
        "What you did": 2,
        "Your interests in words": 1, "What you were shown": 1,
    }  # fmt: skip
    assert "what your lists are made from" in page


def test_a_visit_without_an_account_sees_its_data(client, visitor):
    page = text_of(client.get(CENTRE))
    assert counts(page)["What you did"] == 2
    for title in ("Which visitor you are", "Where the dial stands", "Items you looked at"):
        assert title in page


@pytest.mark.parametrize(
    ("language", "until"), [("en", "until you close the browser"), ("zh-hans", "关闭浏览器为止")]
)
def test_every_cookie_is_listed_with_purpose_and_lifetime(client, db, settings, language, until):
    settings.SESSION_COOKIE_AGE = 9 * 24 * 3600
    page = unescape(client.get("/privacy/", headers={"Accept-Language": language}).content.decode())
    table = page.split('class="kept cookies"')[1].split("</table>")[0]
    with translation.override(language):
        for cookie in cookies():
            assert f"<code>{cookie.name}</code>" in table
            assert str(cookie.purpose) in table
    assert table.count(until) == sum(cookie.days is None for cookie in cookies()) >= 2
    assert {"en": "9 days", "zh-hans": "9 天"}[language] in table


def test_the_page_is_not_cached(client, ann):
    for address in (CENTRE, EXPORT, f"{ERASE}?what=shop"):
        assert "no-store" in client.get(address)["Cache-Control"]


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


def test_nothing_is_erased_before_the_confirmation(client, ann):
    page = text_of(client.get(ERASE, {"what": "shop"}))
    assert counts(page)["What you did"] == 2
    answer = client.post(ERASE, {"what": "shop"})
    assert answer.status_code == 400
    assert "the box was not ticked" in text_of(answer)
    assert Interaction.objects.count() == 2


def test_erasing_a_catalogue_leaves_only_a_count_without_a_name(client, ann, user):
    page = text_of(erase(client, "shop"))
    assert "Erased. Nothing of it can be brought back." in page
    for model in (Profile, Interaction, InterestText, Impression):
        assert not model.objects.exists()
    assert User.objects.filter(pk=user.pk).exists()
    record = Erasure.objects.get()
    assert (record.place, record.by) == ("shop", "person")
    assert record.rows == {
        "catalog.Profile": 1, "catalog.Interaction": 2, "recommender.InterestText": 1,
        "recommender.Impression": 1,
    }  # fmt: skip
    assert "ann" not in json.dumps(record.rows) + record.place


def test_other_catalogues_stay(client, ann, user):
    other = make_catalog(slug="school")
    remaining = make_interaction(make_profile(other, user=user), make_item(other))
    erase(client, "shop")
    assert list(Interaction.objects.all()) == [remaining]
    assert counts(text_of(client.get(CENTRE)))["What you did"] == 1


def test_erasing_everything_clears_the_session(client, visitor, items):
    erase(client, "@all")
    assert not Profile.objects.exists()
    exported = json.loads(client.get(EXPORT).content)
    assert exported["places"] == {}
    assert set(exported["visit"]) == {"erased"}
    assert "Nothing is kept of you beyond this visit." in text_of(client.get(CENTRE))


def test_erasing_a_catalogue_clears_its_session_data(client, visitor):
    other = make_catalog(slug="school")
    client.post(reverse("catalog:dial", args=["school"]), {"tail": "0.2"})
    erase(client, "shop")
    assert client.session["tails"] == {str(other.pk): 0.2}
    assert "seen" not in client.session
    assert "Erased" in text_of(client.get(CENTRE))


def test_an_erased_visitor_starts_again(client, visitor, items):
    erase(client, "shop")
    client.post(reverse("catalog:act", args=["shop", items[2].pk]), {"kind": "like"})
    assert list(Interaction.objects.values_list("item", "kind")) == [(items[2].pk, "like")]
    assert Profile.objects.get().pk != visitor.pk


def test_a_page_opened_before_the_erasure_works(client, visitor):
    erase(client, "shop")
    page = text_of(erase(client, "shop"))
    assert Erasure.objects.count() == 1
    assert "Erased" in page
    assert "Nothing of you is kept there." in text_of(
        client.get(ERASE, {"what": "shop"}, follow=True)
    )


def test_deleting_an_account_needs_its_password(client, ann, user):
    client.get(EXPORT)
    answer = client.post(ERASE, {"what": "@account", "confirm": "on", "password": "wrong"})
    assert answer.status_code == 400
    assert "not the password" in text_of(answer)
    assert User.objects.filter(pk=user.pk).exists()
    page = text_of(erase(client, "@account", password=PASSWORD))
    assert not User.objects.filter(pk=user.pk).exists()
    assert not Profile.objects.exists()
    assert sorted(Erasure.objects.values_list("place", flat=True)) == ["@account", "shop"]
    assert "Sign in" in page


def test_an_account_of_staff_is_not_deleted_here(client, staff):
    client.force_login(staff)
    assert "deleted in the administration" in text_of(client.get(ERASE, {"what": "@account"}))
    answer = client.post(ERASE, {"what": "@account", "confirm": "on", "password": PASSWORD})
    assert answer.status_code == 409
    assert User.objects.filter(pk=staff.pk).exists()


def test_a_visitor_cannot_erase_an_account_or_anybody_else(client, catalog, user, items):
    remaining = make_interaction(make_profile(catalog, user=user), items[0])
    for what in ("@account", "shop", "school", "", "@all"):
        erase(client, what)
    assert Interaction.objects.get() == remaining
    assert User.objects.filter(pk=user.pk).exists()
    assert not Erasure.objects.exists()


def test_sign_in_attempts_are_shown_and_deleted_with_the_account(client, user, settings):
    settings.AXES_ENABLED = True
    client.post(reverse("account_login"), {"login": user.email.upper(), "password": "wrong"})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert counts(text_of(client.get(CENTRE)))["Times you signed in"] == 1
    erase(client, "@account", password=PASSWORD)
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


def test_the_admin_log_stays_without_the_name(client, ann, staff):
    kind = ContentType.objects.get_for_model(Profile)
    LogEntry.objects.create(
        user=staff, content_type=kind, object_id=str(ann.pk), object_repr="ann", action_flag=CHANGE,
        change_message="tail of ann",
    )  # fmt: skip
    other = LogEntry.objects.create(
        user=staff, content_type=kind, object_id="99999", object_repr="bob", action_flag=CHANGE
    )
    erase(client, "shop")
    entry = LogEntry.objects.exclude(pk=other.pk).get()
    assert (entry.object_id, entry.object_repr, entry.change_message, entry.user) == (
        None,
        "–",
        "",
        staff,
    )
    assert LogEntry.objects.get(pk=other.pk).object_repr == "bob"


def test_caches_are_cleared(client, ann, items, django_capture_on_commit_callbacks):
    assert popularity.popularity_ranks(ann.catalog, [items[0].pk])[items[0].pk].people == 1
    cache.set(f"interest-text:{ann.pk}", 1)
    with django_capture_on_commit_callbacks(execute=True):
        erase(client, "shop")
    assert popularity.curve(ann.catalog).people == (0,)
    assert cache.get(f"interest-text:{ann.pk}") is None


def test_the_page_lists_external_services_by_the_settings(client, catalog, settings):
    assert "Nobody outside this site gets any of it." in text_of(client.get(CENTRE))
    settings.LLM_URL, settings.TEXT_ENCODER = (
        "https://words.example/v1",
        "http://vectors.example/v1",
    )
    page = text_of(client.get(CENTRE))
    assert "Nobody outside" not in page
    assert "go to words.example" in page
    assert "goes to vectors.example" in page


def test_every_page_links_to_the_privacy_centre(client, items):
    for address in ("/", "/c/shop/", items[0].get_absolute_url(), "/you/", "/accounts/login/"):
        assert f'href="{CENTRE}"' in client.get(address).content.decode()


def test_the_centre_needs_few_queries(client, ann, user, django_assert_max_num_queries):
    for _more in range(3):
        make_profile(make_catalog(), user=user)
    client.get(CENTRE)
    with django_assert_max_num_queries(25):
        client.get(CENTRE)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_during_another_request_works():
    catalog = make_catalog()
    item, profile = make_item(catalog), make_profile(catalog)
    second, third = Profile.objects.get(), Profile.objects.get()
    assert erasure.erase(person=profile, place=catalog.slug, by="person") is not None
    assert erasure.erase(person=second, place=catalog.slug, by="person") is None
    assert (
        record_impressions(profile=third, version=None, surface="home", shown=[(item.pk, [])]) == 0
    )
    with pytest.raises(AppError, match="deleted meanwhile"):
        record_interaction(profile=third, item=item, kind="save")
    assert Erasure.objects.count() == 1


@pytest.fixture
def newsletter(monkeypatch) -> str:
    purpose = consents.Purpose(
        "newsletter", "A letter a month", "We write to you once a month.", "1"
    )
    monkeypatch.setitem(consents.registered, purpose.key, purpose)
    return purpose.key


def test_consents_are_shown_exported_and_withdrawn(client, ann, newsletter):
    consents.give_consent(holder=ann, purpose=newsletter)
    page = text_of(client.get(CENTRE))
    assert "A letter a month" in page
    assert "We write to you once a month." in page
    assert (
        json.loads(client.get(EXPORT).content)["places"]["shop"]["consents"][0]["purpose"]
        == newsletter
    )
    page = text_of(
        client.post("/privacy/withdraw/", {"place": "shop", "purpose": newsletter}, follow=True)
    )
    assert not consents.has_consent(ann, newsletter)
    assert "taken back" in page
    erase(client, "shop")
    assert not Consent.objects.exists()


def test_consents_of_others_cannot_be_withdrawn(client, visitor, newsletter, user):
    other = make_profile(make_catalog(slug="school"), user=user)
    consents.give_consent(holder=other, purpose=newsletter)
    for fields in (
        {"place": "school", "purpose": newsletter},
        {"place": "shop", "purpose": "else"},
        {},
    ):
        assert client.post("/privacy/withdraw/", fields).status_code == 404
    assert consents.has_consent(other, newsletter)
