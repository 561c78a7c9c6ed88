"""Mail to people: what happens when it cannot be sent."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.errors import AppError

logger = logging.getLogger(__name__)


class MailFailed(AppError):
    """The mail server did not take a mail."""

    def __init__(self) -> None:
        message = _(
            "The mail could not be sent: our mail server does not answer. Nothing is lost; please"
            " try again in a few minutes."
        )
        super().__init__("mail_failed", message, 503)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's adapter: a mail server that is away is a page, not an error 500."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            logger.error("A mail (%s) was not sent: %s", template_prefix, error)
            raise MailFailed from error


class MailErrors:
    """Middleware: the page for ``MailFailed``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, MailFailed):
            return None
        context = {"message": error.message, "status": error.status}
        response = render(request, "error.html", context, status=error.status)
        response["Retry-After"] = "120"
        return response
