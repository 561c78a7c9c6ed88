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
            **words,
        )

    def said(self) -> str:
        """The change as a question, for its preview."""
        cleaned: dict[str, Any] = self.cleaned_data
        name = next((name for name in _ASKED if cleaned.get(name)), None)
        return (
            str(_ASKED[name]) % {"word": cleaned[name]} if name else str(_("Save what you wrote?"))
        )


_ASKED: dict[str, Promise] = {
    "add": _("Add “%(word)s”?"),
    "pin": _("Pin “%(word)s”?"),
    "unpin": _("Unpin “%(word)s”?"),
    "delete": _("Delete “%(word)s”?"),
    "mute": _("Mute “%(word)s”?"),
    "unmute": _("Unmute “%(word)s”?"),
}


def hint(catalog: Catalog) -> str:
    """What somebody could type here."""
    return catalog.text("interest_hint", str(_HINTS[catalog.domain]))
