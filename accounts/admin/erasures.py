"""The log of erasures, read-only. It does not name the people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.models import Erasure


@admin.register(Erasure)
class ErasureAdmin(ModelAdmin):
    list_display = ("created_at", "place", "by", "how_much")
    list_filter = ("by", "place")
    fields = ("created_at", "place", "by", "how_much")

    @display(description=_("rows"))
    def how_much(self, erasure: Erasure) -> str:
        return ", ".join(f"{name} {count:,}" for name, count in erasure.rows.items()) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
