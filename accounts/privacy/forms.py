"""Forms of the privacy centre."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy.registry import ACCOUNT

EVERYTHING = "@all"
"""All places except the account itself."""


class ExportForm(forms.Form):
    form = forms.ChoiceField(choices=[("json", "JSON"), ("csv", "CSV")])


class ErasureForm(forms.Form):
    """Confirms an erasure. Erasing an account needs its password too.

    An account that only signs in by single sign-on has none: it types its address.
    """

    what = forms.CharField(max_length=60, widget=forms.HiddenInput)
    confirm = forms.BooleanField(label=_("Yes, delete it permanently."))
    password = forms.CharField(
        label=_("Your password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    address = forms.CharField(
        label=_("Your email address"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, user: User | None, what: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if (what or self.data.get("what")) != ACCOUNT:
            del self.fields["password"], self.fields["address"]
        elif user is None or user.has_usable_password():
            del self.fields["address"]
        else:
            del self.fields["password"]

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if self.user is None or not self.user.check_password(given):
            raise forms.ValidationError(_("This password is not correct."))
        return given

    def clean_address(self) -> str:
        given: str = self.cleaned_data["address"].strip()
        if self.user is None or given.casefold() != self.user.email.casefold():
            raise forms.ValidationError(_("This is not the address of your account."))
        return given
