"""Mail: `EMAIL_URL` and friends, as Django's own settings."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env

NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def mail_settings(default_url: str = "") -> dict[str, Any]:
    """What Django and allauth need to send mail.

    ``MAIL_IS_SET_UP`` is False without an address; pages then say that no mail is sent. With a
    mail server an account begins with the confirmation of its address: only so can sign-up give
    the same answer for every address.
    """
    server = env.mail_server("EMAIL_URL", default_url)
    sends = env.is_set("EMAIL_URL")
    chosen = env.choice(
        "EMAIL_VERIFICATION",
        "mandatory" if sends else "none",
        ("none", "optional", "mandatory"),
    )
    if chosen != "none" and not server:
        raise ImproperlyConfigured(
            f"EMAIL_VERIFICATION={chosen!r} needs a mail server, and EMAIL_URL is not set"
        )
    sender = env.mail_sender("DEFAULT_FROM_EMAIL", "Longtail <noreply@localhost.localdomain>")
    return {
        "EMAIL_BACKEND": NOWHERE,
        **server,
        "EMAIL_PORT": server.get("EMAIL_PORT") or _usual_port(server),
        "EMAIL_TIMEOUT": env.whole("EMAIL_TIMEOUT", 10, least=1, most=300),
        "DEFAULT_FROM_EMAIL": sender,
        "SERVER_EMAIL": sender,
        "MAIL_IS_SET_UP": bool(server),
        "ACCOUNT_EMAIL_VERIFICATION": chosen,
        # Where no address is ever confirmed, two-step verification cannot wait for that.
        "MFA_ALLOW_UNVERIFIED_EMAIL": chosen == "none",
    }


def _usual_port(server: dict[str, Any]) -> int:
    if server.get("EMAIL_USE_SSL"):
        return 465
    return 587 if server.get("EMAIL_USE_TLS") else 25
