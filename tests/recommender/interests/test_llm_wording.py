"""The optional language model against a local server, from the task to the stored text."""

from __future__ import annotations

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Item
from recommender.interests import interest_texts
from recommender.interests.llm_wording import language_model
from recommender.models import BlockedWord, InterestText, ItemEnrichment
from recommender.preferences.interests import Edit
from recommender.training import datasets
from tests.factories import make_interaction, make_item, make_profile
from tests.recommender.llm.servers import message, serving

pytestmark = pytest.mark.django_db

GOOD = "Warm wool, and silk for scarves."


@pytest.fixture
def answers(settings):
    """A server that answers ``said``."""
    said = [GOOD]
    with serving(lambda path, body, before: (200, message(said[-1], prompt_tokens=30))) as server:
        settings.LLM_URL, settings.LLM_MODEL, settings.LLM_API_KEY = server.url, "tiny", "secret"
        server.said = said
        yield server


def edit(profile, capture, **changes) -> InterestText:
    with capture(execute=True):
        interest_texts.edit_interest_text(profile=profile, edit=Edit(**changes))
    return InterestText.objects.get(profile=profile)


@pytest.mark.usefixtures("tasks_in_place")
class TestWording:
    def test_the_sentence_is_worded_after_the_text_was_written(
        self, answers, profile, django_capture_on_commit_callbacks
    ):
        row = edit(
            profile,
            django_capture_on_commit_callbacks,
            text="private",
            add={"wool": None, "silk": None},
        )
        assert (row.sentence, row.worded_by) == (GOOD, "tiny")
        path, headers, body = answers.asked[0]
        assert path == "/v1/chat/completions"
        assert headers["Authorization"] == "Bearer secret"
        assert (body["model"], body["temperature"]) == ("tiny", 0.0)

    def test_only_words_leave_the_house(self, answers, profile, django_capture_on_commit_callbacks):
        edit(
            profile,
            django_capture_on_commit_callbacks,
            text="private",
            add={"wool": None},
            mute=("clock",),
        )
        sent = str([body for _path, _headers, body in answers.asked])
        assert "wool" in sent
        assert "private" not in sent
        assert "clock" not in sent
        assert "ann" not in sent

    def test_new_words_get_a_new_sentence_and_unchanged_ones_do_not(
        self, answers, profile, django_capture_on_commit_callbacks
    ):
        edit(profile, django_capture_on_commit_callbacks, add={"wool": None, "silk": None})
        same = edit(profile, django_capture_on_commit_callbacks, text="typed")
        assert (same.sentence, len(answers.asked)) == (GOOD, 1)
        answers.said.append("Wool, silk and linen.")
        assert (
            edit(profile, django_capture_on_commit_callbacks, add={"linen": None}).sentence
            == "Wool, silk and linen."
        )

    @pytest.mark.parametrize("bad", ["You love wool and silk!", "Something else altogether."])
    def test_a_sentence_that_cannot_be_shown_leaves_the_catalogues_own(
        self, answers, profile, bad, django_capture_on_commit_callbacks
    ):
        answers.said.append(bad)
        row = edit(profile, django_capture_on_commit_callbacks, add={"wool": None, "silk": None})
        assert row.worded_by == ""
        assert "wool" in row.sentence.lower()

    def test_blocked_and_muted_words_are_not_let_in_by_it(
        self, answers, profile, django_capture_on_commit_callbacks
    ):
        BlockedWord.objects.create(catalog=profile.catalog, word="gown")
        answers.said.append("Wool, silk and gowns.")
        assert not edit(
            profile, django_capture_on_commit_callbacks, add={"wool": None, "silk": None}
        ).worded_by
        answers.said.append("Wool, linen and clocks.")
        row = edit(
            profile,
            django_capture_on_commit_callbacks,
            add={"linen": None},
            delete=("silk",),
            mute=("clock",),
        )
        assert not row.worded_by

    def test_an_unavailable_server_breaks_no_page(
        self, settings, profile, django_capture_on_commit_callbacks
    ):
        settings.LLM_URL = "http://127.0.0.1:1/v1"
        row = edit(profile, django_capture_on_commit_callbacks, add={"wool": None})
        assert (row.worded_by, "wool" in row.sentence.lower()) == ("", True)

    def test_a_late_sentence_does_not_meet_a_newer_text(self, answers, profile):
        row = interest_texts.edit_interest_text(
            profile=profile, edit=Edit(add={"wool": None, "silk": None})
        )
        interest_texts.edit_interest_text(profile=profile, edit=Edit(add={"linen": None}))
        assert not interest_texts.word_interest_text(
            text_id=row.pk, basis=row.basis, sentence="late", worded_by="m"
        )
        assert InterestText.objects.get().sentence != "late"

    def test_it_is_off_unless_it_is_set_up(
        self, settings, profile, django_capture_on_commit_callbacks
    ):
        assert settings.LLM_URL == ""
        assert language_model() is None
        with django_capture_on_commit_callbacks() as sent:
            interest_texts.edit_interest_text(profile=profile, edit=Edit(add={"wool": None}))
        assert sent == []


