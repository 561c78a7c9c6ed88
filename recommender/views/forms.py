"""What the page of interests accepts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Catalog
from recommender.models.interest_words import MAX_TEXT, MAX_WORD
from recommender.preferences.interests import Edit

MAX_KEY = MAX_WORD + 140
"""A key names what a typed text leaves out, which may be longer than a word."""

#: How much an added word counts, beside full weight.
STRENGTHS = (("1", pgettext_lazy("strength", "high")), ("0.6", pgettext_lazy("strength", "medium")),
             ("0.3", pgettext_lazy("strength", "low")))  # fmt: skip

_HINTS: dict[str, Promise] = {
    Catalog.Domain.SHOP: _(
        "For example: small gifts for someone who paints, nothing for Christmas."
    ),
    Catalog.Domain.COURSES: _("For example: I know some Python and want to work with data."),
    Catalog.Domain.HEALTH: _(
        "For example: I sit all day, my back is stiff, and I have twenty minutes."
    ),
    Catalog.Domain.COMMUNITY: _("For example: walks near water, and old towns without crowds."),
}


class InterestForm(forms.Form):
    """One change; which one is told by the field that is there."""

    text = forms.CharField(required=False, max_length=MAX_TEXT)
    add = forms.CharField(required=False, max_length=MAX_WORD)
    weight = forms.FloatField(required=False)
    pin = forms.CharField(required=False, max_length=MAX_WORD)
    unpin = forms.CharField(required=False, max_length=MAX_WORD)
    delete = forms.CharField(required=False, max_length=MAX_WORD)
    mute = forms.CharField(required=False, max_length=MAX_WORD)
    unmute = forms.CharField(required=False, max_length=MAX_WORD)
    lift = forms.CharField(required=False, max_length=MAX_KEY)
    restore = forms.CharField(required=False, max_length=MAX_KEY)
    correct = forms.CharField(required=False, max_length=MAX_KEY)
    leave_out = forms.CharField(required=False, max_length=MAX_WORD)
    forget = forms.BooleanField(required=False)

    def edit(self) -> Edit:
        cleaned: dict[str, Any] = self.cleaned_data
        words = {
            name: (cleaned[name],)
            for name in ("pin", "unpin", "delete", "mute", "unmute")
            if cleaned[name]
        }
        return Edit(
            text=cleaned["text"] if "text" in self.data else None,
            add={cleaned["add"]: cleaned["weight"]} if "add" in self.data else {},
            lift=tuple(filter(None, [*self._all("lift"), cleaned["correct"]])),
            restore=tuple(filter(None, self._all("restore"))),
            leave_out=(cleaned["leave_out"],) if cleaned["leave_out"] else (),
            **words,
        )

    def fields_given(self) -> list[tuple[str, str]]:
        """Names and values as they came, to be sent once more."""
        return [(name, value) for name in self.fields for value in self._all(name)]

    def _all(self, name: str) -> list[str]:
        """A preview of a typed text may lift several exclusions of it."""
        data: Any = self.data
        if hasattr(data, "getlist"):
            return list(data.getlist(name))
        return [data[name]] if name in data else []

    def said(self) -> str:
        """The change as a question, for its preview."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned["lift"] and "text" not in self.data:
            return str(_("Let “%(word)s” in again?")) % {"word": cleaned["lift"].partition(":")[2]}
        name = next((name for name in _ASKED if cleaned.get(name)), None)
        if name is None:
            return str(_("Save what you wrote?"))
        return str(_ASKED[name]) % {"word": cleaned[name].partition(":")[2] or cleaned[name]}


_ASKED: dict[str, Promise] = {
    "add": _("Add “%(word)s”?"),
    "pin": _("Pin “%(word)s”?"),
    "unpin": _("Unpin “%(word)s”?"),
    "delete": _("Delete “%(word)s”?"),
    "mute": _("Mute “%(word)s”?"),
    "unmute": _("Unmute “%(word)s”?"),
    "leave_out": _("Leave out “%(word)s”?"),
    "restore": _("Leave “%(word)s” out again?"),
}


def hint(catalog: Catalog) -> str:
    """What somebody could type here."""
    return catalog.text("interest_hint", str(_HINTS[catalog.domain]))
