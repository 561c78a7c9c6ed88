"""What the questionnaire's screens accept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recommender.models.interest_words import MAX_TEXT
from recommender.onboarding.questionnaire import ASKED, Screen
from recommender.preferences.health_questions import OWN_WORDS


class AgreeForm(forms.Form):
    agree = forms.BooleanField(
        error_messages={"required": _("Tick the box if you agree. Otherwise nothing is stored.")}
    )


class PickForm(forms.Form):
    """``shown``: what was asked about; ``picked``: of those."""

    shown = forms.TypedMultipleChoiceField(coerce=int, required=False)
    picked = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.getlist("shown")[:ASKED]  # type: ignore[attr-defined]
        shown = [(pk, pk) for pk in given if pk.isdecimal() and len(pk) < 19]
        self.fields["shown"].choices = shown  # type: ignore[attr-defined]
        self.fields["picked"].choices = shown  # type: ignore[attr-defined]


class SayForm(forms.Form):
    words = forms.CharField(required=False, max_length=MAX_TEXT)


class HealthForm(forms.Form):
    """One screen's questions."""

    def __init__(self, *args: Any, screen: Screen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in screen.questions:
            kind = forms.MultipleChoiceField if question.is_multiple else forms.ChoiceField
            choices = [(choice.key, choice.label) for choice in question.options]
            self.fields[question.key] = kind(required=False, choices=choices)
        if screen.has_words:
            self.fields[OWN_WORDS] = SayForm.base_fields["words"]
