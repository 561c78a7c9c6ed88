"""The kinds of interactions and the weight of each kind."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Kind(models.TextChoices):
    VIEW = "view", gettext_lazy("viewed")
    LIKE = "like", gettext_lazy("liked")
    SAVE = "save", gettext_lazy("saved")
    TAKE = "take", gettext_lazy("chosen")
    RATE = "rate", gettext_lazy("rated")
    DISLIKE = "dislike", gettext_lazy("disliked")
    HIDE = "hide", gettext_lazy("hidden")


#: Kinds that ask for less: not part of the history, and the items are excluded from lists.
NEGATIVE_KINDS = frozenset({Kind.DISLIKE, Kind.HIDE})
#: Kinds after which the person knows the item, so that it is not recommended again.
KNOWN_KINDS = frozenset({Kind.TAKE, Kind.RATE, Kind.LIKE, Kind.SAVE}) | NEGATIVE_KINDS
#: Kinds that "known to 3 people" counts: known, and no negative feedback.
CHOSEN_KINDS = KNOWN_KINDS - NEGATIVE_KINDS

_DEFAULT: dict[str, float] = {
    "view": 0.3,
    "like": 1.0,
    "save": 1.0,
    "take": 1.0,
    "rate": 1.0,
    "dislike": 0.0,
    "hide": 0.0,
}


def default_weights() -> dict[str, float]:
    return dict(_DEFAULT)


def validate_weights(value: Any) -> None:
    """Reject a table with unknown kinds, missing kinds, or a weight outside 0 … 10."""
    if not isinstance(value, dict):
        raise ValidationError(_("The weights must be an object of kinds and numbers."))
    unknown, missing = set(value) - set(Kind.values), set(Kind.values) - set(value)
    if unknown or missing:
        raise ValidationError(
            _("Unknown kinds: %(unknown)s. Missing kinds: %(missing)s."),
            params={
                "unknown": ", ".join(sorted(unknown)) or "–",
                "missing": ", ".join(sorted(missing)) or "–",
            },
        )
    for kind, weight in value.items():
        if (
            isinstance(weight, bool)
            or not isinstance(weight, (int, float))
            or not 0 <= weight <= 10
        ):
            raise ValidationError(
                _("The weight of “%(kind)s” is %(weight)s. It must be a number from 0 to 10."),
                params={"kind": kind, "weight": weight},
            )
