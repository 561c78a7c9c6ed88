"""The JSON of catalogues, items, profiles and interactions."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.json_types import Key, Rows, Text
from catalog.api.validation import Moment, Number, StrictSerializer
from catalog.ingestion.batches import MAX_ROWS
from catalog.item_states import ItemState, State, state_of
from catalog.models import Catalog, Item
from catalog.models.event_kinds import Sign, ValueMeaning, kinds_of
from catalog.validation.row_parsing import MAX_CATEGORIES
from catalog.validation.shop_fields import STOCK_MAX


class KindSerializer(serializers.Serializer):
    """A kind of event of a catalogue."""

    name = serializers.CharField()
    label = serializers.CharField(help_text="In the language of the request.")  # type: ignore[assignment]
    weight = serializers.FloatField(help_text="How much one event counts, 0 to 10.")
    sign = serializers.ChoiceField(choices=Sign.choices)
    makes_known = serializers.BooleanField(help_text="Such an item is not recommended again.")
    repeatable = serializers.BooleanField(help_text="With `repeat=true` it may come back.")
    value_meaning = serializers.ChoiceField(choices=ValueMeaning.choices)
    cancels = serializers.ListField(
        child=serializers.CharField(), help_text="The kinds whose earlier events it takes back."
    )


class CatalogSerializer(serializers.ModelSerializer):
    kinds = serializers.SerializerMethodField(help_text="The kinds of events.")

    @extend_schema_field(KindSerializer(many=True))
    def get_kinds(self, catalog: Catalog) -> Any:
        return KindSerializer(list(kinds_of(catalog).values()), many=True).data

    class Meta:
        model = Catalog
        fields = (
            "slug", "name", "domain", "language", "is_public", "log_is_simulated",
            "kinds", "rating_scale", "zero_is_no_rating",
            "tail_default", "tail_min", "tail_max", "calibration",
            "min_provider_share", "currency", "attribute_schema", "provider_is_user",
            "created_at",
        )  # fmt: skip


class ItemFields(StrictSerializer):
    """The writable fields of an item without its id.

    A missing field stays as it is, or takes its default in a new item.
    """

    null_is_missing = True

    title = Text(max_length=5000, allow_blank=True, required=False)
    description = Text(allow_blank=True, required=False)
    categories = serializers.ListField(
        child=Text(max_length=500),
        max_length=MAX_CATEGORIES,
        required=False,
        help_text="The main category first. `Clothing > T-shirts` is below `Clothing`.",
    )
    provider = Text(
        max_length=200, allow_blank=True, required=False, help_text="Brand, author or school."
    )
    language = serializers.CharField(max_length=10, allow_blank=True, required=False)
    attributes = serializers.DictField(
        required=False,
        help_text="Anything else. Checked if the catalogue has an `attribute_schema`, else stored "
        "as sent.",
    )
    available = serializers.BooleanField(required=False)
    created_at = Moment(required=False)
    price = serializers.DecimalField(
        12, 2, min_value=0, coerce_to_string=False, allow_null=True, required=False
    )
    currency = serializers.CharField(
        max_length=3,
        allow_blank=True,
        required=False,
        help_text="ISO 4217, such as EUR. Empty: the catalogue's.",
    )
    stock = serializers.IntegerField(
        min_value=0,
        max_value=STOCK_MAX,
        allow_null=True,
        required=False,
        help_text="Pieces left. null: not known. 0: sold out, so in no list.",
    )
    image_url = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    group = Text(
        max_length=255,
        allow_blank=True,
        required=False,
        help_text="Items with the same text are variants of one product: lists show one of them.",
    )
    available_from = Moment(
        allow_null=True, required=False, help_text="In no list before this time."
    )
    available_until = Moment(
        allow_null=True, required=False, help_text="In no list from this time on."
    )


class ItemBody(ItemFields):
    item_id = Key(max_length=255, help_text="Your own ID. It may contain slashes.")


class ItemChange(ItemFields):
    """For addresses with an item's id: ``item_id`` and the state in the body are ignored.

    So a client can send an answer back.
    """

    item_id = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    state_reason = serializers.CharField(read_only=True)


class ItemSerializer(serializers.ModelSerializer):
    item_id = serializers.CharField(source="external_id")
    categories = serializers.ListField(child=serializers.CharField(), source="category_names")
    price = serializers.FloatField(allow_null=True)

    class Meta:
        model = Item
        fields: tuple[str, ...] = (
            "item_id", "title", "description", "categories", "provider", "language",
            "attributes", "available", "created_at", "price", "currency", "stock", "image_url",
            "group", "available_from", "available_until",
        )  # fmt: skip


class ItemWithState(ItemSerializer):
    """One item, with what lists make of it now."""

    state = serializers.SerializerMethodField(
        help_text="`listed`: lists may hold it. `unavailable`, `sold_out`, `not_yet`, `over`: in "
        "no list. `waiting`: new or edited, only among the newest until a worker has read it. "
        "`failed`: the same, since the text encoder failed; it is tried again."
    )
    state_reason = serializers.SerializerMethodField(help_text="Why the text encoder failed.")

    @extend_schema_field(serializers.ChoiceField(choices=State.choices))
    def get_state(self, item: Item) -> str:
        return self._state_of(item).name.value

    @extend_schema_field(serializers.CharField())
    def get_state_reason(self, item: Item) -> str:
        return self._state_of(item).reason

    def _state_of(self, item: Item) -> ItemState:
        return self.context.setdefault(f"state {item.pk}", state_of(item, now()))

    class Meta(ItemSerializer.Meta):
        fields = (*ItemSerializer.Meta.fields, "state", "state_reason")


class InteractionBody(StrictSerializer):
    null_is_missing = True

    user_id = Key(max_length=255, help_text="Your own ID. A new ID creates a new profile.")
    item_id = Key(max_length=255)
    kind = serializers.CharField(
        max_length=40, help_text="One of the `kinds` of the catalogue, such as view or take."
    )
    value = Number(
        allow_null=True,
        required=False,
        help_text="A rating on the catalogue's scale, a quantity (below 0: given back), or any "
        "number from 0, by the kind.",
    )
    created_at = Moment(allow_null=True, required=False, help_text="ISO 8601. Default: now.")
    event_id = Key(
        max_length=100,
        allow_null=True,
        required=False,
        help_text="Your own ID of the event. An event sent twice is stored once; with another "
        "value or time it is corrected.",
    )
    quantity = Number(
        allow_null=True,
        required=False,
        help_text="Pieces; above 0. Of a kind of quantities they count before `value`.",
    )
    price = serializers.DecimalField(
        12,
        2,
        min_value=0,
        coerce_to_string=False,
        allow_null=True,
        required=False,
        help_text="For one piece.",
    )
    currency = serializers.CharField(
        max_length=3, allow_blank=True, required=False, help_text="ISO 4217, such as EUR."
    )
    session = Key(
        max_length=100, allow_blank=True, required=False, help_text="Your own ID of the visit."
    )


class InteractionSerializer(serializers.Serializer):
    event_id = serializers.CharField(allow_null=True)
    user_id = serializers.CharField(source="profile.external_id", allow_null=True)
    item_id = serializers.CharField(source="item.external_id")
    kind = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    quantity = serializers.FloatField(allow_null=True)
    price = serializers.FloatField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    session = serializers.CharField(allow_blank=True)


class PastSerializer(serializers.Serializer):
    """One row of a person's history."""

    item_id = serializers.CharField(source="item.external_id")
    title = serializers.CharField(source="item.title")
    kind = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()


