"""The stack: started in the order of `deploy/compose.yaml`, asked how it is, switched, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.supervisor import Supervisor
from deploy.production_local import settings
from deploy.production_local.postgresql import Cluster
from deploy.production_local.programs import Programs
from deploy.production_local.proxy import Proxy

COMMANDS = {
    "web": "gunicorn -c deploy/gunicorn.conf.py config.wsgi",
    "worker": "celery -A config worker -Q default -n default@%h",
    "long": "celery -A config worker -Q texts,long -c 2 -n long@%h",
    "training": "celery -A config worker -Q training -c 1 -n training@%h",
    "beat": "celery -A config beat",
}
"""As in the table of docs/how-to/operate.md."""

PATIENCE = {"web": 30.0, "worker": 60.0, "long": 60.0, "training": 60.0, "beat": 30.0}
"""Seconds that each may take to end by itself."""

START, HEALTHY = 120.0, 300.0
"""Seconds that a server may take to answer, and a process of ours to be well."""


class CommandFailed(Exception):
    """A command of `manage.py` failed; the message has what it said."""


@dataclass(frozen=True)
class Plan:
    """What to start. ``code``: the folder that each start and each switch takes the code from."""

    programs: Programs
    folder: Path
    code: Path
    https_port: int
    webs: int


class Stack:
    def __init__(self, plan: Plan, up: Supervisor, say: Callable[[str], None]) -> None:
        self.plan, self.up, self.say = plan, up, say
        made = settings.secrets_of(plan.folder)
        database, self.redis, http, health, *webs = settings.free_ports(4 + plan.webs)
        self.proxy = Proxy(
            plan.programs.caddy, plan.folder / "caddy", http, plan.https_port, health, webs
        )
        self.webs = {f"web-{number}": port for number, port in enumerate(webs, 1)}
        self.cluster = Cluster(
            plan.programs.postgresql, plan.folder / "postgresql", database, made.database_password
        )
        up.environment |= settings.environment(
            plan.folder,
            database=self.cluster.address,
            redis_port=self.redis,
            secret_key=made.secret_key,
        )
        self.manage_script = settings.write_manage(plan.folder, plan.code, up.environment)

    def start(self) -> None:
        self.say("PostgreSQL and Redis")
        self._start_databases()
        self.say("Migrations and static files")
        self._prepare()
        self.say("Web, workers and scheduler")
        for name in self.webs:
            self._start_web(name)
        for name in ("worker", "long", "training", "beat"):
            self._start_ours(name, name)
        self.say("Proxy")
        self._start_proxy()
        self.say("Health checks")
        for name in (*self.webs, "worker", "long", "training", "beat"):
            self._wait_until_well(name)

    def switch(self) -> None:
        """Go over to the code that lies in the folder now, one process after the other.

        The migrations come first, so the code of before must do with the new tables; the proxy
        asks the other web while one starts anew.
        """
        self.say("Migrations and static files")
        self._prepare()
        for name in (*self.webs, "worker", "long", "training", "beat"):
            self.say(name)
            self.up.restart(name)
            self._wait_until_well(name)

    def is_well(self, name: str) -> bool:
        """What the health check of its container would say."""
        port = self.webs.get(name, next(iter(self.webs.values())))
        check = [sys.executable, "deploy/healthcheck.py", *([] if name in self.webs else [name])]
        site = {"HEALTH_SITE": f"http://127.0.0.1:{port}"}
        return self._run(check, **site).returncode == 0

    def _wait_until_well(self, name: str) -> None:
        self.up.wait_for(lambda: self.is_well(name), name, HEALTHY)

    def _start_databases(self) -> None:
        self.cluster.make()
        # SIGINT: PostgreSQL's fast shutdown does not wait for those who are still connected.
        self.up.start("postgresql", self.cluster.command(), folder=Path("/"),
                      patience=60, stop_by=signal.SIGINT)  # fmt: skip
        queue = self.plan.folder / "redis"
        queue.mkdir(exist_ok=True)
        options = {"port": self.redis, "bind": "127.0.0.1", "dir": queue, "appendonly": "yes"}
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        self.up.start("redis", [str(self.plan.programs.redis), *words])
        self.up.wait_for(self.cluster.answers, "PostgreSQL", START)

    def _prepare(self) -> None:
        for command in (("migrate", "--noinput"), ("collectstatic", "--noinput")):
            done = self._run([sys.executable, "manage.py", *command, "--verbosity", "0"])
            if done.returncode:
                raise CommandFailed(f"manage.py {command[0]}: {done.stdout}{done.stderr}")

    def _start_web(self, name: str) -> None:
        self._start_ours(name, "web", "--bind", f"127.0.0.1:{self.webs[name]}")

    def _start_ours(self, name: str, kind: str, *options: str) -> None:
        program, *words = COMMANDS[kind].split()
        command = [str(Path(sys.executable).with_name(program)), *options, *words]
        if kind != "web":
            command = [*command[:1], *words, *options]
        self.up.start(name, command, folder=self.plan.code, patience=PATIENCE[kind])

    def _start_proxy(self) -> None:
        self.up.environment |= self.proxy.environment()
        self.up.start("proxy", self.proxy.command(self.plan.code), patience=30)
        self.up.wait_for(self.proxy.answers, "the proxy", START)

    def _run(self, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self.up.environment, **more}
        return subprocess.run(  # noqa: S603 (our own commands)
            command,
            cwd=self.plan.code,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
