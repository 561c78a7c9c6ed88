"""New and edited items in the admin: what the lists know of them before the next training."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from catalog.admin.items import ItemAdmin
from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.item_states import State, state_of
from catalog.models import Item
from recommender.models import ItemEncoding
from recommender.models.changes import MOST_CHANGES

admin.site.unregister(Item)


@admin.register(Item)
class KnownItemAdmin(ItemAdmin):
    """The catalogue's page of an item, with what the lists know of it."""

    readonly_fields = (*ItemAdmin.readonly_fields, "in_lists")

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:
        (name, first), *others = super().get_fieldsets(request, obj)
        fields = (*first["fields"], "in_lists") if obj else first["fields"]
        return [(name, {**first, "fields": fields}), *others]

    @display(description=gettext_lazy("in lists"))
    def in_lists(self, item: Item) -> str:
        state = state_of(item, now()).name
        if state not in (State.LISTED, State.WAITING, State.FAILED):
            return str(state.label)
        row = ItemEncoding.objects.filter(item=item).first()
        if row is None:
            return _("as the model was trained")
        if row.state == ItemEncoding.State.FAILED:
            when = date_format(localtime(row.next_try_at), "SHORT_DATETIME_FORMAT")
            text = _("only among the newest: %(reason)s (attempt %(n)s, the next at %(when)s)")
            return text % {"reason": row.reason, "n": row.attempts, "when": when}
        return row.get_state_display()


@admin.register(ItemEncoding)
class ItemEncodingAdmin(OfCatalog, ModelAdmin):
    list_display = ("item", "catalog", "state", "reason", "changed_at", "encoded_at", "attempts")
    list_filter = (("catalog", CatalogFilter), ("state", ChoicesDropdownFilter))
    list_filter_submit = True
    list_select_related = ("item", "catalog")
    list_per_page = 50
    show_full_result_count = False
    sortable_by = ()
    search_fields = ("item__external_id", "item__title")
    fields = (
        "item", "catalog", "state", "reason", "attempts", "next_try_at", "changed_at", "encoded_at",
        "fingerprint",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        most = number_format(MOST_CHANGES, force_grouping=True)
        note = _(
            "Lists know these items before the next training, at most the newest %(most)s of a "
            "catalogue. With more, wait for the training that is due."
        )
        context = {"subtitle": note % {"most": most}, **(extra_context or {})}
        return super().changelist_view(request, context)