class TestEnrichment:
    @pytest.fixture(autouse=True)
    def names(self, answers) -> None:
        answers.said.append("weaving, yarn")

    def enrich(self, catalog, **options) -> str:
        out = StringIO()
        call_command("enrich_items", catalog.slug, stdout=out, **options)
        return out.getvalue()

    def test_items_of_few_words_are_enriched_the_least_known_first(self, catalog, items, answers):
        make_interaction(make_profile(catalog), items[0])
        make_item(catalog, title="Long", description="x" * 200)
        make_item(catalog, title="Gone", available=False)
        assert "2 items enriched" in self.enrich(catalog, limit=2)
        assert {row.item for row in ItemEnrichment.objects.all()} == set(items[1:3])
        self.enrich(catalog)
        assert {row.item for row in ItemEnrichment.objects.all()} == set(items)
        row = ItemEnrichment.objects.get(item=items[0])
        assert (row.text, row.model) == ("weaving, yarn", "tiny")

    def test_an_item_is_asked_about_again_only_after_it_changed(self, catalog, items, answers):
        self.enrich(catalog)
        assert len(answers.asked) == len(items)
        self.enrich(catalog)
        assert len(answers.asked) == len(items)
        Item.objects.filter(pk=items[0].pk).update(title="Loom")
        self.enrich(catalog)
        assert len(answers.asked) == len(items) + 1

    def test_trainings_read_it_after_the_description_and_know_that_something_is_new(
        self, catalog, items
    ):
        before = datasets.load(catalog)
        self.enrich(catalog, limit=1)
        after = datasets.load(catalog)
        assert "weaving, yarn" in "".join(after.dataset.items.descriptions)
        assert before.fingerprint != after.fingerprint

    def test_it_stops_where_the_model_stops_answering(self, catalog, items, settings):
        settings.LLM_DAILY_TOKENS = 50
        with pytest.raises(CommandError, match="stopped answering"):
            self.enrich(catalog)
        assert ItemEnrichment.objects.count() == 2

    def test_without_a_model_the_command_says_what_to_set(self, catalog, settings):
        settings.LLM_URL = ""
        with pytest.raises(CommandError, match="LLM_URL is not set"):
            self.enrich(catalog)


@pytest.mark.services
@pytest.mark.skipif(
    "LONGTAIL_LLM_URL" not in os.environ,
    reason="LONGTAIL_LLM_URL names no server (deploy/llm_server)",
)
class TestARealServer:
    """Needs a server, see deploy/llm_server."""

    @pytest.fixture(autouse=True)
    def real(self, settings) -> None:
        settings.LLM_URL = os.environ["LONGTAIL_LLM_URL"]
        settings.LLM_MODEL = os.environ.get("LONGTAIL_LLM_MODEL", "smollm2")
        settings.LLM_TIMEOUT = 60

    def test_it_answers_and_its_cost_is_counted(self):
        model = language_model()
        answer = model.ask([{"role": "user", "content": "Say one word."}], max_tokens=8)
        assert answer
        assert model.client.costs.completion_tokens > 0

    def test_a_sentence_is_worded_or_the_catalogues_own_stays(
        self, profile, django_capture_on_commit_callbacks
    ):
        row = edit(
            profile,
            django_capture_on_commit_callbacks,
            add={"garden": None, "rose": None, "tea": None},
        )
        assert row.sentence
        assert row.worded_by in ("", settings_model())

    def test_items_are_enriched(self, catalog, items):
        call_command("enrich_items", catalog.slug, limit=2)
        assert ItemEnrichment.objects.count() == 2


def settings_model() -> str:
    return os.environ.get("LONGTAIL_LLM_MODEL", "smollm2")
