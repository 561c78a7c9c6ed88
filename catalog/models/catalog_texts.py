"""A catalogue's own texts: one JSON table, by language."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def validate_texts(value: Any) -> None:
    """Reject anything but {language: {key: text}}; "categories" is a table {name: label}."""
    if not isinstance(value, dict):
        raise ValidationError(_("The texts must be an object with one entry per language."))
    for language, texts in value.items():
        if not isinstance(texts, dict):
            raise ValidationError(
                _("The texts for “%(language)s” must be an object."), params={"language": language}
            )
        for key, text in texts.items():
            if key == "categories":
                _validate_categories(language, text)
            elif not isinstance(text, str):
                raise ValidationError(
                    _("The text “%(key)s” for “%(language)s” is %(value)s. It must be text."),
                    params={"key": key, "language": language, "value": text},
                )


def _validate_categories(language: str, names: Any) -> None:
    if not isinstance(names, dict) or not all(isinstance(shown, str) for shown in names.values()):
        raise ValidationError(
            _("The categories for “%(language)s” must be an object of names and labels."),
            params={"language": language},
        )
