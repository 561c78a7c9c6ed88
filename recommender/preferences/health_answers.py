"""Health answers: stored apart, only with consent, and erased on their own."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.privacy import consents
from accounts.privacy.consents import Purpose, consent_withdrawn
from catalog.models import Profile
from catalog.signals import history_changed, profiles_merged
from catalog.validation.field_readers import BadField
from config.errors import AppError, invalid_field
from recommender.models import HealthAnswers
from recommender.preferences.health_questions import (
    LIFTED,
    OWN_WORDS,
    QUESTIONS,
    Question,
    health_exclusions,
)
from recommender.preferences.interests import read_typed

CONSENT = Purpose(
    key="health-answers",
    label=gettext_lazy("My health answers"),
    text=gettext_lazy(
        "I agree that my health answers (goals, exercise, food, things to be careful with, "
        "and my own words) are stored to sort the lists of this catalogue for me. No page "
        "shows them to anybody else, training runs do not use them, and I can delete them at "
        "any time."
    ),
    version="2",
)


def agrees(profile: Profile | None) -> bool:
    return consents.has_consent(profile, CONSENT.key)


def agree(*, profile: Profile) -> None:
    consents.give_consent(holder=profile, purpose=CONSENT.key)


@transaction.atomic
def save_health_answers(*, profile: Profile, answers: dict[str, Any]) -> HealthAnswers:
    """Store the answers to some questions. The other answers stay.

    Raises:
        AppError: ``consent_needed`` (403) without the person's consent; ``invalid`` for an unknown
            question or answer.
    """
    if not agrees(profile):
        raise consent_needed()
    read = {name: _read(name, value) for name, value in answers.items()}
    row, _is_new = HealthAnswers.objects.select_for_update().get_or_create(profile=profile)
    lifted = row.answers.get(LIFTED, []) if _says_the_same(row.answers, read) else []
    merged = {**row.answers, **read, LIFTED: lifted}
    row.answers = {name: value for name, value in merged.items() if value}
    row.changed_at = now()
    row.save(update_fields=["answers", "changed_at"])
    history_changed.send(Profile, profile_ids=[profile.pk])
    return row


def _says_the_same(answers: dict[str, Any], read: dict[str, Any]) -> bool:
    return all(answers.get(name, "") == value for name, value in read.items() if value)


@transaction.atomic
def lift_exclusion(*, profile: Profile, key: str, is_lifted: bool = True) -> None:
    """Let an exclusion of the answers count no more, or again.

    Raises:
        AppError: ``invalid`` if the answers have no such exclusion.
    """
    row = HealthAnswers.objects.select_for_update().filter(profile=profile).first()
    known = {each.exclusion.key for each in health_exclusions(row.answers)} if row else set()
    if row is None or key not in known:
        raise invalid_field("lift", key, _("is not left out"))
    others = [each for each in row.answers.get(LIFTED, []) if each != key]
    row.answers = {**row.answers, LIFTED: [*others, key] if is_lifted else others}
    row.save(update_fields=["answers"])
    history_changed.send(Profile, profile_ids=[profile.pk])


def consent_needed() -> AppError:
    """The error, with the text that the person has to agree to."""
    details = {"consent": str(CONSENT.text), "version": CONSENT.version}
    return AppError(
        "consent_needed",
        _("Health answers are stored only if you agree."),
        403,
        details,
    )


def erase_health_answers(*, profile: Profile) -> None:
    """Erase the answers and withdraw the consent."""
    consents.withdraw_consent(holder=profile, purpose=CONSENT.key)


def _read(name: str, value: Any) -> str | list[str]:
    try:
        if name == OWN_WORDS:
            return read_typed(value)
        question = next((each for each in QUESTIONS if each.key == name), None)
        if question is None:
            raise BadField("question", name, _("is not a question"))
        return _read_options(question, value)
    except BadField as error:
        raise invalid_field(error.field, error.value, error.reason) from None


def _read_options(question: Question, value: Any) -> str | list[str]:
    given = (
        list(value)
        if question.is_multiple and not isinstance(value, str)
        else [value]
        if value
        else []
    )
    for key in given:
        if not isinstance(key, str) or question.option(key) is None:
            raise BadField(question.key, key, _("is not one of the answers"))
    if question.is_multiple:
        return list(dict.fromkeys(given))
    return given[0] if given else ""


@receiver(consent_withdrawn)
def forget(*, holder: Any, purpose: str, **signal: Any) -> None:
    if purpose == CONSENT.key and isinstance(holder, Profile):
        HealthAnswers.objects.filter(profile=holder).delete()
        history_changed.send(Profile, profile_ids=[holder.pk])


@receiver(profiles_merged)
def move_health_answers(*, source: Profile, target: Profile, **signal: Any) -> None:
    """If the target has answers, they win."""
    if not HealthAnswers.objects.filter(profile=target).exists():
        HealthAnswers.objects.filter(profile=source).update(profile=target)
