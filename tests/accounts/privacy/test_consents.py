from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from accounts.models import Consent
from accounts.privacy import consents
from accounts.privacy.consents import (
    Purpose,
    consents_of,
    give_consent,
    has_consent,
    move_consents,
    withdraw_consent,
)
from catalog.models import Profile
from catalog.profiles.services import merge_profiles
from tests.factories import make_profile, make_user
from tests.people import owner, viewer


@pytest.fixture(autouse=True)
def letters(monkeypatch) -> None:
    monkeypatch.setattr(consents, "registered", {})
    for key in ("letters", "studies"):
        consents.register(Purpose(key, key.title(), f"We may use it for {key}.", "1"))


def test_a_consent_is_given_once_and_can_be_withdrawn(ann):
    assert not has_consent(ann, "letters")
    first = give_consent(holder=ann, purpose="letters")
    assert give_consent(holder=ann, purpose="letters") == first
    assert has_consent(ann, "letters")
    assert not has_consent(ann, "studies")
    assert withdraw_consent(holder=ann, purpose="letters")
    assert not has_consent(ann, "letters")
    assert consents_of(ann).get().withdrawn_at is not None
    assert not withdraw_consent(holder=ann, purpose="letters")


def test_consent_after_a_withdrawal_is_a_new_row(ann):
    give_consent(holder=ann, purpose="letters")
    withdraw_consent(holder=ann, purpose="letters")
    give_consent(holder=ann, purpose="letters")
    assert [consent.withdrawn_at is None for consent in consents_of(ann)] == [True, False]


def test_a_new_wording_needs_a_new_consent(ann):
    give_consent(holder=ann, purpose="letters")
    consents.register(Purpose("letters", "Letters", "We may sell it too.", "2"))
    assert not has_consent(ann, "letters")
    assert give_consent(holder=ann, purpose="letters").version == "2"
    assert consents_of(ann).filter(withdrawn_at=None).count() == 1


def test_accounts_and_profiles_with_the_same_number_are_different_people(ann):
    user = make_user(pk=ann.pk)
    give_consent(holder=ann, purpose="letters")
    assert not has_consent(user, "letters")
    assert not has_consent(None, "letters")


def test_an_unknown_purpose_raises(ann):
    with pytest.raises(KeyError, match="sale"):
        give_consent(holder=ann, purpose="sale")


def test_two_consents_at_once_are_stored_once(ann):
    """The faster one's row stops the slower one, whatever each has checked."""
    give_consent(holder=ann, purpose="letters")
    holder = {"holder_type": ContentType.objects.get_for_model(Profile), "holder_id": ann.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(**holder, purpose="letters", version="1")
    Consent.objects.create(**holder, purpose="letters", version="1", withdrawn_at=now())


def test_withdrawing_sends_the_signal_in_the_transaction(ann):
    received = []
    give_consent(holder=ann, purpose="letters")

    def listen(holder, purpose, **signal):
        received.append((holder, purpose))

    consents.consent_withdrawn.connect(listen)
    try:
        withdraw_consent(holder=ann, purpose="letters")
    finally:
        consents.consent_withdrawn.disconnect(listen)
    assert received == [(ann, "letters")]


def test_consents_are_deleted_with_the_person(ann):
    user = make_user()
    give_consent(holder=ann, purpose="letters")
    give_consent(holder=user, purpose="letters")
    ann.delete()
    assert Consent.objects.get().holder == user
    user.delete()
    assert not Consent.objects.exists()


def test_merged_profiles_have_each_consent_once(ann, catalog):
    visit = make_profile(catalog, external_id=None)
    for holder, purpose in ((ann, "letters"), (visit, "letters"), (visit, "studies")):
        give_consent(holder=holder, purpose=purpose)
    merge_profiles(source=visit, target=ann)
    assert has_consent(ann, "letters")
    assert has_consent(ann, "studies")
    assert consents_of(ann).count() == 3
    assert Consent.objects.count() == 3


def test_moving_nothing_changes_nothing(ann, catalog):
    give_consent(holder=ann, purpose="letters")
    move_consents(source=make_profile(catalog), target=ann)
    assert consents_of(ann).count() == 1


def test_staff_cannot_change_consents(ann):
    consent = give_consent(holder=ann, purpose="letters")
    page = owner().get("/admin/accounts/consent/")
    assert "letters" in page.content.decode()
    change = f"/admin/accounts/consent/{consent.pk}/change/"
    assert owner().get(change).status_code == 200
    assert owner().post(change, {"purpose": "sale"}).status_code == 403
    assert owner().get("/admin/accounts/consent/add/").status_code == 403
    assert viewer().get("/admin/accounts/consent/").status_code == 403
