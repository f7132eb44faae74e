import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from flows.deployments import MONITOR_EVERY, deployments
from flows.serve import SERVER_SETTINGS
from flows.settings import Settings
from flows.slack.setup import SCOPES

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
VARIABLE = re.compile(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)


def load(name: str) -> Any:
    return YAML(typ="safe").load((DEPLOY / name).read_text(encoding="utf-8"))


def example() -> dict[str, str]:
    text = (DEPLOY / "env.example").read_text(encoding="utf-8")
    return dict(VARIABLE.findall(text))


def test_every_setting_stands_in_the_example():
    aliases = {str(f.validation_alias) for f in Settings.model_fields.values()}
    assert aliases - set(example()) == set()


def test_the_example_names_no_setting_that_is_not_read():
    known = {str(f.validation_alias) for f in Settings.model_fields.values()}
    ours = {name for name in example() if not name.startswith(("PREFECT_", "DO_NOT"))}
    assert ours == known


def test_the_example_can_be_read(monkeypatch, tmp_path):
    for name in example():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    uncommented = VARIABLE.sub(
        lambda match: f"{match[1]}={match[2]}",
        (DEPLOY / "env.example").read_text(encoding="utf-8"),
    )
    (tmp_path / "tocsin.env").write_text(uncommented, encoding="utf-8")
    settings = Settings()
    assert settings.home == Path("/var/lib/tocsin")
    assert settings.poll_every == MONITOR_EVERY
    assert settings.allow_networks == ("10.1.2.0/24", "192.0.2.7:8080")
    assert settings.slack_channel == "#tocsin"


def test_prefect_gets_the_same_settings_everywhere():
    assert SERVER_SETTINGS.items() <= example().items()
    composed = load("compose.yaml")["services"]["prefect"]["environment"]
    shared = set(composed) & set(SERVER_SETTINGS)
    assert len(shared) >= 6
    assert {name: composed[name] for name in shared} == {
        name: SERVER_SETTINGS[name] for name in shared
    }


def test_the_worker_gets_the_deployments_of_the_code():
    told = load("prefect.yaml")["deployments"]
    made = deployments()
    assert len(told) == len(made)
    for one, ours in zip(told, made, strict=True):
        assert one["entrypoint"] == f"flows/scheduled.py:{ours.flow}"
        assert one["name"] == ours.name
        assert one["description"] == ours.description
        assert one["parameters"] == dict(ours.parameters)
        assert one["concurrency_limit"] == {
            "limit": 1,
            "collision_strategy": "CANCEL_NEW",
        }
        intervals = [schedule["interval"] for schedule in one["schedules"]]
        wanted = [] if ours.every is None else [ours.every.total_seconds()]
        assert intervals == wanted


def test_the_flows_that_are_deployed_exist():
    text = (ROOT / "flows" / "scheduled.py").read_text(encoding="utf-8")
    flows = set(re.findall(r"@flow[^\n]*\nasync def (\w+)\(", text))
    assert {each.flow for each in deployments()} == flows


def test_the_pinned_prefect_is_the_one_of_the_worker():
    pins = (DEPLOY / "constraints.txt").read_text(encoding="utf-8")
    version = load("prefect.yaml")["prefect-version"]
    assert f"\nprefect=={version}\n" in f"\n{pins}"


@pytest.mark.parametrize("folder", ["seeds", "deploy"])
def test_no_code_stands_where_data_does(folder):
    assert list((ROOT / folder).rglob("*.py")) == []


def test_the_app_asks_for_what_is_used_and_the_runbook_says_what_for():
    scopes = load("slack-app.yaml")["oauth_config"]["scopes"]
    assert scopes == {"bot": list(SCOPES)}
    runbook = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    assert [scope for scope in SCOPES if f"`{scope}`" not in runbook] == []


def test_the_manifest_is_one_that_slack_takes():
    # docs.slack.dev/reference/app-manifest: keys and lengths that it does not know
    # are refused, and so are addresses that do not answer.
    manifest = load("slack-app.yaml")
    assert set(manifest) == {
        "display_information",
        "features",
        "oauth_config",
        "settings",
    }
    shown = manifest["display_information"]
    assert set(shown) <= {"name", "description", "long_description", "background_color"}
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert re.fullmatch("#([0-9a-f]{3}){1,2}", shown["background_color"])
    assert set(manifest["features"]) == {"bot_user"}
    assert re.fullmatch(
        r"[\w.-]{1,80}", manifest["features"]["bot_user"]["display_name"]
    )
    assert manifest["settings"] == {
        "interactivity": {"is_enabled": True},  # without an address: over Socket Mode
        "socket_mode_enabled": True,
        "org_deploy_enabled": False,
        "token_rotation_enabled": False,
    }


def test_what_the_runbook_links_to_exists():
    runbook = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)\)", runbook)
    assert links
    assert [link for link in links if not (DEPLOY / link).exists()] == []


def test_compose_and_unit_start_what_there_is():
    services = load("compose.yaml")["services"]
    assert set(services) == {"database", "prefect", "tocsin"}
    assert services["tocsin"]["command"] == ["serve"]
    unit = (DEPLOY / "systemd" / "tocsin.service").read_text(encoding="utf-8")
    assert "tocsin serve" in unit
