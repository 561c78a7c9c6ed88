"""Asks whether a known vulnerability is in what we install: pip-audit over requirements.lock.

`make audit` runs it. Exit code 0: nothing known; 1: a vulnerability, named; 2: the service did not
answer for everything. With AUDIT_UNREACHABLE=allow a service that answers for nothing at all is
exit code 0 and one line: a mirror of the package index may have no such service.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"


def run(arguments: Sequence[str]) -> tuple[dict[str, Any], str]:
    """pip-audit's report, empty if it made none, and what it said beside."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(  # noqa: S603 (our own arguments)
        [*command, "--no-deps", "--disable-pip", *(arguments or ["-r", str(LOCK)])],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return json.loads(done.stdout), done.stderr
    except ValueError:
        return {"dependencies": []}, done.stderr


def judge(report: dict[str, Any], said: str, allow_unreachable: bool) -> tuple[int, list[str]]:
    """The exit code and what to print."""
    packages = report["dependencies"]
    wrong = [
        f"{package['name']} {package['version']}: {fault['id']}"
        + (f", fixed in {', '.join(fault['fix_versions'])}" if fault["fix_versions"] else "")
        for package in packages
        for fault in package.get("vulns", ())
    ]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    asked = len(packages) - len(unknown)
    if wrong:
        return 1, wrong
    if asked and unknown:
        return 2, [f"{asked} packages have no known vulnerability. Not asked: {', '.join(unknown)}"]
    if asked:
        return 0, [f"{asked} packages, no known vulnerability."]
    lines = said.strip().splitlines()
    reason = f"it knows none of {len(packages)} packages" if unknown or not lines else lines[-1]
    line = f"The service of known vulnerabilities is not reachable from here: {reason[:200]}"
    return (0 if allow_unreachable else 2), [line]


def main(arguments: Sequence[str]) -> int:
    code, lines = judge(*run(arguments), os.environ.get("AUDIT_UNREACHABLE") == "allow")
    print("\n".join(lines))  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
