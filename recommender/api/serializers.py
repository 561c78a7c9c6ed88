"""The JSON of lists, training runs and model versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.language_codes import LanguageCodes
from catalog.api.validation import Number, StrictSerializer
from recommender.explanations.explanations import Share
from recommender.models import ModelVersion, TrainingRun

MOST_EXCLUDED = 100


class ListQuery(StrictSerializer):
    """What all lists take; both may be repeated: ``exclude=a&exclude=b``."""

    repeatable = ("exclude", "language")

    exclude = serializers.ListField(
        child=serializers.CharField(max_length=255),
        max_length=MOST_EXCLUDED,
        required=False,
        help_text="Your IDs of items to leave out, such as those of the basket. Repeat it for more "
        f"than one, at most {MOST_EXCLUDED}.",
    )
    language = LanguageCodes()


class RecommendationQuery(ListQuery):
    user_id = serializers.CharField(
        max_length=255, required=False, help_text="Missing or unknown: an anonymous list."
    )
    n = serializers.IntegerField(min_value=1, max_value=100, default=10)
    tail = Number(
        min_value=0,
        max_value=1,
        required=False,
        help_text="The tail dial. Higher values show less known items. "
        "Default: the person's setting, or the catalogue's.",
    )
    calibration = Number(
        min_value=0,
        max_value=1,
        required=False,
        help_text="How closely the list follows the mix of categories in the person's history. "
        "Default: the catalogue's setting, or the tuned value if that is higher.",
    )
    min_provider_share = Number(
        min_value=0,
        max_value=1,
        required=False,
        help_text="Share of positions reserved for providers whose share of people is smaller "
        "than their share of items. "
        "If missing or lower than the catalogue's setting, the catalogue's setting is used.",
    )
    category = serializers.CharField(
        max_length=500, required=False, help_text="Only this category and those below it."
    )
    only_tail = serializers.BooleanField(
        default=False, help_text="Leave out the 20 % best known items."
    )
    repeat = serializers.BooleanField(
        default=False,
        help_text="Whether items of repeatable kinds may come back, lower where they are not due.",
    )
    explain = serializers.BooleanField(
        default=False, help_text="Adds the contributions to each score, and the trace."
    )
    record = serializers.BooleanField(
        default=True, help_text="Whether the list will be shown. If so, impressions are stored."
    )


class SimilarQuery(ListQuery):
    user_id = serializers.CharField(
        max_length=255,
        required=False,
        help_text="The user whose negative feedback and hidden categories apply. Default: nobody.",
    )
    n = serializers.IntegerField(min_value=1, max_value=100, default=10)


class SimilarToQuery(SimilarQuery):
    item_id = serializers.CharField(max_length=255)


class ShareSerializer(serializers.Serializer):
    line = serializers.CharField()
    amount = serializers.FloatField(help_text="In score units.")
    percent = serializers.FloatField(
        help_text="Signed. The absolute percentages of one grouping sum to 100."
    )
    item_id = serializers.CharField(source="item.external_id", default=None, allow_null=True)
    word = serializers.CharField(allow_null=True)
    scorer = serializers.CharField(allow_null=True)

    def to_representation(self, share: Share) -> dict[str, Any]:
        """The fields by hand: an explained list has a thousand shares, which REST framework looks
        up field by field in ten times the time.
        """
        return {
            "line": str(share.line),
            "amount": float(share.amount),
            "percent": float(share.percent),
            "item_id": None if share.item is None else share.item.external_id,
            "word": share.word,
            "scorer": share.scorer,
        }


class ExplanationSerializer(serializers.Serializer):
    """Both groupings hold every part of the score once; the amounts of each sum to it."""

    score = serializers.FloatField()
    shares = ShareSerializer(many=True, help_text="By past item, by word, and the remainder.")
    by_scorer = ShareSerializer(many=True)


class RecommendedItemSerializer(serializers.Serializer):
    item_id = serializers.CharField(source="card.item.external_id")
    title = serializers.CharField(source="card.item.title")
    rank = serializers.IntegerField(help_text="1 is the best.")
    score = serializers.FloatField(
        source="card.score", help_text="Unbounded. Comparable within one list only."
    )
    sources = serializers.ListField(
        source="card.sources",
        child=serializers.CharField(),
        help_text="Candidate sources that found the item.",
    )
    language = serializers.CharField(source="card.item.language")
    price = serializers.FloatField(source="card.item.price", allow_null=True)
    currency = serializers.CharField(
        source="card.item.shown_currency", help_text="The item's, else the catalogue's."
    )
    image_url = serializers.CharField(source="card.item.image_url")
    group = serializers.CharField(
        source="card.item.group", help_text="This item stands for all variants with this text."
    )
    reason = serializers.CharField(source="card.reason")
    people = serializers.IntegerField(source="card.people", help_text="How many people chose it.")
    popularity_rank = serializers.FloatField(
        source="card.popularity_rank", help_text="0: best known … 1: least known."
    )
    predicted_stars = serializers.FloatField(
        source="card.predicted_stars",
        allow_null=True,
        help_text="The predicted rating. null if the person rated nothing "
        "or there is no data about the item.",
    )
    explanation = ExplanationSerializer(required=False)

    def to_representation(self, place: Mapping[str, Any]) -> dict[str, Any]:
        """The fields by hand, for the same reason as those of a share."""
        card, item = place["card"], place["card"].item
        stars = card.predicted_stars
        row: dict[str, Any] = {
            "item_id": item.external_id,
            "title": item.title,
            "rank": place["rank"],
            "score": float(card.score),
            "sources": list(card.sources),
            "language": item.language,
            "price": None if item.price is None else float(item.price),
            "currency": item.shown_currency,
            "image_url": item.image_url,
            "group": item.group,
            "reason": str(card.reason),
            "people": int(card.people),
            "popularity_rank": float(card.popularity_rank),
            "predicted_stars": None if stars is None else float(stars),
        }
        if "explanation" in place:
            row["explanation"] = self.fields["explanation"].to_representation(place["explanation"])
        return row


class StageSerializer(serializers.Serializer):
    stage = serializers.CharField()
    items_in = serializers.IntegerField()
    items_out = serializers.IntegerField()
    milliseconds = serializers.FloatField()
    figures = serializers.DictField(
        child=serializers.FloatField(),
        help_text="What the stage did, as far as it was asked to: places kept, and the divergence "
        "in nats from the person's own mix, each also as it would have been (`…_before`).",
    )


class ListSerializer(serializers.Serializer):
    version = serializers.IntegerField(
        allow_null=True, help_text="Number of the model version. null: no version is live."
    )
    fallback = serializers.CharField(
        allow_null=True,
        help_text="The fallback used if the person's history could not be used, otherwise null.",
    )
    other_languages = serializers.IntegerField(
        help_text="How many items at the end are in a language that the person does not read; "
        "they fill the list."
    )
    items = RecommendedItemSerializer(many=True)


class LeftOutSerializer(serializers.Serializer):
    kind = serializers.CharField(source="exclusion.kind", help_text="`without` or `only`.")
    words = serializers.CharField(source="exclusion.words")
    said = serializers.CharField(source="exclusion.said", help_text="The phrase that says so.")
    items = serializers.IntegerField(help_text="How many items it leaves out.")


class RecommendationsSerializer(ListSerializer):
    tail = serializers.FloatField(
        help_text="The tail dial that was used, within the catalogue's bounds."
    )
    left_out = LeftOutSerializer(
        many=True, help_text="What the person leaves out of all lists, and how many items that are."
    )
    trace = StageSerializer(many=True, required=False, help_text="With `explain` only.")


class TrainingRequest(StrictSerializer):
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    force = serializers.BooleanField(default=False, help_text="Train even without new data.")
    quick = serializers.BooleanField(
        default=False,
        help_text="First lists within seconds: typical weights, nothing is learnt or evaluated.",
    )


class WarningSerializer(serializers.Serializer):
    component = serializers.CharField(help_text="The part of the model that was left out.")
    reason = serializers.CharField(help_text="Why it failed.")


class TrainingRunSerializer(serializers.ModelSerializer):
    warnings = WarningSerializer(
        many=True, help_text="Parts of the model that failed; the others were trained."
    )
    version = serializers.SerializerMethodField(
        help_text="Number of the model version that the run produced."
    )

    class Meta:
        model = TrainingRun
        fields = (
            "id", "state", "trigger", "seed", "force", "quick", "stage", "fraction", "eta_seconds",
            "error", "warnings", "fingerprint", "seconds", "version", "created_at", "started_at",
            "finished_at",
        )  # fmt: skip

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_version(self, run: TrainingRun) -> int | None:
        version = getattr(run, "version", None)
        return version.number if version else None


class VersionSerializer(serializers.ModelSerializer):
    warnings = WarningSerializer(
        many=True, help_text="Parts of the model that failed; it was made of the others."
    )

    class Meta:
        model = ModelVersion
        fields: tuple[str, ...] = (
            "number", "state", "quick", "gate_passed", "gate_reason", "damage", "warnings",
            "metrics", "blend", "fingerprint", "created_at", "promoted_at",
        )  # fmt: skip


class VersionDetailSerializer(VersionSerializer):
    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "report")
