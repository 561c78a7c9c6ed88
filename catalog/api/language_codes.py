"""Codes of languages in a query: ``language=en&language=fr`` or ``language=en,fr``."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class LanguageCodes(serializers.ListField):
    """At most 20 codes; the name of the field must be ``repeatable``."""

    def __init__(self, **options: Any) -> None:
        usual = {
            "child": serializers.CharField(max_length=10),
            "max_length": 20,
            "required": False,
            "help_text": "Only items in this language (code). For more than one repeat it, or put "
            "commas between them.",
        }
        super().__init__(**{**usual, **options})

    def to_internal_value(self, data: Any) -> list[Any]:
        codes = [code for text in data for code in str(text).split(",")]
        return super().to_internal_value(codes)
