"""A person's exclusions as they are read back: what was understood, and how much it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Catalog, Profile
from recommender.engine.data.types import Exclusion, ExclusionKind
from recommender.models.interest_words import Interests, StatedExclusion
from recommender.preferences import selectors
from recommender.preferences.exclusions import stated_exclusions
from recommender.preferences.health_questions import health_exclusions
from recommender.serving.left_out import Counted, left_out_of

FEW = 10
"""Items of a list that is short because most of the catalogue is left out."""


@dataclass(frozen=True)
class ExclusionLine:
    """``items``: how many items of the catalogue it leaves out, also while it is lifted."""

    stated: StatedExclusion
    items: int
    is_health: bool = False

    @property
    def key(self) -> str:
        return self.stated.exclusion.key

    @property
    def kind(self) -> str:
        return str(self.stated.exclusion.kind)

    @property
    def words(self) -> str:
        return self.stated.exclusion.words

    @property
    def said(self) -> str:
        return self.stated.exclusion.said

    @property
    def lifted(self) -> bool:
        return self.stated.is_lifted

    @property
    def typed(self) -> bool:
        return self.stated.is_typed

    @property
    def label(self) -> str:
        return label(self.stated.exclusion)


def label(exclusion: Exclusion) -> str:
    """ "Nothing with: candles"."""
    only = exclusion.kind == ExclusionKind.ONLY
    said = _("Only: %(words)s") if only else _("Nothing with: %(words)s")
    return said % {"words": exclusion.words}


def exclusion_lines(
    catalog: Catalog, interests: Interests, profile: Profile | None = None
) -> list[ExclusionLine]:
    """What is read back to a person, with their health answers' part.

    A phrase of the text that leaves nothing out of this catalogue is no line.
    """
    health = selectors.health_answers(profile, catalog)
    stated = [(each, False) for each in stated_exclusions(interests)]
    stated += [(each, True) for each in health_exclusions(health.answers if health else {})]
    lines = []
    for each, is_health in stated:
        items = len(left_out_of(catalog, [each.exclusion]))
        if items or not each.is_typed:
            lines.append(ExclusionLine(each, items, is_health))
    return lines


def left_out_note(counted: Sequence[Counted]) -> str:
    """ "Left out because you said: no christmas (187 items)", empty if nothing is left out."""
    if not counted:
        return ""
    said = "; ".join(_counted(each) for each in counted)
    return _("Left out because of what you said: %(said)s.") % {"said": said}


def short_note(shown: int, wanted: int, counted: Iterable[Counted]) -> str:
    """Why a list is short; empty if it is not, or not for this reason."""
    if shown >= min(wanted, FEW) or not list(counted):
        return ""
    return _("The list is short: nothing else is left after what you leave out.")


def _counted(each: Counted) -> str:
    items = ngettext("%(n)s item", "%(n)s items", each.items) % {"n": number_format(each.items)}
    return f"{label(each.exclusion)} ({items})"
