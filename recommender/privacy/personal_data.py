"""The personal data of the recommender, and what models still hold after an erasure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.dispatch import receiver
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.privacy.erasure import erased
from accounts.privacy.registry import (
    FileKind,
    PersonalDataKind,
    by,
    register,
    register_aftermath,
    register_files,
    register_leaving,
)
from catalog.models import Catalog, Profile
from catalog.privacy.personal_data import PROFILE, of_profile, page_of
from recommender.interests.interest_texts import message_key
from recommender.serving.live_models import live
from recommender.training import run_queries, stages


def register_personal_data() -> None:
    register(
        PersonalDataKind(
            "recommender.InterestText", PROFILE, "interests",
            gettext_lazy("Your interest text"),
            gettext_lazy(

                    "What you said you like, the words you pinned or muted, and what was derived "
                    "from them."

            ),
            of_profile, also={"model_version": "version__number"},
            address=page_of("recommender:interests"),
        ),
        PersonalDataKind(
            "recommender.HealthAnswers", PROFILE, "health_answers",
            gettext_lazy("Your health answers"),
            gettext_lazy(

                    "Used to sort the lists of a health catalogue. Stored only while you agree, "
                    "and you can delete them separately."

            ),
            of_profile, is_rare=True, address=page_of("recommender:interests"),
        ),
        PersonalDataKind(
            "recommender.Impression", PROFILE, "shown", gettext_lazy("What was shown to you"),
            gettext_lazy(

                    "Which item was shown where in which list. Used to measure whether less "
                    "known items are shown."

            ),
            of_profile,
            also={
                "item": "item__external_id",
                "title": "item__title",
                "model_version": "version__number",
            },
            days=lambda: settings.IMPRESSION_RETENTION_DAYS,
        ),
        PersonalDataKind(
            "recommender.TrainingRun", "accounts.User", "trainings",
            gettext_lazy("Training runs you requested"),
            gettext_lazy(
                "So that staff can see who requested them. After deletion, the runs stay without "
                "your name."
            ),
            by("requested_by"), fate="stay", is_rare=True,
        ),
    )  # fmt: skip
    register_files(
        FileKind(
            "stages",
            gettext_lazy(
                "What a running training has read and finished, so that it can go on after a "
                "kill. Deleted when the training is over, and when anybody of the catalogue is "
                "erased."
            ),
            stages.files_of,
        )
    )
    register_aftermath(in_models)
    register_leaving(what_leaves)


def what_leaves() -> Iterator[str]:
    """The external servers of the current settings that read words or typed texts."""
    if settings.LLM_URL:
        yield _(
            "The strongest words of your interests are sent to %(host)s, which writes a "
            "sentence from them. Your name is not sent."
        ) % {"host": urlsplit(settings.LLM_URL).netloc}
    if settings.TEXT_ENCODER.startswith(("http://", "https://")):
        yield _(
            "What you type is sent to %(host)s, which turns it into numbers. Your name is not sent."
        ) % {"host": urlsplit(settings.TEXT_ENCODER).netloc}


def in_models(place: str, erased_at: datetime) -> str:
    """Whether the live model was trained before an erasure, and when the next training comes."""
    catalog = Catalog.objects.filter(slug=place).first()
    model = live(catalog) if catalog is not None else None
    if model is None:
        return ""
    trained = run_queries.trained_from(model.version)
    if trained > erased_at:
        return _("The live model was trained after that, without this data.")
    due = run_queries.erasure_due(erased_at)
    past = _(
        "What you did before %(when)s is still part of the live model, as totals without your name."
    )
    past %= {"when": _moment(trained)}
    # Not inside an f-string: makemessages does not find texts there.
    when = _("The next training run leaves it out.")
    if due is not None:
        when = _("The next model is trained without it, by %(when)s at the latest.") % {
            "when": _moment(due)
        }
    return f"{past} {when}"


def _moment(when: datetime) -> str:
    return date_format(localtime(when), "SHORT_DATETIME_FORMAT")


@receiver(erased, sender=Profile)
def forget_waiting_message(*, pk: int, **_signal: Any) -> None:
    cache.delete(message_key(pk))
