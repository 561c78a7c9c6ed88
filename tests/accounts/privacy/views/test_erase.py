"""Erasing personal data."""

from __future__ import annotations

import json

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Erasure, User
from accounts.privacy import erasure
from catalog import popularity
from catalog.interactions.record import record_interaction
from catalog.models import Interaction, Profile
from config.errors import AppError
from recommender.models import Impression, InterestText
from recommender.serving.impressions import record_impressions
from tests.accounts.privacy.views.pages import CENTRE, ERASE, EXPORT, counts, erase, text_of
from tests.factories import PASSWORD, make_catalog, make_interaction, make_item, make_profile


def test_nothing_is_erased_before_the_confirmation(client, ann):
    page = text_of(client.get(ERASE, {"what": "shop"}))
    assert counts(page)["Your activity"] == 2
    answer = client.post(ERASE, {"what": "shop"})
    assert answer.status_code == 400
    assert "The box was not ticked" in text_of(answer)
    assert Interaction.objects.count() == 2


def test_erasing_a_catalogue_leaves_only_a_count_without_a_name(client, ann, user):
    page = text_of(erase(client, "shop"))
    assert "Deleted. This cannot be undone." in page
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
    assert counts(text_of(client.get(CENTRE)))["Your activity"] == 1


def test_erasing_everything_clears_the_session(client, visitor, items):
    erase(client, "@all")
    assert not Profile.objects.exists()
    exported = json.loads(client.get(EXPORT).content)
    assert exported["places"] == {}
    assert set(exported["visit"]) == {"erased"}
    assert "Beyond this visit, no data about you is stored." in text_of(client.get(CENTRE))


def test_erasing_a_catalogue_clears_its_session_data(client, visitor):
    other = make_catalog(slug="school")
    client.post(reverse("catalog:dial", args=["school"]), {"tail": "0.2"})
    erase(client, "shop")
    assert client.session["tails"] == {str(other.pk): 0.2}
    assert "seen" not in client.session
    assert "Deleted" in text_of(client.get(CENTRE))


def test_an_erased_visitor_starts_again(client, visitor, items):
    erase(client, "shop")
    client.post(reverse("catalog:act", args=["shop", items[2].pk]), {"kind": "like"})
    assert list(Interaction.objects.values_list("item", "kind")) == [(items[2].pk, "like")]
    assert Profile.objects.get().pk != visitor.pk


def test_a_page_opened_before_the_erasure_works(client, visitor):
    erase(client, "shop")
    page = text_of(erase(client, "shop"))
    assert Erasure.objects.count() == 1
    assert "Deleted" in page
    assert "There is no data of yours to delete there." in text_of(
        client.get(ERASE, {"what": "shop"}, follow=True)
    )


def test_deleting_an_account_needs_its_password(client, ann, user):
    client.get(EXPORT)
    answer = client.post(ERASE, {"what": "@account", "confirm": "on", "password": "wrong"})
    assert answer.status_code == 400
    assert "This password is not correct" in text_of(answer)
    assert User.objects.filter(pk=user.pk).exists()
    page = text_of(erase(client, "@account", password=PASSWORD))
    assert not User.objects.filter(pk=user.pk).exists()
    assert not Profile.objects.exists()
    assert sorted(Erasure.objects.values_list("place", flat=True)) == ["@account", "shop"]
    assert "Sign in" in page


def test_an_account_of_staff_is_not_deleted_here(client, staff):
    client.force_login(staff)
    assert "Staff accounts can only be deleted in the admin" in text_of(
        client.get(ERASE, {"what": "@account"})
    )
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
    assert counts(text_of(client.get(CENTRE)))["Sign-in history"] == 1
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
    with pytest.raises(AppError, match="just been deleted"):
        record_interaction(profile=third, item=item, kind="save")
    assert Erasure.objects.count() == 1
