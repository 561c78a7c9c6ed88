"""The API of health answers: with the person's consent only, and erased with it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.profiles import ProfilePart
from catalog.api.schema import MAY_MAKE_PERSON, id_parameter
from catalog.api.validation import StrictSerializer
from catalog.models import Catalog, Profile
from recommender.models.interest_words import MAX_TEXT
from recommender.preferences import health_answers, selectors
from recommender.preferences.health_questions import OWN_WORDS, QUESTIONS, Question


def _field(question: Question) -> serializers.Field:
    help_text = str(question.label)
    keys = [(option.key, option.key) for option in question.options]
    if not question.is_multiple:
        return serializers.ChoiceField(
            choices=keys, required=False, allow_blank=True, help_text=help_text
        )
    several = serializers.ChoiceField(choices=keys)
    return serializers.ListField(
        child=several, max_length=len(keys), required=False, help_text=help_text
    )


class AnswersSerializer(StrictSerializer):
    """By question, whatever the person wants to answer."""

    def get_fields(self) -> dict[str, serializers.Field]:
        own = serializers.CharField(
            max_length=MAX_TEXT,
            required=False,
            allow_blank=True,
            help_text="In the person's own words.",
        )
        return {**{question.key: _field(question) for question in QUESTIONS}, OWN_WORDS: own}


class HealthAnswersBody(StrictSerializer):
    consent = serializers.BooleanField(
        required=False,
        help_text="true: the person has just agreed to `consent_text`.",
    )
    answers = AnswersSerializer(help_text="All answers. A missing question counts as not answered.")


class HealthAnswersSerializer(serializers.Serializer):
    user_id = serializers.CharField()
    consent = serializers.BooleanField(
        help_text="Whether the person agrees to the current wording."
    )
    consent_text = serializers.CharField(
        help_text="The text a person agrees to, in the language of Accept-Language."
    )
    answers = AnswersSerializer()
    changed_at = serializers.DateTimeField(allow_null=True)


BODY_EXAMPLE = OpenApiExample("with consent", request_only=True, value={
    "consent": True,
    "answers": {"goals": ["supple"], "level": "new", "time": "10", "foods": ["no-nuts"],
                "words": "a quiet evening"},
})  # fmt: skip
REJECTED_EXAMPLE = OpenApiExample("without consent", response_only=True, status_codes=["403"],
                                  value={
    "code": "consent_needed",
    "message": "Health answers are stored only if you agree.",
    "details": {"consent": "I agree that my health answers …", "version": "2"},
})  # fmt: skip
NEEDS_CONSENT = OpenApiResponse(
    {"$ref": "#/components/schemas/Error"},
    description="The key belongs to a different catalogue or is read-only. "
    "`consent_needed`: the person has not agreed.",
)


@extend_schema(tags=["profiles"], parameters=[id_parameter("user_id")])
class HealthAnswersOfPerson(ProfilePart):
    """Of health catalogues only."""

    needs: ClassVar = {
        "GET": "recommender.view_healthanswers",
        "PUT": "recommender.change_healthanswers",
        "DELETE": "recommender.delete_healthanswers",
    }
    part = "health-answers"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.catalog.domain != Catalog.Domain.HEALTH:
            raise Http404(
                _("“%(name)s” is not a health catalogue. It has no health questions.")
                % {"name": self.catalog}
            )

    @extend_schema(operation_id="health_answers_retrieve", responses=HealthAnswersSerializer)
    def get(self, request: Request, slug: str, user_id: str) -> Response:
        """What the person answered, whether they agree, and the wording to show before they do."""
        return self._shown(self.profile(user_id))

    @extend_schema(
        operation_id="health_answers_replace",
        extensions=MAY_MAKE_PERSON,
        request=HealthAnswersBody,
        responses={200: HealthAnswersSerializer, 403: NEEDS_CONSENT},
        examples=[BODY_EXAMPLE, REJECTED_EXAMPLE],
    )
    def put(self, request: Request, slug: str, user_id: str) -> Response:
        """Store the answers in place of those before; the next list is made with them, no training
        reads them.

        Only with the person's consent, given before or with `"consent": true` in the same call; an
        unknown `user_id` makes a new profile. A refusal shows the wording to agree to.
        """
        cleaned = self.body(HealthAnswersBody)
        with transaction.atomic():
            profile = self.profile_made(user_id)
            self._note_consent(profile, cleaned.get("consent"))
            answers = {**dict.fromkeys(AnswersSerializer().fields, ""), **cleaned["answers"]}
            health_answers.save_health_answers(profile=profile, answers=answers)
        return self._shown(profile)

    @extend_schema(operation_id="health_answers_delete", responses={204: None})
    def delete(self, request: Request, slug: str, user_id: str) -> Response:
        """Erase the answers, and with them the consent."""
        health_answers.erase_health_answers(profile=self.profile(user_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _note_consent(self, profile: Profile, consent: bool | None) -> None:
        """``False`` stores nothing, even if the person agreed before."""
        if consent is False:
            raise health_answers.consent_needed()
        if consent:
            health_answers.agree(profile=profile)

    def _shown(self, profile: Profile) -> Response:
        row = selectors.health_answers(profile, self.catalog)
        answer = {
            "user_id": profile.external_id,
            "consent": health_answers.agrees(profile),
            "consent_text": health_answers.CONSENT.text,
            "answers": row.answers if row else {},
            "changed_at": row.changed_at if row else None,
        }
        return Response(HealthAnswersSerializer(answer).data)
