"""The README's ten minutes show what is really seen."""

import re
from pathlib import Path

import pytest

from flows.demo.slack import TOKEN, Channel, loopback_slack
from flows.doctor.slack import look_at_slack
from flows.settings import Settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
TEN_MINUTES = README.partition("## A first Slack alert")[2].partition("\n## ")[0]


def settings(slack, **given):
    values = {"SLACK_BASE_URL": slack.base_url, "TOCSIN_SLACK_CHANNEL": "#world-desk"}
    return Settings.model_validate(values | {"SLACK_BOT_TOKEN": TOKEN} | given)


@pytest.fixture
def slack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with loopback_slack() as running:
        running.channels = [Channel(id="C0123456789", name="world-desk")]
        yield running


def test_the_doctor_says_of_a_good_setup_what_the_readme_shows(slack):
    shown = re.findall(r"^ +ok  (.+)$", TEN_MINUTES, re.MULTILINE)
    said = [f"{each.what}: {each.says}" for each in look_at_slack(settings(slack), ())]
    assert said == shown


def test_the_stumbles_of_the_readme_are_the_doctors_words(slack):
    tokens = (None, "xapp-1", "xoxp-1", "xoxb-wrong")
    setups = [settings(slack, SLACK_BOT_TOKEN=token) for token in tokens]
    slack.scopes = ("chat:write", "channels:read", "groups:read")
    slack.channels[0].is_member = False
    names = ("#world-desk", "#worlddesk")
    setups += [settings(slack, TOCSIN_SLACK_CHANNEL=name) for name in names]
    said = [each for setup in setups for each in look_at_slack(setup, ())]
    words = "\n".join(f"{each.what}: {each.says}" for each in said)
    rows = re.findall(r"^\| (`.+?) \|", TEN_MINUTES, re.MULTILINE)
    told = [word for row in rows for word in re.findall("`(.+?)`", row)]
    seen = [re.escape(word).replace("…", ".+") for word in told]
    unsaid = [word for word in seen if not re.search(word, words)]
    # What the clock, the store and the settings say has tests of its own.
    assert [word.split(":")[0] for word in unsaid] == [
        "clock",
        r"delivery\ to\ .+",
        "settings",
    ]
