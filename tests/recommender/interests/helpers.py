"""Edits interest texts and reads their words."""

from __future__ import annotations

from recommender.interests import interest_texts
from recommender.models import InterestText
from recommender.preferences.interests import Edit


def edit(profile, **changes) -> InterestText:
    return interest_texts.edit_interest_text(profile=profile, edit=Edit(**changes))


def words(row: InterestText) -> dict[str, float]:
    return {word.word: word.weight for word in row.interests.words}
