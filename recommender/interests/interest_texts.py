"""Every change to interest texts.

A write names the revision that it read. If another write came first, it reads again.

An edit shows in the next list at once, because lists read the person's words from the row. The
model's words follow new events a few seconds later, in a worker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Catalog, Profile
from catalog.signals import history_changed, profiles_merged
from catalog.validation.field_readers import BadField
from config.errors import AppError, invalid_field
from recommender.interests import generation, queue
from recommender.interests.generation import GeneratedInterests
from recommender.models import InterestText
from recommender.models.interest_words import Interests, Word, exclusion_row
from recommender.preferences import selectors
from recommender.preferences.interests import (
    Edit,
    edit_interests,
    merge_interests,
    replace_own,
)

logger = logging.getLogger(__name__)

TRIES = 5
"""An edit that loses this many races in a row ends with an error (409)."""

MOST_AT_ONCE = 100
"""Profiles of one event post whose texts are refreshed at once. The sweep finds the others."""

SWEPT = 500
"""Texts that one sweep refreshes."""

HOLD = 60
"""Seconds without another message for a profile. A lost message delays the next one so long."""


def edit_interest_text(
    *, profile: Profile, edit: Edit, revision: int | None = None
) -> InterestText:
    """Apply a person's edit and refresh their text.

    Args:
        revision: the revision that the editor saw. None accepts any.

    Raises:
        AppError: ``invalid`` with field, value and reason; ``interest_text_changed`` (409) if it
            was edited since.
    """
    blocked = selectors.blocked_words(profile.catalog)
    return _edit(profile, lambda interests: edit_interests(interests, edit, blocked), revision)


def interests_after(*, profile: Profile | None, catalog: Catalog, edit: Edit) -> Interests:
    """The interests after an edit. Nothing is stored. Raises as ``edit_interest_text``."""
    row = selectors.interest_text(profile)
    try:
        return edit_interests(
            row.interests if row else Interests(), edit, selectors.blocked_words(catalog)
        )
    except BadField as error:
        raise invalid_field(error.field, error.value, error.reason) from None


def replace_interest_text(
    *,
    profile: Profile,
    text: str,
    words: Sequence[Word],
    unwanted: Iterable[str],
    revision: int | None = None,
    exclusions: Iterable[dict[str, Any]] = (),
) -> InterestText:
    """Replace all that is the person's own. Raises as ``edit_interest_text``."""
    blocked, muted = selectors.blocked_words(profile.catalog), list(unwanted)
    left_out = list(exclusions)
    return _edit(
        profile,
        lambda interests: replace_own(interests, text, words, muted, blocked, left_out),
        revision,
    )


def forget_interest_text(*, profile: Profile) -> None:
    """Erase a person's interest text: what they typed, chose and muted, and the generated words."""
    InterestText.objects.filter(profile=profile).delete()


def current_interest_text(*, profile: Profile) -> InterestText:
    """The text as of now, refreshed if needed. Unsaved and empty if nothing is known."""
    return refresh_interest_text(profile=profile) or InterestText(
        profile=profile, language=profile.catalog.language
    )


def refresh_interest_text(*, profile: Profile) -> InterestText | None:
    """Have the live model write a person's text if it would change. None if nothing is known."""
    for _try in range(TRIES):
        row = InterestText.objects.filter(profile=profile).first()
        generated = generation.generated(
            profile, row.interests if row else Interests(), row.basis if row else ""
        )
        if generated is None:
            # The sweep must not find it again and again. Not written at every read.
            unchanged = InterestText.objects.filter(
                profile=profile, refreshed_at__lt=now() - _refresh_interval()
            )
            unchanged.update(refreshed_at=now())
            return row
        if row is None:
            if not generated.interests.words:
                return None
            row, is_new = _row_of(profile)
            if row is None or not is_new:
                continue
        if _write(row, generated):
            return row
    return InterestText.objects.filter(profile=profile).first()


def refresh_interest_texts(*, profile_ids: Iterable[int]) -> int:
    """Refresh the texts of these profiles. Returns how many of them have one."""
    cache.delete_many([message_key(pk) for pk in profile_ids])
    profiles = Profile.objects.filter(pk__in=profile_ids).select_related("catalog")
    return sum(refresh_interest_text(profile=profile) is not None for profile in profiles)


def refresh_stale_interest_texts() -> int:
    """Refresh texts that a message should have refreshed. Returns how many."""
    stale = selectors.stale_interest_texts(older_than=settings.INTEREST_REFRESH_SECONDS)[:SWEPT]
    return refresh_interest_texts(profile_ids=list(stale.values_list("profile_id", flat=True)))


def word_interest_text(*, text_id: int, basis: str, sentence: str, worded_by: str) -> bool:
    """Replace the sentence with an external model's. False if the text changed since."""
    rows = InterestText.objects.filter(pk=text_id, basis=basis)
    return bool(rows.update(sentence=sentence, worded_by=worded_by))


