"""What we install may be used under licences that fit ours (Apache-2.0)."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
#: GNU GPL and AGPL, and licences that forbid a use. The LGPL and the MPL may be used by imports.
FORBIDDEN = re.compile(
    r"\bA?GPL|Affero|(?<!Lesser )General Public License|SSPL|Commons Clause", re.I
)
LESSER = re.compile(r"LGPL|Lesser", re.IGNORECASE)


def wanted() -> set[Requirement]:
    """What production installs, by its files."""
    lines = [
        line.split("#")[0].strip()
        for name in ("requirements-web.txt", "requirements.txt", "requirements-scale.txt")
        for line in (ROOT / name).read_text().splitlines()
    ]
    return {Requirement(line) for line in lines if line and not line.startswith("-")}


def licenses() -> dict[str, str]:
    """Package -> licence, for all that is pulled in."""
    found: dict[str, str] = {}
    waiting = list(wanted())
    while waiting:
        asked = waiting.pop()
        extras = asked.extras or {""}
        if asked.marker and not any(asked.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        try:
            package = distribution(asked.name)
        except PackageNotFoundError:
            continue  # optional, and not installed
        if asked.name in found and not asked.extras:
            continue
        found[asked.name] = license_of(package.metadata)
        for line in package.requires or ():
            needed = Requirement(line)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in extras
            ):
                needed.marker = None
                waiting.append(needed)
    return found


def license_of(metadata) -> str:
    classifiers = [each for each in metadata.get_all("Classifier", []) if "License ::" in each]
    return metadata.get("License-Expression") or "; ".join(classifiers) or metadata["License"] or ""


def test_no_license_asks_for_more_than_ours():
    found = licenses()
    assert {"Django", "django"} & set(found)
    assert len(found) > 80
    wrong = {
        name: text
        for name, text in found.items()
        if FORBIDDEN.search(text) and not LESSER.search(text)
    }
    assert wrong == {}
