"""What people say about themselves, and what is written about their interests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models import Catalog, Profile
from recommender.models.interest_words import (
    MAX_TEXT,
    MAX_WORD,
    Interests,
    Word,
    exclusion_of,
    folded,
)


class InterestText(models.Model):
    """A person's interest in words, some generated and some their own.

    Read ``words`` and ``unwanted`` through ``interests``. A write compares ``revision`` and
    ``basis`` with what it read, so that it overwrites neither an edit nor a newer text.
    """

    profile = models.OneToOneField(
        Profile, models.CASCADE, related_name="interest_text", verbose_name=_("profile")
    )
    text = models.TextField(
        _("typed text"),
        max_length=MAX_TEXT,
        blank=True,
        help_text=_("The person’s own words, or answers from a questionnaire."),
    )
    words = models.JSONField(
        _("words"),
        default=list,
        help_text=_(
            "Each with its weight, 0 to 1, and whether the person pinned, added or changed it."
        ),
    )
    unwanted = models.JSONField(_("muted words"), default=list)
    lifted = models.JSONField(
        _("lifted exclusions"),
        default=list,
        blank=True,
        help_text=_("What the typed text leaves out and the person let in again."),
    )
    exclusions = models.JSONField(
        _("own exclusions"),
        default=list,
        blank=True,
        help_text=_("What the person left out beside the typed text: kind and words."),
    )
    sentence = models.TextField(_("sentence"), blank=True)
    sentences = models.JSONField(
        _("sentences"),
        default=dict,
        blank=True,
        help_text=_("By language of the pages."),
    )
    language = models.CharField(_("language"), max_length=10, choices=Catalog.Language)
    worded_by = models.CharField(
        _("worded by"),
        max_length=200,
        blank=True,
        help_text=_("The external language model. Empty: none."),
    )
    version = models.ForeignKey(
        "recommender.ModelVersion",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("model version"),
    )
    revision = models.PositiveIntegerField(_("edits"), default=0)
    basis = models.CharField(
        _("source fingerprint"),
        max_length=64,
        blank=True,
        help_text=_("Fingerprint of the history, the version and the edits."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    refreshed_at = models.DateTimeField(_("written"), null=True, blank=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)

    class Meta:
        verbose_name = _("interest text")
        verbose_name_plural = _("interest texts")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["refreshed_at"], name="interest_text_refreshed")]

    def __str__(self) -> str:
        return self.sentence or self.text or f"#{self.pk}"

    @property
    def interests(self) -> Interests:
        return Interests(
            self.text,
            tuple(map(Word.of, self.words)),
            tuple(self.unwanted),
            tuple(self.lifted),
            tuple(map(exclusion_of, self.exclusions)),
        )

    @property
    def is_edited(self) -> bool:
        return self.interests.is_edited

    @property
    def page_language(self) -> str:
        """The language of ``page_sentence``: the page's, if there is a sentence in it."""
        language = get_language() or self.language
        return language if language in self.sentences else self.language

    @property
    def page_sentence(self) -> str:
        """The sentence for the page's language; one that a language model worded is in its own."""
        if self.page_language == self.language:
            return self.sentence
        return str(self.sentences[self.page_language])


class HealthAnswers(models.Model):
    """A person's answers about their health, stored apart from everything else.

    The row exists only with the person's consent, and the admin does not show it. See
    `recommender.preferences.health_answers`.
    """

    profile = models.OneToOneField(
        Profile, models.CASCADE, related_name="health_answers", verbose_name=_("profile")
    )
    answers = models.JSONField(_("answers"), default=dict)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("health answers")
        verbose_name_plural = _("health answers")

    def __str__(self) -> str:
        return f"#{self.pk}"


class BlockedWord(models.Model):
    """A word that no interest text of a catalogue may contain, alone or in a longer name."""

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="blocked_words", verbose_name=_("catalogue")
    )
    word = models.CharField(_("word"), max_length=MAX_WORD)

    class Meta:
        verbose_name = _("blocked word")
        verbose_name_plural = _("blocked words")
        ordering: ClassVar = ["word"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog", "word"], name="one_blocked_word_per_catalog"
            ),
            models.CheckConstraint(condition=~Q(word=""), name="blocked_word_not_empty"),
        ]

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        self.word = folded(self.word)
