"""The JSON of lists, training runs and model versions."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.validation import Number, StrictSerializer
from recommender.models import ModelVersion, TrainingRun


class RecommendationQuery(StrictSerializer):
    user_id = serializers.CharField(
        max_length=255, required=False, help_text="Left out or unknown: an anonymous list."
    )
    n = serializers.IntegerField(min_value=1, max_value=100, default=10)
    tail = Number(
        min_value=0,
        max_value=1,
        required=False,
        help_text="The dial: more means less known items. Left out: the person's own, else the "
        "catalogue's.",
    )
    calibration = Number(
        min_value=0,
        max_value=1,
        required=False,
        help_text="How closely the list follows the mix of categories in the person's history. "
        "Left out: the catalogue's, or what tuning found if that is more.",
    )
    min_provider_share = Number(
        min_value=0,
        max_value=1,
        required=False,
        help_text="Share of the places for providers who have less of the people than of the "
        "items. Left out, or less than the catalogue's: the catalogue's.",
    )
    category = serializers.CharField(
        max_length=200, required=False, help_text="Only this category."
    )
    only_tail = serializers.BooleanField(
        default=False, help_text="Leave out the 20 % best known items."
    )
    explain = serializers.BooleanField(
        default=False, help_text="With what each score is made of, and the trace."
    )
    record = serializers.BooleanField(
        default=True, help_text="Whether the list is shown: writes impressions."
    )


class SimilarQuery(StrictSerializer):
    user_id = serializers.CharField(
        max_length=255,
        required=False,
        help_text="Whose refusals and hidden categories count; left out: nobody's.",
    )
    n = serializers.IntegerField(min_value=1, max_value=100, default=10)


class SimilarToQuery(SimilarQuery):
    item_id = serializers.CharField(max_length=255)


class ShareSerializer(serializers.Serializer):
    line = serializers.CharField()
    amount = serializers.FloatField(help_text="In score units.")
    percent = serializers.FloatField(
        help_text="Signed; the absolute percents of one grouping add up to 100."
    )
    item_id = serializers.CharField(source="item.external_id", default=None, allow_null=True)
    word = serializers.CharField(allow_null=True)
    scorer = serializers.CharField(allow_null=True)


class ExplanationSerializer(serializers.Serializer):
    """Both groupings hold every part of the score once; the amounts of each sum to it."""

    score = serializers.FloatField()
    shares = ShareSerializer(many=True, help_text="By past item, by word, and the rest.")
    by_scorer = ShareSerializer(many=True)


class RecommendedItemSerializer(serializers.Serializer):
    item_id = serializers.CharField(source="card.item.external_id")
    title = serializers.CharField(source="card.item.title")
    rank = serializers.IntegerField(help_text="1 is the best.")
    score = serializers.FloatField(
        source="card.score", help_text="Unbounded; comparable within one list only."
    )
    sources = serializers.ListField(
        source="card.sources",
        child=serializers.CharField(),
        help_text="What brought the item into the choice.",
    )
    reason = serializers.CharField(source="card.reason")
    people = serializers.IntegerField(source="card.people", help_text="How many people chose it.")
    popularity_rank = serializers.FloatField(
        source="card.popularity_rank", help_text="0: best known … 1: least known."
    )
    predicted_stars = serializers.FloatField(
        source="card.predicted_stars",
        allow_null=True,
        help_text="What the person would give it; null where they rated nothing, or nothing is "
        "known of the item.",
    )
    explanation = ExplanationSerializer(required=False)


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
        allow_null=True, help_text="The model version's number; null: none is live."
    )
    fallback = serializers.CharField(
        allow_null=True,
        help_text="The path taken where the person's history could not serve, else null.",
    )
    items = RecommendedItemSerializer(many=True)


class RecommendationsSerializer(ListSerializer):
    tail = serializers.FloatField(
        help_text="The dial that was used, within the catalogue's bounds."
    )
    trace = StageSerializer(many=True, required=False, help_text="With `explain` only.")


class TrainingRequest(StrictSerializer):
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    force = serializers.BooleanField(default=False, help_text="Train even if nothing is new.")


class TrainingRunSerializer(serializers.ModelSerializer):
    version = serializers.SerializerMethodField(
        help_text="The number of the version that it produced."
    )

    class Meta:
        model = TrainingRun
        fields = (
            "id", "state", "trigger", "seed", "force", "stage", "fraction", "eta_seconds", "error",
            "fingerprint", "seconds", "version", "created_at", "started_at", "finished_at",
        )  # fmt: skip

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_version(self, run: TrainingRun) -> int | None:
        version = getattr(run, "version", None)
        return version.number if version else None


class VersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ModelVersion
        fields: tuple[str, ...] = (
            "number", "state", "gate_passed", "gate_reason", "damage", "metrics", "blend",
            "fingerprint", "created_at", "promoted_at",
        )  # fmt: skip


class VersionDetailSerializer(VersionSerializer):
    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "report")
