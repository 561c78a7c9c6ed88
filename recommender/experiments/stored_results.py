"""Results that are beside a page, and new ones in the place of what they measure anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def stored(docs: Path, name: str) -> Any:
    """The JSON values; None if there are none yet."""
    file = docs / "evaluation" / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else None


def merged(before: Mapping[str, Any] | None, results: Mapping[str, Any]) -> dict[str, Any]:
    """The results, beside those of other data and protocols from before, in the order of before.

    Each keeps the machine and the seed that it was measured with.
    """
    fresh = {_key(each): each for each in results["data"]}
    about = {name: before[name] for name in ("machine", "seed") if name in before} if before else {}
    data = [fresh.pop(_key(each), {**about, **each}) for each in (before or {}).get("data", ())]
    return {**results, "data": [*data, *fresh.values()]}


def _key(each: Mapping[str, Any]) -> tuple[str, str]:
    return each["name"], each["protocol"]
