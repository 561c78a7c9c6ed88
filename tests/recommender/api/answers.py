"""Reads answers of the API."""

from __future__ import annotations

from typing import Any


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"] for item in answer["items"]]