class ProfileSerializer(serializers.Serializer):
    user_id = serializers.CharField(source="external_id")
    tail = serializers.FloatField(
        allow_null=True, help_text="The person's tail dial. null: the catalogue's default."
    )
    personal = serializers.BooleanField(
        help_text="false: lists only use what the person hid, "
        "and training runs use none of their data."
    )
    created_at = serializers.DateTimeField()


class ProfileDetailSerializer(ProfileSerializer):
    history = PastSerializer(
        many=True, help_text="The events that lists use: at most 50, newest first."
    )


class ProfileChange(StrictSerializer):
    """Missing fields stay; at least one is needed."""

    tail = Number(min_value=0, max_value=1, allow_null=True, required=False)
    personal = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(_("Send “tail”, “personal” or both."))
        return attrs


class ItemRows(StrictSerializer):
    """Rows are checked one by one later, so that a bad row does not reject the good ones."""

    items = Rows(
        body=ItemBody,
        help_text=f"Items as in `POST items`, at most {MAX_ROWS}.",
    )


class InteractionRows(StrictSerializer):
    interactions = Rows(
        body=InteractionBody,
        help_text=f"Interactions as in `POST interactions`, at most {MAX_ROWS}.",
    )
    create_items = serializers.BooleanField(
        default=False, help_text="Unknown items become items without text."
    )


class RowErrorSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="Position in the request, from 1.")
    field = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class BulkResultSerializer(serializers.Serializer):
    created = serializers.IntegerField()
    updated = serializers.IntegerField(
        help_text="Existing items that were changed, and corrected events."
    )
    unchanged = serializers.IntegerField(help_text="Existing items that had these values already.")
    items_created = serializers.IntegerField(
        help_text="Items without text, made by `create_items`."
    )
    repeated = serializers.IntegerField(help_text="Interactions whose event_id was already stored.")
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]