def _edit(
    profile: Profile, change: Callable[[Interests], Interests], revision: int | None
) -> InterestText:
    for _try in range(TRIES):
        row, _is_new = _row_of(profile)
        if row is None:
            raise AppError("deleted", _("The profile has just been deleted."), 409)
        if revision is not None and revision != row.revision:
            raise AppError(
                "interest_text_changed",
                _("These interests have just been edited. Reload them."),
                409,
            )
        try:
            interests = change(row.interests)
        except BadField as error:
            raise invalid_field(error.field, error.value, error.reason) from None
        columns = _columns(interests)
        worded_by = row.worded_by if columns["words"] == row.words else ""
        if _swap(
            row,
            **columns,
            worded_by=worded_by,
            basis="",
            revision=row.revision + 1,
            edited_at=now(),
        ):
            return refresh_interest_text(profile=profile) or row
    raise AppError(
        "interest_text_changed", _("These interests have just been edited. Reload them."), 409
    )


def _refresh_interval() -> timedelta:
    return timedelta(seconds=settings.INTEREST_REFRESH_SECONDS)


def _row_of(profile: Profile) -> tuple[InterestText | None, bool]:
    """The profile's row and whether it is new. None if the profile was deleted."""
    try:
        with transaction.atomic():
            return InterestText.objects.get_or_create(
                profile=profile, defaults={"language": profile.catalog.language}
            )
    except IntegrityError:
        return None, False


def _write(row: InterestText, generated: GeneratedInterests) -> bool:
    columns = _columns(generated.interests)
    is_worded = bool(row.worded_by) and (columns["words"], generated.language) == (
        row.words,
        row.language,
    )
    wording = (
        {}
        if is_worded
        else {"sentence": generated.sentence, "language": generated.language, "worded_by": ""}
    )
    written = _swap(
        row,
        **columns,
        **wording,
        sentences=generated.sentences,
        version=generated.version,
        basis=generated.basis,
        refreshed_at=now(),
    )
    if written and settings.LLM_URL and generated.sentence and not is_worded:
        transaction.on_commit(partial(queue.enqueue_wording, row.pk, generated.basis))
    return written


def _swap(row: InterestText, **fields: Any) -> bool:
    """Write if nobody wrote the row since it was read."""
    swapped = InterestText.objects.filter(pk=row.pk, revision=row.revision, basis=row.basis).update(
        **fields
    )
    if swapped:
        for name, value in fields.items():
            setattr(row, name, value)
    return bool(swapped)


def _columns(interests: Interests) -> dict[str, Any]:
    return {
        "text": interests.text,
        "words": [word.as_dict() for word in interests.words],
        "unwanted": list(interests.unwanted),
        "lifted": list(interests.lifted),
        "exclusions": [exclusion_row(each) for each in interests.exclusions],
    }


@receiver(history_changed)
def refresh_soon(*, profile_ids: Sequence[int], **signal: Any) -> None:
    """Have the texts of these profiles refreshed. A burst of events sends one message."""
    if 0 < len(profile_ids) <= MOST_AT_ONCE:
        transaction.on_commit(partial(_refresh_after_burst, list(profile_ids)))


def _refresh_after_burst(profile_ids: list[int]) -> None:
    try:
        due = [pk for pk in profile_ids if cache.add(message_key(pk), 1, HOLD)]
    except Exception as error:  # every cache has its own errors
        logger.info("Interest texts wait for the next sweep: %s", error)
        return
    if due:
        queue.enqueue_refresh(due, countdown=settings.INTEREST_REFRESH_SECONDS)


def message_key(profile_id: int) -> str:
    return f"interest-text:{profile_id}"


@receiver(profiles_merged)
def merge_interest_texts(*, source: Profile, target: Profile, **signal: Any) -> None:
    """Merge the texts of two profiles of one person. Where they contradict, the target wins."""
    # Locked, so that a simultaneous edit finds the merged text and reads it again.
    rows = InterestText.objects.select_for_update().filter(profile__in=[source, target])
    by_profile = {row.profile_id: row for row in rows.order_by("pk")}
    theirs, ours = by_profile.get(source.pk), by_profile.get(target.pk)
    if theirs is not None and ours is None:
        InterestText.objects.filter(pk=theirs.pk).update(profile=target, basis="")
    elif theirs is not None and ours is not None:
        merged = merge_interests(ours.interests, theirs.interests)
        InterestText.objects.filter(pk=ours.pk).update(
            **_columns(merged),
            worded_by="",
            basis="",
            revision=ours.revision + 1,
            edited_at=_latest(ours, theirs),
        )
    refresh_soon(profile_ids=[target.pk])


def _latest(*rows: InterestText) -> Any:
    return max((row.edited_at for row in rows if row.edited_at), default=None)
