"""The reference of the API, from its OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate import code, document, table

ERRORS = ("400", "401", "403", "404", "429")


def api_description() -> dict[str, Any]:
    """The OpenAPI description, in English."""
    from django.utils import translation
    from drf_spectacular.generators import SchemaGenerator

    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


def api_page(description: Mapping[str, Any]) -> str:
    parts = [
        operation_part(method, path, operation, description)
        for path, methods in sorted(description["paths"].items())
        for method, operation in methods.items()
    ]
    return document(
        "API",
        "Every address with its parameters and fields. All begin with `/api/v1/catalogs`; `{slug}` "
        "is the catalogue's address. Every request may also answer "
        f"{', '.join(map(code, ERRORS))} ([errors](../how-to/api.md#when-something-is-wrong)).",
        "A running Longtail shows the same at `/api/docs/`, and the OpenAPI description at "
        "`/api/schema/`. "
        "[Use the API](../how-to/api.md) explains how to work with it.",
        *parts,
    )


def operation_part(
    method: str, path: str, operation: Mapping[str, Any], whole: Mapping[str, Any]
) -> str:
    parameters = [
        (code(each["name"]), each["in"], type_of(each["schema"], whole), text_of(each))
        for each in operation.get("parameters", [])
        if each["name"] != "slug"
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    sent = [(code(name), *rest) for name, *rest in fields_of(body.get("schema", {}), whole)]
    answers = ", ".join(code(status) for status in operation["responses"] if status not in ERRORS)
    parts = [
        f"## {method.upper()} {path.removeprefix('/api/v1/catalogs')}",
        operation.get("description", "").strip(),
        table(["parameter", "in", "type", "meaning"], parameters) if parameters else "",
        table(["field", "type", "meaning"], sent) if sent else "",
        f"Answers: {answers}.",
    ]
    return "\n\n".join(part for part in parts if part)


def resolved(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference, alone or within `allOf`, refers to."""
    if "allOf" in schema and len(schema["allOf"]) == 1:
        schema = schema["allOf"][0]
    if "$ref" in schema:
        return whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def fields_of(
    schema: Mapping[str, Any], whole: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Name, type and meaning of the fields that are sent."""
    found = resolved(schema, whole)
    needed = found.get("required", [])
    for name, field in found.get("properties", {}).items():
        if not field.get("readOnly"):
            kind = type_of(field, whole) + (", needed" if name in needed else "")
            yield name, kind, text_of(field)


def type_of(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Its type and limits in a few words."""
    if "oneOf" in schema or "anyOf" in schema:
        options = schema.get("oneOf") or schema["anyOf"]
        return " or ".join(dict.fromkeys(filter(None, (type_of(each, whole) for each in options))))
    found = resolved(schema, whole)
    if "enum" in found:
        return ", ".join(code(value) for value in found["enum"] if value not in (None, ""))
    if found.get("type") == "array":
        return f"list of {type_of(found.get('items', {}), whole) or 'anything'}"
    name = str(found.get("format") or found.get("type", ""))
    least, most = found.get("minimum"), found.get("maximum")
    return name + (f", {least} to {most}" if least is not None and most is not None else "")


def text_of(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", ""))
