from __future__ import annotations

import socket
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from recommender.llm import http
from recommender.llm.client import Client, Costs, Endpoint
from recommender.llm.errors import LlmError, OutOfBudgetError
from tests.recommender.llm.servers import message, serving

ASKED = [{"role": "user", "content": "Say tea."}]


def client(url, waits=None, costs=None, **endpoint):
    return Client(
        Endpoint(url, "small", **endpoint), costs, wait=(waits if waits is not None else []).append
    )


def test_a_chat_sends_model_key_and_messages_and_counts_what_it_cost():
    with serving(
        lambda *_: (200, message("Tea.", prompt_tokens=12, completion_tokens=3))
    ) as server:
        asking = client(server.url, api_key="secret")
        assert asking.chat(ASKED, max_tokens=9) == "Tea."
    [(path, headers, body)] = server.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert body == {
        "model": "small",
        "messages": ASKED,
        "max_tokens": 9,
        "temperature": 0.0,
        "seed": 0,
    }
    assert (asking.costs.requests, asking.costs.prompt_tokens, asking.costs.completion_tokens) == (
        1,
        12,
        3,
    )


def test_a_busy_server_is_asked_again_later_and_later():
    waits = []
    with serving(
        lambda _p, _b, before: (503, {}) if before < 2 else (200, message("Tea."))
    ) as server:
        asking = client(server.url, waits)
        assert asking.chat(ASKED, max_tokens=9) == "Tea."
    assert waits == [0.5, 1.0]
    assert asking.costs.retries == 2
    assert asking.costs.tokens > 0


def test_it_waits_as_long_as_the_server_asks_but_not_for_ever():
    waits = []
    with (
        serving(lambda *_: (429, {}, {"Retry-After": "3600"})) as server,
        pytest.raises(LlmError, match="answers 429"),
    ):
        client(server.url, waits, retries=1).chat(ASKED, max_tokens=9)
    assert waits == [8.0]
    assert len(server.asked) == 2


def test_a_client_error_is_not_retried_and_repeats_the_servers_reason():
    with (
        serving(lambda *_: (401, {"error": "bad key"})) as server,
        pytest.raises(LlmError, match="bad key"),
    ):
        client(server.url).chat(ASKED, max_tokens=9)
    assert len(server.asked) == 1


def test_a_redirect_is_not_followed_for_the_key_would_go_with_it():
    answer = (302, {}, {"Location": "http://127.0.0.1:9/v1/chat/completions"})
    with serving(lambda *_: answer) as server, pytest.raises(LlmError, match="answers 302"):
        client(server.url, api_key="secret").chat(ASKED, max_tokens=9)


@pytest.mark.parametrize(
    "said", [b"<html>", [], {}, {"choices": []}, {"choices": [{"message": None}]}]
)
def test_an_answer_without_a_message_is_an_error_that_names_the_address(said):
    with (
        serving(lambda *_: (200, said)) as server,
        pytest.raises(LlmError, match="/v1/chat/completions"),
    ):
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
    with serving(
        lambda *_: (200, message("Tea.", prompt_tokens=12, completion_tokens=3))
    ) as server:
        asking = client(server.url, costs=Costs(most_tokens=15))
        asking.chat(ASKED, max_tokens=9)
        with pytest.raises(OutOfBudgetError, match="15 of 15"):
            asking.chat(ASKED, max_tokens=9)
    assert len(server.asked) == 1


def test_a_line_that_breaks_is_tried_again():
    answers = iter([(200, b"{", {"Content-Length": "5000"}), (200, message("Tea."))])
    with serving(lambda *_: next(answers)) as server:
        assert client(server.url, timeout=2).chat(ASKED, max_tokens=9) == "Tea."


def test_an_answer_that_trickles_does_not_outlast_the_timeout(monkeypatch):
    clock = iter([0.0, *(10.0 * tick for tick in range(1, 99))])
    monkeypatch.setattr(http, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with (
        serving(lambda *_: (200, message("Tea."))) as server,
        pytest.raises(LlmError, match="timed out in the middle of the answer"),
    ):
        client(server.url, timeout=5, retries=0).chat(ASKED, max_tokens=9)


def test_an_endless_answer_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(http, "MOST_BYTES", 1000)
    with (
        serving(lambda *_: (200, b"1" * 2000)) as server,
        pytest.raises(LlmError, match="longer than 1000 bytes"),
    ):
        client(server.url).chat(ASKED, max_tokens=9)
    assert len(server.asked) == 1


def test_an_error_that_repeats_the_key_is_cleaned_of_it():
    with (
        serving(lambda *_: (401, {"error": "wrong key s3cret"})) as server,
        pytest.raises(LlmError) as rejected,
    ):
        client(server.url, api_key="s3cret").chat(ASKED, max_tokens=9)
    assert "wrong key …" in str(rejected.value)
    assert "s3cret" not in str(rejected.value)


@pytest.mark.parametrize("key", ["s3c\nret", "s3cret\u2026"])
def test_a_key_that_cannot_be_sent_is_an_error_without_the_key(key):
    said = "its address or key is not well formed"
    with (
        serving(lambda *_: (200, message("Tea."))) as server,
        pytest.raises(LlmError, match=said) as error,
    ):
        client(server.url, api_key=key).chat(ASKED, max_tokens=9)
    assert "s3c" not in str(error.value)
    assert not server.asked


def test_the_budget_is_asked_before_every_try():
    class Spent(Costs):
        def check(self):
            if self.retries:
                raise OutOfBudgetError("spent meanwhile")

    with (
        serving(lambda *_: (503, {})) as server,
        pytest.raises(OutOfBudgetError, match="spent meanwhile"),
    ):
        client(server.url, costs=Spent()).chat(ASKED, max_tokens=9)
    assert len(server.asked) == 1


def test_each_request_is_no_line_in_the_log(caplog):
    with caplog.at_level("INFO"), serving(lambda *_: (200, message("Tea."))) as server:
        client(server.url).chat(ASKED, max_tokens=9)
    assert not caplog.records


def test_a_process_that_asks_nothing_does_not_load_the_http_library():
    code = "import sys, recommender.llm.embeddings; print('httpx2' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"
