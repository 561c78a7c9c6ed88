"""Buttons that change something: a page that describes the change, then a POST that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from config.errors import AppError


@dataclass(frozen=True)
class Confirmation:
    """The text of the page, and the address for an error or "Back"."""

    title: str
    lines: tuple[str, ...]
    button: str
    back: str
    danger: bool = False
    warning: str = ""


@dataclass(frozen=True)
class Done:
    message: str
    next: str


def confirm(
    request: HttpRequest,
    page: Confirmation,
    act: Callable[[forms.Form | None], Done],
    *,
    form_class: Callable[..., forms.Form] | None = None,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """Ask on GET, act on POST. An ``AppError`` becomes a message on the page before."""
    posted = request.method == "POST"
    form = form_class(request.POST if posted else None, initial=initial) if form_class else None
    if posted and (form is None or form.is_valid()):
        return _act(request, page, act, form)
    context = {**admin.site.each_context(request), "title": page.title, "page": page, "form": form}
    return TemplateResponse(request, "admin/confirmation.html", context)


def _act(
    request: HttpRequest,
    page: Confirmation,
    act: Callable[[forms.Form | None], Done],
    form: forms.Form | None,
) -> HttpResponse:
    try:
        done = act(form)
    except AppError as invalid_field:
        messages.error(request, str(invalid_field.message))
        return redirect(page.back)
    messages.success(request, done.message)
    return redirect(done.next)
