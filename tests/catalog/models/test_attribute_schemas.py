from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.models.attribute_schemas import validate_attribute_schema
from catalog.models.languages import validate_languages

COLOUR = {"type": "choice", "label": {"en": "Colour"}, "choices": ["red", "blue"], "facet": True}


def test_a_schema_has_a_type_for_each_name() -> None:
    validate_attribute_schema({})
    validate_attribute_schema(
        {"colour": COLOUR, "weight": {"type": "number", "unit": "kg", "facet": True}}
    )


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ([], "must be an object"),
        ({"a b": COLOUR}, "must begin with a letter"),
        ({"colour": "choice"}, '“colour”: "choice" must be an object'),
        ({"colour": {**COLOUR, "typ": 1}}, "“typ” is not known"),
        ({"colour": {"type": "colour"}}, 'the type "colour" must be one of'),
        ({"colour": {"type": "choice"}}, "needs choices"),
        ({"colour": {**COLOUR, "choices": ["red", "red"]}}, "different texts"),
        ({"colour": {**COLOUR, "type": "number"}}, "has no choices"),
        ({"colour": {**COLOUR, "label": "Colour"}}, "the label"),
        ({"colour": {**COLOUR, "facet": "yes"}}, "true or false"),
        ({f"a{n}": {**COLOUR} for n in range(21)}, "At most 20 attributes can be facets"),
        (
            {"weight": {"type": "number", "facet": True}, "weight_max": COLOUR},
            "“weight_max” has the name of a bound of “weight”",
        ),
        ({"weight": {"type": "number", "unit": 5}}, "the unit 5 must be text"),
    ],
)
def test_a_wrong_schema_is_named(schema: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        validate_attribute_schema(schema)


def test_languages_are_codes_once() -> None:
    validate_languages([])
    validate_languages(["en", "zh-hans"])
    for wrong in ("en", ["EN"], ["en", "en"], [1], ["english"] * 3, ["zh-hans-12345"]):
        with pytest.raises(ValidationError):
            validate_languages(wrong)
