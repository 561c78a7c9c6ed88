"""The JSON of interest texts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.validation import Number, StrictSerializer
from catalog.models import Catalog
from recommender.models import InterestText
from recommender.models.interest_words import MAX_TEXT, MAX_WORD, Word
from recommender.preferences.interests import LEAST_WEIGHT, MAX_OWN, MAX_UNWANTED, Edit

TEXT = {"max_length": MAX_TEXT, "allow_blank": True, "required": False}


class WordSerializer(serializers.Serializer):
    word = serializers.CharField()
    weight = serializers.FloatField(help_text="0 to 1.")
    pinned = serializers.BooleanField(help_text="Stays, and comes first.")
    added = serializers.BooleanField(help_text="The person's own.")
    edited = serializers.BooleanField(help_text="Generated first; its weight is the person's.")


class InterestsSerializer(serializers.Serializer):
    """What is written of a person's interest. Lists are made with its own part at once."""

    user_id = serializers.CharField(source="profile.external_id")
    sentence = serializers.CharField(help_text="Empty while nothing is known.")
    language = serializers.ChoiceField(
        choices=Catalog.Language.choices, help_text="The sentence's: the catalogue's."
    )
    text = serializers.CharField(
        help_text="What the person typed of themselves, or answers of a questionnaire."
    )
    words = WordSerializer(many=True, help_text="The pinned ones first, then the strongest.")
    unwanted = serializers.ListField(
        child=serializers.CharField(), help_text="Deleted and muted words."
    )
    edited = serializers.BooleanField(
        source="is_edited", help_text="Whether any of it is the person's own."
    )
    version = serializers.IntegerField(
        source="version.number",
        default=None,
        allow_null=True,
        help_text="The model version that wrote it.",
    )
    worded_by = serializers.CharField(
        help_text="The external language model of the sentence; empty: none."
    )
    revision = serializers.IntegerField(help_text="How often it was edited.")
    refreshed_at = serializers.DateTimeField(allow_null=True)
    edited_at = serializers.DateTimeField(allow_null=True)


class WordField(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_WORD, **options)


class AddedWord(StrictSerializer):
    word = WordField()
    weight = Number(min_value=LEAST_WEIGHT, max_value=1, default=1.0)


class PutWord(AddedWord):
    pinned = serializers.BooleanField(default=False)
    added = serializers.BooleanField(read_only=True)
    edited = serializers.BooleanField(read_only=True)


def _words(limit: int, help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=WordField(), max_length=limit, required=False, help_text=help_text
    )


class InterestsChange(StrictSerializer):
    """Everything is optional; a word may be wanted or unwanted, not both."""

    text = serializers.CharField(**TEXT, help_text="Typed by the person; empty: nothing.")
    add = AddedWord(
        many=True,
        required=False,
        help_text="Own words, or another weight for a word that is there.",
    )
    pin = _words(MAX_OWN, "Words that shall stay.")
    unpin = _words(MAX_OWN, "Words that need not stay.")
    delete = _words(MAX_OWN, "Words of the text that are wrong; generated ones do not come back.")
    mute = _words(MAX_UNWANTED, "Any words that lists shall avoid.")
    unmute = _words(MAX_UNWANTED, "Words of `unwanted` that lists need no longer avoid.")
    revision = serializers.IntegerField(
        min_value=0,
        required=False,
        help_text="Refuse the change (409) if the text was edited since this revision.",
    )

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        """``{"edit": …, "revision": …}``"""
        revision = fields.pop("revision", None)
        added = {each["word"]: each["weight"] for each in fields.pop("add", [])}
        lists = {name: tuple(value) for name, value in fields.items() if name != "text"}
        return {"edit": Edit(text=fields.get("text"), add=added, **lists), "revision": revision}


class InterestsReplacement(StrictSerializer):
    """An answer of GET can be sent back; a word that is as it was stays as it was."""

    text = serializers.CharField(**TEXT, default="", help_text="What is left out is emptied.")
    words = PutWord(
        many=True, default=list, help_text="The person's own; generated ones follow by themselves."
    )
    unwanted = _words(MAX_UNWANTED, "Words that lists shall avoid.")
    revision = serializers.IntegerField(min_value=0, required=False, help_text="As in PATCH.")
    user_id = serializers.CharField(read_only=True)
    sentence = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True)
    edited = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    worded_by = serializers.CharField(read_only=True)
    refreshed_at = serializers.DateTimeField(read_only=True)
    edited_at = serializers.DateTimeField(read_only=True)

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The arguments of ``replace_interest_text``."""
        words = [
            Word(each["word"], each["weight"], pinned=each["pinned"]) for each in fields["words"]
        ]
        return {
            "text": fields["text"],
            "words": words,
            "unwanted": fields.get("unwanted", []),
            "revision": fields.get("revision"),
        }


def shown(row: InterestText) -> dict[str, Any]:
    return InterestsSerializer(row).data
