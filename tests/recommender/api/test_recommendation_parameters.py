"""Parameters of a list: bad ones are named, and none breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Catalog
from recommender.models import ModelVersion
from tests.api_clients import Program, only_problem, reader


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"n": 0}, "greater than or equal to 1"),
        ({"n": 101}, "less than or equal to 100"),
        ({"n": "ten"}, "integer"),
        ({"n": ""}, "integer"),
        ({"tail": 1.01}, "less than or equal to 1"),
        ({"tail": "nan"}, "number"),
        ({"tail": "-inf"}, "number"),
        ({"category": "Cars"}, "no such category"),
        ({"explain": "perhaps"}, "boolean"),
        ({"user_id": ""}, "blank"),
        ({"user": "person-0"}, "Did you mean “user_id”?"),
        ({"k": 10}, "Known fields: exclude, language, user_id, n, tail"),
    ],
)
def test_a_bad_parameter_is_rejected_by_name(
    api: Program, version: ModelVersion, query: dict[str, Any], reason: str
) -> None:
    (name, value), answer = next(iter(query.items())), api.get("recommendations", 400, **query)
    field, shown, why = only_problem(answer)
    assert (field, shown) == (name, str(value))
    assert reason in why


@pytest.fixture
def program(catalog: Catalog, version: ModelVersion) -> Program:
    return reader(catalog)


texts = st.text(max_size=12)


numbers = st.one_of(st.integers(), st.floats(), texts).map(str)


flags = st.one_of(st.sampled_from(["true", "false", "1", "0", ""]), texts)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    query=st.fixed_dictionaries(
        {},
        optional={
            "user_id": st.one_of(st.sampled_from(["person-0", "person-1"]), texts),
            "n": st.one_of(st.integers(1, 100).map(str), numbers),
            "tail": st.one_of(st.floats(0, 1).map(str), numbers),
            "category": st.one_of(st.sampled_from(["Mugs", "Towels"]), texts),
            "explain": flags,
            "only_tail": flags,
            "record": flags,
            "extra": texts,
        },
    )
)
def test_no_parameters_break_a_list(program: Program, query: dict[str, str]) -> None:
    response = program.client.get(program.root + "recommendations", query)
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert {problem["field"] for problem in response.json()["details"]} <= set(query)
    else:
        assert len(response.json()["items"]) <= int(query.get("n", 10))
