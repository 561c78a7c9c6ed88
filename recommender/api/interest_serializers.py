"""The JSON of interest texts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.validation import Number, StrictSerializer
from catalog.models import Catalog
from recommender.models import InterestText
from recommender.models.interest_words import MAX_TEXT, MAX_WORD, Word
from recommender.preferences.exclusions import KINDS, MAX_EXCLUSIONS
from recommender.preferences.interests import LEAST_WEIGHT, MAX_OWN, MAX_UNWANTED, Edit
from recommender.serving.exclusion_lines import exclusion_lines

TEXT = {"max_length": MAX_TEXT, "allow_blank": True, "required": False}


class WordSerializer(serializers.Serializer):
    word = serializers.CharField()
    weight = serializers.FloatField(help_text="0 to 1.")
    pinned = serializers.BooleanField(help_text="A pinned word stays and comes first.")
    added = serializers.BooleanField(help_text="Added by the person.")
    edited = serializers.BooleanField(help_text="Generated, with a weight that the person changed.")


class ExclusionSerializer(serializers.Serializer):
    """Something that no list of the person may hold."""

    kind = serializers.ChoiceField(
        choices=KINDS,
        help_text="`without`: no item with it; `only`: no item that is anything else.",
    )
    words = serializers.CharField(help_text="The thing, as the person wrote it.")
    key = serializers.CharField(help_text="For `lift` and `restore` in PATCH.")
    said = serializers.CharField(
        allow_blank=True, help_text="The phrase of `text` that says so; empty if it was chosen."
    )
    typed = serializers.BooleanField(help_text="Whether it was read from `text`.")
    lifted = serializers.BooleanField(help_text="The person let it in again: it does not count.")
    items = serializers.IntegerField(help_text="How many items of the catalogue it leaves out.")


class InterestsSerializer(serializers.Serializer):
    """What is written of a person's interest. Lists are made with its own part at once."""

    user_id = serializers.CharField(source="profile.external_id")
    sentence = serializers.CharField(help_text="Empty if there is no data yet.")
    language = serializers.ChoiceField(
        choices=Catalog.Language.choices,
        help_text="Language of the sentence: the catalogue's language.",
    )
    text = serializers.CharField(
        help_text="The person's own words, or answers from a questionnaire."
    )
    words = WordSerializer(many=True, help_text="Pinned words first, then by weight.")
    unwanted = serializers.ListField(
        child=serializers.CharField(), help_text="Deleted and muted words."
    )
    exclusions = serializers.SerializerMethodField()
    edited = serializers.BooleanField(
        source="is_edited", help_text="Whether the person changed any of it."
    )
    version = serializers.IntegerField(
        source="version.number",
        default=None,
        allow_null=True,
        help_text="Number of the model version that wrote it.",
    )
    worded_by = serializers.CharField(
        help_text="The external language model that worded the sentence. Empty: none."
    )
    revision = serializers.IntegerField(help_text="Number of edits.")
    refreshed_at = serializers.DateTimeField(allow_null=True)
    edited_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(ExclusionSerializer(many=True))
    def get_exclusions(self, row: InterestText) -> list[dict[str, Any]]:
        """What is read from the text, then what was chosen beside it."""
        lines = exclusion_lines(row.profile.catalog, row.interests)
        return list(ExclusionSerializer(lines, many=True).data)


class WordField(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_WORD, **options)


class AddedWord(StrictSerializer):
    word = WordField()
    weight = Number(min_value=LEAST_WEIGHT, max_value=1, default=1.0)


class PutExclusion(StrictSerializer):
    kind = serializers.ChoiceField(choices=KINDS)
    words = WordField()
    lifted = serializers.BooleanField(
        default=False, help_text="For one that `text` says: it does not count."
    )
    key = serializers.CharField(read_only=True)
    said = serializers.CharField(read_only=True)
    typed = serializers.BooleanField(read_only=True)
    items = serializers.IntegerField(read_only=True)


class PutWord(AddedWord):
    pinned = serializers.BooleanField(default=False)
    added = serializers.BooleanField(read_only=True)
    edited = serializers.BooleanField(read_only=True)


def _words(limit: int, help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=WordField(), max_length=limit, required=False, help_text=help_text
    )


def _keys(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=MAX_TEXT),
        max_length=2 * MAX_EXCLUSIONS,
        required=False,
        help_text=help_text,
    )


class InterestsChange(StrictSerializer):
    """Everything is optional; a word may be wanted or unwanted, not both."""

    text = serializers.CharField(**TEXT, help_text="The person's own words. May be empty.")
    add = AddedWord(
        many=True,
        required=False,
        help_text="New words, or new weights for existing words.",
    )
    pin = _words(MAX_OWN, "Words to pin.")
    unpin = _words(MAX_OWN, "Words to unpin.")
    delete = _words(MAX_OWN, "Words of the text that are wrong; generated ones do not come back.")
    mute = _words(MAX_UNWANTED, "Any words that lists shall avoid.")
    unmute = _words(MAX_UNWANTED, "Words of `unwanted` that lists need no longer avoid.")
    leave_out = _words(MAX_EXCLUSIONS, "Things that no list may hold, beside those of `text`.")
    only = _words(MAX_EXCLUSIONS, "Things that every item of a list must be or have.")
    lift = _keys("Keys of `exclusions` that count no more.")
    restore = _keys("Keys of lifted `exclusions` that count again.")
    revision = serializers.IntegerField(
        min_value=0,
        required=False,
        help_text="The change is rejected (409) if the text was edited after this revision.",
    )

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        """``{"edit": …, "revision": …}``"""
        revision = fields.pop("revision", None)
        added = {each["word"]: each["weight"] for each in fields.pop("add", [])}
        lists = {name: tuple(value) for name, value in fields.items() if name != "text"}
        return {"edit": Edit(text=fields.get("text"), add=added, **lists), "revision": revision}


class InterestsReplacement(StrictSerializer):
    """An answer of GET can be sent back; a word that is as it was stays as it was."""

    text = serializers.CharField(
        **TEXT, default="", help_text="The person's own words. Emptied if missing."
    )
    words = PutWord(
        many=True,
        default=list,
        help_text="The person's own words. Generated words are added automatically.",
    )
    unwanted = _words(MAX_UNWANTED, "Words that rank an item lower.")
    exclusions = PutExclusion(
        many=True,
        default=list,
        help_text="Those that were chosen, and those of `text` that are lifted. What `text` says "
        "and this list does not name counts.",
    )
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
            "exclusions": fields.get("exclusions", []),
            "revision": fields.get("revision"),
        }


def shown(row: InterestText) -> dict[str, Any]:
    return InterestsSerializer(row).data
