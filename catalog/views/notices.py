"""Tells a person what an action did, with the way to undo it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from catalog.views.helpers import (
    PageRequest,
    safe_next,
)


def answer(request: PageRequest, notice: dict[str, Any], default: str) -> HttpResponseBase:
    """Report what was done: in the notice of the live page, else on the form's page.

    ``notice``: ``text``, and ``undo``, ``kind`` and ``fields`` of its undo form. ``default``: the
    next page if the form names none.
    """
    notice["next"] = safe_next(request, default)
    if not request.htmx:
        request.session["notice"] = notice
        return redirect(notice["next"])
    response = render(request, "includes/toast.html", {"notice": notice})
    response["HX-Trigger"] = "acted"
    return response
