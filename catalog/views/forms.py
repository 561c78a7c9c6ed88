"""What pages accept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.browse.row_pages import MOST_PAGES
from catalog.models import Catalog
from catalog.models.event_kinds import Kind
from catalog.models.home_orders import Listing
from catalog.search.facets import Facets
from config.errors import AppError

ACTS = (Kind.TAKE, Kind.SAVE, Kind.LIKE, Kind.HIDE)
UNDOABLE = (*ACTS, Kind.RATE, Kind.DISLIKE, Kind.VIEW)


class ActForm(forms.Form):
    """Doing something with an item (``kind``), or taking it back (``undo``): the name and value of one button."""

    kind = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in ACTS])
    undo = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in UNDOABLE])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned["kind"]) == bool(cleaned["undo"]):
            self.add_error("kind", _("Say one thing to do or to take back."))
        return cleaned


class HideForm(forms.Form):
    """A category or a provider to hide, or with ``undo`` to bring back."""

    what = forms.CharField(max_length=20)
    value = forms.CharField(max_length=200, strip=False)
    undo = forms.CharField(required=False)


class DialForm(forms.Form):
    """The tail dial: ``step``, the radio buttons of pages without JavaScript, goes before ``tail``, the slider."""

    tail = forms.FloatField(required=False, min_value=0, max_value=1)
    step = forms.FloatField(required=False, min_value=0, max_value=1)

    def chosen(self, catalog: Catalog) -> float:
        step = self.cleaned_data["step"]
        tail = step if step is not None else self.cleaned_data["tail"]
        if tail is None:
            raise AppError(
                "invalid", str(_("The dial needs a number from 0 to 1.")), 400, {"field": "tail"}
            )
        return catalog.clamp_tail(tail)


class PersonalForm(forms.Form):
    """Whether lists are the person's own."""

    personal = forms.ChoiceField(choices=[("on", "on"), ("off", "off")])


class StarsForm(forms.Form):
    """Stars to give, or ``undo`` to take them back."""

    stars = forms.IntegerField(required=False, min_value=1, max_value=5)
    undo = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned["stars"]) == bool(cleaned["undo"]):
            self.add_error("stars", _("Say one thing to do or to take back."))
        return cleaned


class ListingForm(forms.Form):
    """How the home is ordered."""

    listing = forms.ChoiceField(choices=Listing.choices)


class FacetForm(forms.Form):
    """Which part of a catalogue to look at."""

    category = forms.CharField(required=False, max_length=200)
    kind = forms.CharField(required=False, max_length=200)
    language = forms.CharField(required=False, max_length=10)
    taken = forms.BooleanField(required=False)

    def chosen(self) -> Facets:
        return Facets(**checked(self))


class RowForm(forms.Form):
    """Where one is in a row's own page; ``upto``: all of it that is open, for a page that fetches itself anew."""

    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)
    upto = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)


class HistoryForm(forms.Form):
    kind = forms.ChoiceField(
        required=False, choices=[("", ""), *((kind, kind) for kind in Kind.values)]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)


class RemovalForm(forms.Form):
    """``remove``: an event's key; ``event``: what the notice of a removal holds, to bring it back."""

    remove = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    event = forms.CharField(required=False, max_length=2000)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned["remove"]) == bool(cleaned["event"]):
            self.add_error("remove", _("Say one event to remove or to bring back."))
        return cleaned


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=200)
    category = forms.CharField(required=False, max_length=200)
    provider = forms.CharField(required=False, max_length=200)
    language = forms.CharField(required=False, max_length=10)
    page = forms.IntegerField(required=False, min_value=1, max_value=100)


def checked(form: forms.Form) -> dict[str, Any]:
    """The form's fields, or a refusal that names the first wrong one."""
    if form.is_valid():
        return form.cleaned_data
    field, reasons = next(iter(form.errors.items()))
    raise AppError(
        "invalid", f"{field}: {reasons[0]}", 400, {"field": field, "value": form.data.get(field)}
    )
