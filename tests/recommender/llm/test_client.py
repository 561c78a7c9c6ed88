from __future__ import annotations

import socket
import threading

import pytest

from recommender.llm.client import Client, Costs, Endpoint, LlmError, OutOfBudgetError
from tests.recommender.llm.servers import message, serving

ASKED = [{"role": "user", "content": "Say tea."}]


def client(url, waits=None, costs=None, **endpoint):
    return Client(Endpoint(url, "small", **endpoint), costs, wait=(waits if waits is not None else []).append)


def test_a_chat_sends_model_key_and_messages_and_counts_what_it_cost():
    with serving(lambda *_: (200, message("Tea.", prompt_tokens=12, completion_tokens=3))) as server:
        asking = client(server.url, api_key="secret")
        assert asking.chat(ASKED, max_tokens=9) == "Tea."
    [(path, headers, body)] = server.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert body == {"model": "small", "messages": ASKED, "max_tokens": 9, "temperature": 0.0, "seed": 0}
    assert (asking.costs.requests, asking.costs.prompt_tokens, asking.costs.completion_tokens) == (1, 12, 3)


def test_a_busy_server_is_asked_again_later_and_later():
    waits = []
    with serving(lambda _p, _b, before: (503, {}) if before < 2 else (200, message("Tea."))) as server:
        asking = client(server.url, waits)
        assert asking.chat(ASKED, max_tokens=9) == "Tea."
    assert waits == [0.5, 1.0]
    assert asking.costs.retries == 2
    assert asking.costs.tokens > 0


def test_it_waits_as_long_as_the_server_asks_but_not_for_ever():
    waits = []
    with serving(lambda *_: (429, {}, {"Retry-After": "3600"})) as server, pytest.raises(LlmError, match="answers 429"):
        client(server.url, waits, retries=1).chat(ASKED, max_tokens=9)
    assert waits == [8.0]
    assert len(server.asked) == 2


def test_a_refusal_is_not_asked_again_and_says_what_the_server_said():
    with serving(lambda *_: (401, {"error": "bad key"})) as server, pytest.raises(LlmError, match="bad key"):
        client(server.url).chat(ASKED, max_tokens=9)
    assert len(server.asked) == 1


def test_a_redirect_is_not_followed_for_the_key_would_go_with_it():
    answer = (302, {}, {"Location": "http://127.0.0.1:9/v1/chat/completions"})
    with serving(lambda *_: answer) as server, pytest.raises(LlmError, match="answers 302"):
        client(server.url, api_key="secret").chat(ASKED, max_tokens=9)


@pytest.mark.parametrize("said", [b"<html>", [], {}, {"choices": []}, {"choices": [{"message": None}]}])
def test_an_answer_without_a_message_is_an_error_that_names_the_address(said):
    with serving(lambda *_: (200, said)) as server, pytest.raises(LlmError, match="/v1/chat/completions"):
        client(server.url).chat(ASKED, max_tokens=9)
    assert len(server.asked) == 1


def test_nobody_there_is_an_error_after_the_last_retry():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    waits = []
    with pytest.raises(LlmError, match="refused"):
        client(url, waits, retries=2).chat(ASKED, max_tokens=9)
    assert len(waits) == 2


def test_a_server_that_never_answers_is_given_up_after_the_timeout():
    release = threading.Event()

    def never(*_):
        release.wait(5)
        return 200, message("late")

    with serving(never) as server:
        with pytest.raises(LlmError, match="timed out"):
            client(server.url, timeout=0.05, retries=0).chat(ASKED, max_tokens=9)
        release.set()


def test_nothing_is_asked_once_the_budget_is_spent():
    with serving(lambda *_: (200, message("Tea.", prompt_tokens=12, completion_tokens=3))) as server:
        asking = client(server.url, costs=Costs(most_tokens=15))
        asking.chat(ASKED, max_tokens=9)
        with pytest.raises(OutOfBudgetError, match="15 of 15"):
            asking.chat(ASKED, max_tokens=9)
    assert len(server.asked) == 1


def test_a_line_that_breaks_is_tried_again():
    answers = iter([(200, b"{", {"Content-Length": "5000"}), (200, message("Tea."))])
    with serving(lambda *_: next(answers)) as server:
        assert client(server.url, timeout=2).chat(ASKED, max_tokens=9) == "Tea."
