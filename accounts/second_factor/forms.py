"""allauth's forms for a code, slowed down as passwords are (`accounts.login.slow_down`).

A code has six digits, and allauth's own limit is off with that of passwords.
"""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from accounts.login import slow_down


class _SlowedDown(forms.BaseAuthenticateForm):
    def clean_code(self) -> str:
        email = self.user.get_username()
        if seconds := slow_down.seconds_left(context.request, email):
            text = ngettext(
                "Too many wrong codes. Try again in %(n)s second.",
                "Too many wrong codes. Try again in %(n)s seconds.",
                seconds,
            )
            raise ValidationError(text % {"n": seconds}, code="too_early")
        try:
            code: str = super().clean_code()
        except ValidationError:
            slow_down.count_wrong(context.request, email)
            raise
        return code


class AuthenticateForm(_SlowedDown, forms.AuthenticateForm):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].widget.attrs["autofocus"] = True


class ReauthenticateForm(_SlowedDown, forms.ReauthenticateForm):
    pass
