"""The kinds of events of a catalogue, as rows of its page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline

from catalog.admin.permissions import InlineOfCatalog
from catalog.models import EventKind, Interaction
from catalog.models.event_kinds import PAGE_KINDS

FIXED = ("name", "sign", "value_meaning")


class EventKindForm(forms.ModelForm):
    """Pages record the first seven kinds, so these keep their name, sign and value."""

    cancels = forms.CharField(
        label=gettext_lazy("takes back"),
        required=False,
        help_text=gettext_lazy("Kinds whose earlier events it takes back, separated by commas."),
    )

    class Meta:
        model = EventKind
        fields = (
            "name", "label_en", "label_zh_hans", "weight", "sign", "makes_known", "repeatable",
            "value_meaning", "cancels", "position",
        )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["cancels"] = ", ".join(self.instance.cancels)
        for name in FIXED if self.instance.pk and self.instance.name in PAGE_KINDS else ():
            self.fields[name].disabled = True

    def clean_cancels(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["cancels"].split(",") if name.strip()]

    def clean_name(self) -> str:
        name, was = self.cleaned_data["name"], self.initial.get("name")
        if was and name != was:
            reject_used(self.instance, was)
        return name


class EventKindFormSet(forms.BaseInlineFormSet):
    """Rejects a deleted kind that pages or events use, and kinds that no row has."""

    def clean(self) -> None:
        super().clean()
        rows = []
        for form in self.forms:
            cleaned = getattr(form, "cleaned_data", {})
            if cleaned.get("DELETE"):
                reject_deleted(form.instance)
            else:
                rows.append(cleaned)
        names = {row["name"] for row in rows if row.get("name")}
        for row in rows:
            for name in row.get("cancels") or ():
                if name not in names:
                    raise ValidationError(
                        _("“%(kind)s” takes back “%(name)s”, which is no kind of this catalogue.")
                        % {"kind": row.get("name", ""), "name": name}
                    )


def reject_deleted(kind: EventKind) -> None:
    if kind.name in PAGE_KINDS:
        raise ValidationError(
            _("The pages record “%(kind)s”; it cannot be deleted. A weight of 0 turns it off.")
            % {"kind": kind.name}
        )
    reject_used(kind, kind.name)


def reject_used(kind: EventKind, name: str) -> None:
    if Interaction.objects.filter(catalog_id=kind.catalog_id, kind=name).exists():
        raise ValidationError(
            _("Events of the kind “%(kind)s” are stored. Delete them first.") % {"kind": name}
        )


class EventKindInline(InlineOfCatalog, TabularInline):
    model = EventKind
    form, formset = EventKindForm, EventKindFormSet
    extra = 0
    tab = True
    verbose_name_plural = gettext_lazy("Kinds of events")
