"""`make production-local`: runs until Ctrl-C; SIGUSR1 switches to the code that is there now."""

from __future__ import annotations

import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from config.supervisor import ProcessDied, Supervisor
from deploy.production_local import programs, settings
from deploy.production_local.postgresql import ClusterError
from deploy.production_local.programs import NotInstalled
from deploy.production_local.stack import CommandFailed, Plan, Stack

ROOT = Path(__file__).resolve().parents[2]
CHECK_EVERY = 30.0
"""Seconds between two health checks of all processes."""


def main(words: list[str]) -> int:
    """0 after Ctrl-C, 2 when something is missing, 1 when something fails."""
    given = arguments(words)
    try:
        plan = plan_of(given)
        with Supervisor(plan.folder / "logs", {}) as up:
            try:
                run(Stack(plan, up, say))
            except KeyboardInterrupt:
                say("Stopping (a training that runs may take a minute)")
    except NotInstalled as error:
        return complain(error, 2)
    except (ClusterError, CommandFailed, ProcessDied) as error:
        return complain(error, 1)
    say("Stopped")
    return 0


def arguments(words: list[str]) -> Namespace:
    parser = ArgumentParser(prog="make production-local", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "production-local")
    parser.add_argument("--code", type=Path, default=ROOT, help="folder with manage.py")
    parser.add_argument("--https-port", type=int, default=8443)
    parser.add_argument("--webs", type=int, default=2, help="web replicas, at least 2")
    given = parser.parse_args(words)
    if given.webs < 2:
        parser.error(f"--webs {given.webs}: one web cannot stand in for the other; at least 2")
    if not (given.code / "manage.py").exists():
        parser.error(f"--code {given.code}: there is no manage.py")
    if not settings.is_free(given.https_port):
        parser.error(f"--https-port {given.https_port}: in use. HTTPS_PORT names another")
    return given


def plan_of(given: Namespace) -> Plan:
    found = programs.find()
    folder = given.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return Plan(found, folder, given.code.absolute(), given.https_port, given.webs)


def run(stack: Stack) -> None:
    """Start, then watch until KeyboardInterrupt."""
    asked: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, frame: asked.append(number))
    began = time.monotonic()
    stack.start()
    announce(stack, time.monotonic() - began)
    checked = time.monotonic()
    while True:
        if asked:
            asked.clear()
            stack.switch()
            say("Switched: every process runs the code that is there now")
        for sentence in stack.up.revive():
            say(sentence)
        if time.monotonic() > checked + CHECK_EVERY:
            name_the_unwell(stack)
            checked = time.monotonic()
        time.sleep(0.2)


def name_the_unwell(stack: Stack) -> None:
    for name in (*stack.webs, "worker", "long", "training", "beat"):
        if not stack.is_well(name):
            say(f"{name} is not well; see {stack.up.logs / name}.log")


def announce(stack: Stack, seconds: float) -> None:
    say(f"Longtail is up after {seconds:.0f} s: {stack.proxy.address}")
    for line in (
        f"certificate  {stack.proxy.authority}",
        f"commands     {stack.manage_script} createsuperuser",
        f"logs         {stack.up.logs}",
        "Ctrl-C stops everything.",
    ):
        sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


def say(sentence: str) -> None:
    sys.stdout.write(f"· {sentence}\n")
    sys.stdout.flush()


def complain(error: Exception, code: int) -> int:
    sys.stderr.write(f"{error}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
