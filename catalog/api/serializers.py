"""The JSON of catalogues, items, profiles and interactions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.api.validation import Moment, Number, StrictSerializer
from catalog.ingestion.batches import MAX_ROWS
from catalog.models import Catalog, Item
from catalog.models.event_kinds import Kind


class CatalogSerializer(serializers.ModelSerializer):
    class Meta:
        model = Catalog
        fields = (
            "slug", "name", "domain", "language", "is_public", "log_is_simulated",
            "weights", "tail_default", "tail_min", "tail_max", "calibration",
            "min_provider_share", "created_at",
        )  # fmt: skip
        extra_kwargs: ClassVar = {
            "weights": {"help_text": "The weight of one interaction of each kind, 0 to 10."}
        }


class ItemFields(StrictSerializer):
    """The writable fields of an item without its id.

    A missing field stays as it is, or takes its default in a new item.
    """

    title = serializers.CharField(max_length=500, allow_blank=True, required=False)
    description = serializers.CharField(allow_blank=True, required=False)
    categories = serializers.ListField(
        child=serializers.CharField(max_length=200),
        max_length=50,
        required=False,
        help_text="The main category first.",
    )
    provider = serializers.CharField(
        max_length=200, allow_blank=True, required=False, help_text="Brand, author or school."
    )
    language = serializers.CharField(max_length=10, allow_blank=True, required=False)
    attributes = serializers.DictField(required=False, help_text="Anything else. Stored as sent.")
    available = serializers.BooleanField(required=False)
    created_at = Moment(required=False)


class ItemBody(ItemFields):
    item_id = serializers.CharField(
        max_length=255, help_text="Your own ID. It may contain slashes."
    )


class ItemChange(ItemFields):
    """For addresses with an item's id: an ``item_id`` in the body is ignored.

    So a client can send an answer back.
    """

    item_id = serializers.CharField(read_only=True)


class ItemSerializer(serializers.ModelSerializer):
    item_id = serializers.CharField(source="external_id")
    categories = serializers.ListField(child=serializers.CharField(), source="category_names")

    class Meta:
        model = Item
        fields = (
            "item_id", "title", "description", "categories", "provider", "language",
            "attributes", "available", "created_at",
        )  # fmt: skip


class InteractionBody(StrictSerializer):
    user_id = serializers.CharField(
        max_length=255, help_text="Your own ID. A new ID creates a new profile."
    )
    item_id = serializers.CharField(max_length=255)
    kind = serializers.ChoiceField(choices=Kind.choices)
    value = Number(
        allow_null=True,
        required=False,
        help_text="Stars from 0.5 to 5 for `rate`. Otherwise any number, or none.",
    )
    created_at = Moment(allow_null=True, required=False, help_text="ISO 8601. Default: now.")
    event_id = serializers.CharField(
        max_length=100,
        allow_null=True,
        required=False,
        help_text="Your own ID of the event. An event sent twice is stored once.",
    )


class InteractionSerializer(serializers.Serializer):
    event_id = serializers.CharField(allow_null=True)
    user_id = serializers.CharField(source="profile.external_id", allow_null=True)
    item_id = serializers.CharField(source="item.external_id")
    kind = serializers.ChoiceField(choices=Kind.choices)
    value = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()


class PastSerializer(serializers.Serializer):
    """One row of a person's history."""

    item_id = serializers.CharField(source="item.external_id")
    title = serializers.CharField(source="item.title")
    kind = serializers.ChoiceField(choices=Kind.choices)
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

    items = serializers.ListField(
        child=serializers.JSONField(),
        min_length=1,
        help_text=f"Items as in `POST items`, at most {MAX_ROWS}.",
    )


class InteractionRows(StrictSerializer):
    interactions = serializers.ListField(
        child=serializers.JSONField(),
        min_length=1,
        help_text=f"Interactions as in `POST interactions`, at most {MAX_ROWS}.",
    )


class RowErrorSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="Position in the request, from 1.")
    field = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class BulkResultSerializer(serializers.Serializer):
    created = serializers.IntegerField()
    updated = serializers.IntegerField(help_text="Existing items that were overwritten.")
    repeated = serializers.IntegerField(help_text="Interactions whose event_id was already stored.")
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]
