"""Dashboard, alert rules and the reference name figures that `/metrics` has."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from recommender.training import heartbeats
from tests.api_clients import writer
from tests.deploy.files import DEPLOY, ROOT

ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
RULES = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")

FIGURE = re.compile(r"\b(?:longtail|django)_\w+")
OF_HISTOGRAMS = re.compile(r"_(bucket|sum|count)$")


def expressions() -> list[str]:
    asked = [target["expr"] for panel in PANELS for target in panel["targets"]]
    marked = [each["expr"] for each in DASHBOARD["annotations"]["list"] if "expr" in each]
    return [*asked, *marked, *(rule["expr"] for rule in RULES)]


@pytest.fixture
def types(client, live_version, settings, tmp_path):
    """The types of all figures of a site that has done something, by name."""
    settings.MONITORING_NETWORKS = ["127.0.0.0/8"]
    settings.VAR_DIR = tmp_path
    heartbeats.beat(["worker"])
    program = writer(live_version.catalog)
    item = live_version.catalog.items.first()
    program.post("interactions", {"user_id": "p", "item_id": item.external_id, "kind": "view"})
    program.get("recommendations", user_id="p")
    client.get("/c/shop/")
    page = client.get("/metrics").content.decode()
    found = dict(re.findall(r"^# TYPE (\w+) (\w+)$", page, re.MULTILINE))
    return {name: kind for name, kind in found.items() if not name.endswith("_created")}


def test_every_figure_of_dashboard_and_alerts_is_there(types):
    used = {OF_HISTOGRAMS.sub("", name) for text in expressions() for name in FIGURE.findall(text)}
    assert used - set(types) == set()


def test_the_dashboard_shows_every_figure_of_ours(types):
    used = {OF_HISTOGRAMS.sub("", name) for text in expressions() for name in FIGURE.findall(text)}
    assert {name for name in types if name.startswith("longtail_")} - used == {
        "longtail_build_info"
    }


def test_the_reference_lists_every_figure_of_ours_with_its_type(types):
    page = (ROOT / "docs" / "reference" / "metrics.md").read_text()
    listed = dict(re.findall(r"^\| `(longtail_\w+)` \| (\w+) \|", page, re.MULTILINE))
    assert listed == {name: kind for name, kind in types.items() if name.startswith("longtail_")}


def test_every_alert_says_what_it_is_and_where_to_read_what_to_do():
    page = (ROOT / "docs" / "how-to" / "monitor.md").read_text()
    for rule in RULES:
        said = rule["annotations"]
        assert said["summary"]
        assert said["description"]
        file, anchor = said["runbook_url"].split("#")
        assert (ROOT / file).is_file()
        assert f"### {rule['alert']}\n" in page
        assert anchor == rule["alert"].lower()
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_the_dashboard_has_what_grafana_asks_for():
    assert DASHBOARD["schemaVersion"] >= 39
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["datasource", "catalog"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in PANELS:
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


def test_no_two_panels_lie_over_each_other():
    cells = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        own = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & own, panel["title"]
        cells |= own


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (PROMTOOL)")
def test_prometheus_understands_rules_configuration_and_the_dashboards_questions(tmp_path):
    shutil.copytree(DEPLOY / "prometheus", tmp_path, dirs_exist_ok=True)
    config = tmp_path / "prometheus.yml"
    token = tmp_path / "token"
    token.write_text("token")
    config.write_text(config.read_text().replace("/etc/prometheus/longtail-token", str(token)))
    asked = [text.replace("$__rate_interval", "5m") for text in expressions()]
    rules = [{"record": "asked", "expr": text.replace("$catalog", "shop")} for text in asked]
    groups = {"groups": [{"name": f"g{n}", "rules": [rule]} for n, rule in enumerate(rules)]}
    (tmp_path / "asked.yml").write_text(yaml.safe_dump(groups))
    for check in (("config", "prometheus.yml"), ("rules", "asked.yml")):
        done = subprocess.run(
            [PROMTOOL, "check", *check], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
