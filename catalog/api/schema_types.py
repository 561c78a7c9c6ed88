"""How drf-spectacular describes our own fields: what is refused is not allowed in the schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from catalog.ingestion.batches import MAX_ROWS


class StrictSchema(OpenApiSerializerExtension):
    """Unknown names are refused."""

    target_class = "catalog.api.validation.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if self.target.null_is_missing:
            required = schema.get("required", ())
            for name, described in schema["properties"].items():
                if name not in required:
                    schema["properties"][name] = nullable(described)
        return {**schema, "additionalProperties": False}


def nullable(described: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in described:
        return {"allOf": [described], "nullable": True}
    return {**described, "nullable": True}


class KeySchema(OpenApiSerializerFieldExtension):
    target_class = "catalog.api.json_types.Key"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        return {"oneOf": [_text(self.target), {"type": "integer"}]}


class TextSchema(OpenApiSerializerFieldExtension):
    target_class = "catalog.api.json_types.Text"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        return {"oneOf": [_text(self.target), {"type": "number"}]}


class MomentSchema(OpenApiSerializerFieldExtension):
    target_class = "catalog.api.validation.Moment"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1, "example": "2026-05-01T09:30:00Z"}
        return {"oneOf": [text, {"type": "number", "minimum": 0}]}


class RowsSchema(OpenApiSerializerFieldExtension):
    target_class = "catalog.api.json_types.Rows"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        row = auto_schema.resolve_serializer(self.target.body, direction).ref
        return {"type": "array", "items": row, "minItems": 1, "maxItems": MAX_ROWS}


def _text(field: Any) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    if field.max_length:
        text["maxLength"] = field.max_length
    if not field.allow_blank:
        text["minLength"] = 1
    return text
