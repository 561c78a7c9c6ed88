"""What a person leaves out: read from their text, chosen beside it, and lifted again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from catalog.validation.field_readers import BadField, read_text
from recommender.engine.data.types import Exclusion, ExclusionKind
from recommender.engine.exclusions.grammar import read
from recommender.models.interest_words import MAX_WORD, Interests, StatedExclusion

KINDS = tuple(kind.value for kind in ExclusionKind)

MAX_EXCLUSIONS = 50
"""Exclusions that a person may choose beside the typed text."""


def stated_exclusions(interests: Interests) -> list[StatedExclusion]:
    """All exclusions, those of the text first, with the lifted ones."""
    typed = {each.key: each for each in read(interests.text).exclusions}
    own = (each for each in interests.exclusions if each.key not in typed)
    return [
        *(StatedExclusion(each, True, key in interests.lifted) for key, each in typed.items()),
        *(StatedExclusion(each, False) for each in own),
    ]


def active_exclusions(interests: Interests) -> tuple[Exclusion, ...]:
    """The exclusions that count."""
    return tuple(each.exclusion for each in stated_exclusions(interests) if not each.is_lifted)


def with_text(interests: Interests, text: str) -> Interests:
    """The interests with another typed text. What was lifted stays so for the same text only."""
    lifted = interests.lifted if text == interests.text else ()
    return replace(interests, text=text, lifted=lifted)


def lift(interests: Interests, key: str) -> Interests:
    """Let an exclusion count no more.

    Raises:
        BadField: if it is no exclusion of these interests.
    """
    stated = next(
        (each for each in stated_exclusions(interests) if each.exclusion.key == key), None
    )
    if stated is None:
        raise BadField("lift", key, _("is not left out"))
    if stated.is_typed:
        return replace(interests, lifted=tuple(dict.fromkeys([*interests.lifted, key])))
    own = tuple(each for each in interests.exclusions if each.key != key)
    return replace(interests, exclusions=own)


def restore(interests: Interests, key: str) -> Interests:
    """Let a lifted exclusion count again.

    Raises:
        BadField: if it is not lifted.
    """
    if key not in interests.lifted:
        raise BadField("restore", key, _("is not a lifted exclusion"))
    return replace(interests, lifted=tuple(each for each in interests.lifted if each != key))


def leave_out(interests: Interests, name: str, kind: ExclusionKind, words: object) -> Interests:
    """Leave a thing out, whatever the text says. ``name``: the field, for errors.

    Raises:
        BadField: if the words are none, too long or too many.
    """
    chosen = Exclusion(kind, read_thing(name, words))
    lifted = tuple(key for key in interests.lifted if key != chosen.key)
    known = {each.exclusion.key for each in stated_exclusions(interests)}
    own = interests.exclusions if chosen.key in known else (*interests.exclusions, chosen)
    if len(own) > MAX_EXCLUSIONS:
        limit = {"limit": MAX_EXCLUSIONS}
        raise BadField(name, len(own), _("exceed the limit of %(limit)s") % limit)
    return replace(interests, exclusions=own, lifted=lifted)


def replace_exclusions(interests: Interests, rows: Iterable[dict[str, Any]]) -> Interests:
    """Replace what is chosen and lifted by rows of kind, words and whether it is lifted.

    What the text says and the rows do not name counts as it is said.
    """
    typed = {each.key for each in read(interests.text).exclusions}
    found = replace(interests, exclusions=(), lifted=())
    for row in rows:
        chosen = Exclusion(ExclusionKind(row["kind"]), row["words"])
        if row.get("lifted") and chosen.key in typed:
            found = lift(found, chosen.key)
        elif not row.get("lifted"):
            found = leave_out(found, "exclusions", chosen.kind, chosen.words)
    return found


def read_thing(name: str, value: object) -> str:
    """The words of a thing, with single spaces.

    Raises:
        BadField: if there is no letter or digit, or it is too long.
    """
    words = " ".join(read_text(name, value).split())
    if not any(char.isalnum() for char in words):
        raise BadField(name, value, _("must contain a letter or a digit"))
    if len(words) > MAX_WORD:
        raise BadField(name, value, _("is longer than %(limit)s characters") % {"limit": MAX_WORD})
    return words
