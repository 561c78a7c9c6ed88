"""Reads a person's stated preferences."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from catalog.models import Catalog, Interaction, Profile
from config.statements import Statement
from recommender.engine.data.types import StatedPreferences
from recommender.models import BlockedWord, HealthAnswers, InterestText
from recommender.models.interest_words import Interests
from recommender.preferences.health_questions import preferences_from
from recommender.preferences.interests import Blocked, stated_preferences_of


def blocked_words(catalog: Catalog) -> Blocked:
    return Blocked(BlockedWord.objects.filter(catalog=catalog).values_list("word", flat=True))


def interest_text(profile: Profile | None) -> InterestText | None:
    """The stored text. `interest_texts.current_interest_text` refreshes it first."""
    found = _INTEREST_TEXT.instances(profile.pk) if profile is not None else []
    return found[0] if found else None


_INTEREST_TEXT = Statement(lambda profile: InterestText.objects.filter(profile=profile), int)


def preferences_in(
    row: InterestText | None, catalog: Catalog, profile: Profile | None = None
) -> StatedPreferences:
    """The stated preferences of a stored text and of the profile's health answers."""
    return preferences_of(row.interests if row else Interests(), catalog, profile)


def preferences_of(
    interests: Interests, catalog: Catalog, profile: Profile | None = None
) -> StatedPreferences:
    """The stated preferences of interests and of the profile's health answers."""
    stated = (
        stated_preferences_of(interests, blocked_words(catalog))
        if interests.is_edited
        else StatedPreferences()
    )
    health = health_answers(profile, catalog)
    return _merge(stated, preferences_from(health.answers)) if health else stated


def _merge(stated: StatedPreferences, health: StatedPreferences) -> StatedPreferences:
    text = "\n".join(filter(None, (stated.text, health.text)))
    unwanted = stated.unwanted | (health.unwanted - set(stated.wanted))
    exclusions = {each.key: each for each in (*stated.exclusions, *health.exclusions)}
    return StatedPreferences(text, stated.wanted, unwanted, tuple(exclusions.values()))


def health_answers(profile: Profile | None, catalog: Catalog) -> HealthAnswers | None:
    """The stored answers. None outside health catalogues."""
    if profile is None or catalog.domain != Catalog.Domain.HEALTH:
        return None
    return HealthAnswers.objects.filter(profile=profile).first()


def stale_interest_texts(*, older_than: float) -> QuerySet[InterestText]:
    """Texts without a refresh since an edit, or since an event ``older_than`` seconds ago."""
    unwritten = Q(basis="") | Q(refreshed_at=None)
    newest = Interaction.objects.filter(
        profile=OuterRef("profile"), created_at__gt=OuterRef("refreshed_at")
    )
    quiet = newest.filter(created_at__lt=now() - timedelta(seconds=older_than))
    return InterestText.objects.filter(unwritten | Exists(quiet)).order_by("refreshed_at", "pk")
