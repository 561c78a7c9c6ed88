"""allauth's adapter for the second factor: secrets are encrypted, required ones stay."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.second_factor import required


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """By a key made of SECRET_KEY: a copy of the database alone lets nobody in."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """An unreadable secret is an error, never an empty one, which anybody could compute."""
        try:
            return _fernet().decrypt(encrypted_text).decode()
        except InvalidToken as error:
            raise ValidationError(
                _(
                    "The site’s SECRET_KEY has changed, so this second factor cannot be read. Ask "
                    "whoever runs the site to remove it: manage.py unlock --second-factor."
                ),
                code="unreadable",
            ) from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not required.is_required(authenticator.user)

    def get_totp_issuer(self) -> str:
        return f"Longtail {self._get_site_name()}"


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in keys])


def _key(secret: str) -> bytes:
    digest = hashlib.sha256(b"accounts.second_factor " + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest)
