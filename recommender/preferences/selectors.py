"""Reads what a person said they like or do not want."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from catalog.models import Catalog, Interaction, Profile
from recommender.engine.data.types import StatedPreferences
from recommender.models import BlockedWord, HealthAnswers, InterestText
from recommender.models.interest_words import Interests
from recommender.preferences.health_questions import preferences_from
from recommender.preferences.interests import Blocked, stated_preferences_of


def blocked_words(catalog: Catalog) -> Blocked:
    return Blocked(BlockedWord.objects.filter(catalog=catalog).values_list("word", flat=True))


def interest_text(profile: Profile | None) -> InterestText | None:
    """What was last written; `interest_texts.current_interest_text` sees whether it still holds."""
    return InterestText.objects.filter(profile=profile).first() if profile is not None else None


def preferences_in(
    row: InterestText | None, catalog: Catalog, profile: Profile | None = None
) -> StatedPreferences:
    """What a person said of themselves, see ``preferences_of``."""
    return preferences_of(row.interests if row else Interests(), catalog, profile)


def preferences_of(
    interests: Interests, catalog: Catalog, profile: Profile | None = None
) -> StatedPreferences:
    """What was said: a query where something was, and one for the profile's health answers."""
    said = (
        stated_preferences_of(interests, blocked_words(catalog))
        if interests.is_edited
        else StatedPreferences()
    )
    health = health_answers(profile, catalog)
    return _together(said, preferences_from(health.answers)) if health else said


def _together(said: StatedPreferences, more: StatedPreferences) -> StatedPreferences:
    text = "\n".join(filter(None, (said.text, more.text)))
    return StatedPreferences(text, said.wanted, said.unwanted | (more.unwanted - set(said.wanted)))


def health_answers(profile: Profile | None, catalog: Catalog) -> HealthAnswers | None:
    """Asked for in health catalogues only."""
    if profile is None or catalog.domain != Catalog.Domain.HEALTH:
        return None
    return HealthAnswers.objects.filter(profile=profile).first()


def stale_interest_texts(*, older_than: float) -> QuerySet[InterestText]:
    """Texts that were not written since an edit, or since an event of at least ``older_than`` seconds ago."""
    unwritten = Q(basis="") | Q(refreshed_at=None)
    newest = Interaction.objects.filter(
        profile=OuterRef("profile"), created_at__gt=OuterRef("refreshed_at")
    )
    quiet = newest.filter(created_at__lt=now() - timedelta(seconds=older_than))
    return InterestText.objects.filter(unwritten | Exists(quiet)).order_by("refreshed_at", "pk")
