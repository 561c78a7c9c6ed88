"""Forms of the pages."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Do something with an item (``kind``) or undo it (``undo``): one button's name and value."""

    kind = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in ACTS])
    undo = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in UNDOABLE])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned["kind"]) == bool(cleaned["undo"]):
            self.add_error("kind", _("Choose one action to do or to undo."))
        return cleaned


class HideForm(forms.Form):
    """Hide a category or a provider, or with ``undo`` show it again."""

    what = forms.CharField(max_length=20)
    value = forms.CharField(max_length=200, strip=False)
    undo = forms.CharField(required=False)


class DialForm(forms.Form):
    """The tail dial; ``step`` (radio buttons, without JavaScript) wins over ``tail`` (slider)."""

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
    """Whether lists are personal."""

    personal = forms.ChoiceField(choices=[("on", "on"), ("off", "off")])


class StarsForm(forms.Form):
    """Stars to give, or with ``undo`` to delete."""

    stars = forms.IntegerField(required=False, min_value=1, max_value=5)
    undo = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned["stars"]) == bool(cleaned["undo"]):
            self.add_error("stars", _("Choose one action to do or to undo."))
        return cleaned


class ListingForm(forms.Form):
    """The order of the home."""

    listing = forms.ChoiceField(choices=Listing.choices)


class FacetForm(forms.Form):
    """The part of a catalogue to show."""

    category = forms.CharField(required=False, max_length=500)
    kind = forms.CharField(required=False, max_length=200)
    language = forms.CharField(required=False, max_length=10)
    taken = forms.BooleanField(required=False)

    def chosen(self) -> Facets:
        return Facets(**checked(self))


class RowForm(forms.Form):
    """The page of a row; ``upto``: all pages up to it, for a page that reloads itself."""

    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)
    upto = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)


class HistoryForm(forms.Form):
    kind = forms.ChoiceField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def __init__(self, *args: Any, kinds: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [("", ""), *((kind, kind) for kind in kinds)]  # type: ignore[attr-defined]


class RemovalForm(forms.Form):
    """``remove``: an event's key; ``event``: the token that restores a removed event."""

    remove = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    event = forms.CharField(required=False, max_length=2000)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned["remove"]) == bool(cleaned["event"]):
            self.add_error("remove", _("Choose one event to remove or to restore."))
        return cleaned


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=200)
    category = forms.CharField(required=False, max_length=500)
    provider = forms.CharField(required=False, max_length=200)
    language = forms.CharField(required=False, max_length=10)
    page = forms.IntegerField(required=False, min_value=1, max_value=100)


def checked(form: forms.Form) -> dict[str, Any]:
    """The form's fields.

    Raises:
        AppError: for the first bad field.
    """
    if form.is_valid():
        return form.cleaned_data
    field, reasons = next(iter(form.errors.items()))
    raise AppError(
        "invalid", f"{field}: {reasons[0]}", 400, {"field": field, "value": form.data.get(field)}
    )
