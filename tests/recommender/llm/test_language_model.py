from __future__ import annotations

from datetime import date

import pytest
from django.core.cache.backends.locmem import LocMemCache

from recommender.llm.budget import DailyCosts
from recommender.llm.client import Client, Endpoint
from recommender.llm.language_model import LanguageModel
from tests.recommender.llm.servers import message, serving

ASKED = [{"role": "user", "content": "hello"}]


@pytest.fixture
def memory(request) -> LocMemCache:
    cache = LocMemCache(request.node.name, {})
    cache.clear()
    return cache


def model(
    url: str, memory, tokens: int = 1000, today=lambda: date(2026, 5, 1), name: str = "m"
) -> LanguageModel:
    endpoint = Endpoint(url, name, timeout=0.3, retries=0)
    return LanguageModel(
        Client(endpoint, DailyCosts(memory, tokens, today), wait=lambda seconds: None), memory
    )


def test_an_answer_is_asked_for_once_in_any_process(memory):
    with serving(lambda path, body, before: (200, message(f"answer {before}"))) as server:
        assert model(server.url, memory).ask(ASKED, max_tokens=9) == "answer 0"
        assert model(server.url, memory).ask(ASKED, max_tokens=9) == "answer 0"
        assert (
            model(server.url, memory).ask([{"role": "user", "content": "other"}], max_tokens=9)
            == "answer 1"
        )
        assert model(server.url, memory, name="n").ask(ASKED, max_tokens=9) == "answer 2"
        assert model(server.url, memory, name="n").ask(ASKED, max_tokens=10) == "answer 3"
    assert [body["model"] for _path, _headers, body in server.asked] == ["m", "m", "n", "n"]


def test_what_all_processes_spend_in_a_day_is_capped(memory):
    day = [date(2026, 5, 1)]

    def ask(text: str) -> str | None:
        asked = [{"role": "user", "content": text}]
        return model(server.url, memory, tokens=100, today=lambda: day[0]).ask(asked, max_tokens=9)

    with serving(
        lambda path, body, before: (200, message("yes", prompt_tokens=40, completion_tokens=20))
    ) as server:
        assert [ask("a"), ask("b"), ask("c")] == ["yes", "yes", None]
        assert ask("a") == "yes"  # cached answers cost nothing
        memory.clear()
        assert ask("a") == "yes"
        day[0] = date(2026, 5, 2)
        assert ask("d") == "yes"


def test_nothing_may_be_spent_with_a_budget_of_nothing(memory):
    with serving(lambda path, body, before: (200, message("yes"))) as server:
        assert model(server.url, memory, tokens=0).ask(ASKED, max_tokens=9) is None
    assert server.asked == []


@pytest.mark.parametrize(
    "answer", [(500, {}), (400, {}), (200, b"no json"), (200, {"choices": []})]
)
def test_a_server_that_fails_is_silence_and_is_left_alone_for_a_while(memory, answer):
    with serving(lambda path, body, before: answer) as server:
        assert model(server.url, memory).ask(ASKED, max_tokens=9) is None
        assert model(server.url, memory).ask(ASKED, max_tokens=9) is None
        assert model(server.url, memory).is_resting
    assert len(server.asked) == 1


def test_no_server_at_all_is_silence(memory):
    assert model("http://127.0.0.1:1/v1", memory).ask(ASKED, max_tokens=9) is None


def test_a_server_that_never_answers_costs_the_timeout_and_no_more(memory):
    import threading
    import time

    done = threading.Event()

    def wait(path, body, before):
        done.wait(5)
        return 200, message("late")

    with serving(wait) as server:
        began = time.monotonic()
        assert model(server.url, memory).ask(ASKED, max_tokens=9) is None
        assert time.monotonic() - began < 2
        done.set()
