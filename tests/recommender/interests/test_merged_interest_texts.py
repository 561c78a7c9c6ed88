"""Two profiles of one person become one text."""

from __future__ import annotations

import pytest

from catalog.models import Profile
from catalog.profiles import request_profile
from catalog.profiles.services import merge_profiles
from recommender.interests import interest_texts
from recommender.models import InterestText
from tests.factories import make_user
from tests.recommender.interests.helpers import edit, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(things, interest):
    """Eight mugs and eight towels, with a live version."""
    return things


class TestMerging:
    @pytest.fixture
    def visit(self, catalog, items) -> Profile:
        return Profile.objects.create(catalog=catalog)

    def merge(self, source, target) -> InterestText:
        merge_profiles(source=source, target=target)
        return interest_texts.current_interest_text(profile=target)

    def test_a_visits_text_becomes_the_accounts(self, visit, ann):
        edit(visit, text="typed before signing in", add={"wool": None})
        row = self.merge(visit, ann)
        assert (row.profile, row.text) == (ann, "typed before signing in")
        assert "wool" in words(row)
        assert InterestText.objects.count() == 1

    def test_the_accounts_text_wins_and_nothing_else_is_lost(self, visit, ann):
        edit(visit, text="visit", add={"wool": None}, mute=("silk",))
        edit(ann, text="account", add={"silk": None}, mute=("lamp",))
        row = self.merge(visit, ann)
        assert row.text == "account"
        assert {"wool", "silk"} <= set(words(row))
        assert row.unwanted == ["lamp"]
        assert InterestText.objects.count() == 1

    def test_a_visit_without_a_text_changes_nothing(self, visit, ann):
        edit(ann, text="account")
        assert self.merge(visit, ann).text == "account"

    def test_signing_in_brings_the_text_along(self, catalog, items, client, rf):
        visit = Profile.objects.create(catalog=catalog)
        edit(visit, text="typed")
        user = make_user()
        request = rf.get("/")
        request.session = {request_profile.SESSION_KEY: {str(catalog.pk): visit.pk}}
        request_profile.claim_session_profiles(None, request, user)
        assert InterestText.objects.get().profile.user == user
