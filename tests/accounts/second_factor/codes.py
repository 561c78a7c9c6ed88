"""Authenticator apps of test people."""

from __future__ import annotations

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def set_up(account: User) -> list[str]:
    """Switch two-step verification on. Returns the recovery codes."""
    auth.TOTP.activate(account, SECRET)
    return RecoveryCodes.activate(account).get_unused_codes()


def code_of(secret: str = SECRET) -> str:
    """What the app shows now."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


def wrong_code(secret: str = SECRET) -> str:
    return f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
