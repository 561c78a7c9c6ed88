"""Pages of the admin."""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse


def page_of(name: str, *args: object) -> str:
    return reverse(f"admin:catalog_{name}", args=args)


def texts_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]
