"""The actions of a person on an item, in the catalogue's words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Catalog
from catalog.models.event_kinds import Kind

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Action:
    """An action button.

    ``label`` offers the action, ``done`` states it, ``notice`` confirms it with the item's title.
    """

    kind: str
    icon: str
    label: Text
    done: Text
    notice: Text
    pressed: bool = False


_TAKE: dict[str, tuple[Text, Text, Text]] = {
    Catalog.Domain.SHOP: (
        pgettext_lazy("shop", "I bought this"),
        pgettext_lazy("shop", "Bought"),
        pgettext_lazy("shop", "Marked as bought: “%(title)s”."),
    ),
    Catalog.Domain.COURSES: (
        pgettext_lazy("courses", "Enrol"),
        pgettext_lazy("courses", "Enrolled"),
        pgettext_lazy("courses", "Enrolled in “%(title)s”."),
    ),
    Catalog.Domain.HEALTH: (
        pgettext_lazy("health", "I did this"),
        pgettext_lazy("health", "Done"),
        pgettext_lazy("health", "Marked as done: “%(title)s”."),
    ),
    Catalog.Domain.COMMUNITY: (
        pgettext_lazy("community", "Follow"),
        pgettext_lazy("community", "Following"),
        pgettext_lazy("community", "You now follow “%(title)s”."),
    ),
}


def _take(catalog: Catalog) -> Action:
    label, done, notice = _TAKE[catalog.domain]
    return Action(
        Kind.TAKE, "check", catalog.text("take") or label, catalog.text("taken") or done, notice
    )


# A context of its own: “Save” on a card is not the “Save” of the admin's forms.
_SAVE = Action(
    Kind.SAVE,
    "bookmark",
    pgettext_lazy("act", "Save"),
    pgettext_lazy("act", "Saved"),
    _("Saved “%(title)s”."),
)
_LIKE = Action(
    Kind.LIKE,
    "thumbs-up",
    pgettext_lazy("act", "Like"),
    pgettext_lazy("act", "Liked"),
    _("You like “%(title)s”."),
)
_MORE = Action(Kind.LIKE, "thumbs-up", _("More like this"), _("More like this"), _LIKE.notice)
_HIDE = Action(
    Kind.HIDE,
    "eye-off",
    _("Not for me"),
    _("Hidden"),
    _("Removed. “%(title)s” will not be recommended again."),
)


def actions(catalog: Catalog, done: Collection[str] = ()) -> list[Action]:
    """All actions in order; ``done``: the kinds that the person has done."""
    return [_pressed(action, done) for action in (_take(catalog), _SAVE, _LIKE, _HIDE)]


def quick_actions(done: Collection[str] = ()) -> list[Action]:
    """The two actions that fit on a card."""
    return [_pressed(action, done) for action in (_SAVE, _HIDE)]


def menu_actions(done: Collection[str] = ()) -> list[Action]:
    """The actions that ask for more or less of an item's kind."""
    return [_pressed(action, done) for action in (_MORE, _HIDE)]


def action_of(catalog: Catalog, kind: str) -> Action | None:
    return next((action for action in actions(catalog) if action.kind == kind), None)


def _pressed(action: Action, done: Collection[str]) -> Action:
    if action.kind not in done:
        return action
    return Action(action.kind, action.icon, action.label, action.done, action.notice, pressed=True)
