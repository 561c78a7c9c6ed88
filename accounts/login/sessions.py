"""Sessions in the database that know their account, so that an erasure ends all of them.

Django's own table holds the account only inside the signed data of a session.
"""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from accounts.models import AccountSession


class SessionStore(DatabaseStore):
    """The name is part of the signature: Django's store reads these sessions, too."""

    def save(self, must_create: bool = False) -> None:
        super().save(must_create)
        if account := self.get(SESSION_KEY):
            AccountSession.objects.get_or_create(
                session_key=self.session_key, defaults={"account_id": int(account)}
            )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        super().delete(session_key)
        if key is not None:
            AccountSession.objects.filter(session_key=key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        super().clear_expired()
        present = Session.objects.values("session_key")
        AccountSession.objects.exclude(session_key__in=present).delete()
