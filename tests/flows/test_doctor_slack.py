"""What `tocsin doctor` finds wrong with Slack, and the cure that it names."""

import contextlib
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from detectors.model import AlertPolicy, Topic
from flows import clock
from flows.demo.slack import APP_TOKEN, TOKEN, Channel, Fault, loopback_slack
from flows.demo.slack.server import SCOPES as SERVED
from flows.doctor.slack import look_at_slack, sound_channels
from flows.settings import Settings
from flows.slack.setup import SCOPES, Survey, Trouble

MANIFEST = Path(__file__).resolve().parents[2] / "deploy" / "slack-app.yaml"
PORTS = Topic(id="port-strikes", title="Ports", alert=AlertPolicy(channel="#supply"))
QUAYS = Topic(id="quay-fires", title="Quays")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def slack():
    with loopback_slack() as running:
        yield running


@pytest.fixture
def doctor(slack):
    """Every finding about Slack by what it is about."""

    def look(*topics, channel="#tocsin", **given):
        settings = Settings.model_validate(
            {
                "SLACK_BASE_URL": slack.base_url,
                "SLACK_BOT_TOKEN": TOKEN,
                "TOCSIN_SLACK_CHANNEL": channel,
                **given,
            }
        )
        return {each.what: each for each in look_at_slack(settings, topics)}

    return look


def of_the_manifest():
    told = YAML(typ="safe").load(MANIFEST.read_text(encoding="utf-8"))
    return tuple(told["oauth_config"]["scopes"]["bot"])


def test_where_all_is_well_nothing_is_to_be_done(slack, doctor):
    found = doctor()
    assert list(found) == [
        "Slack",
        "Slack scopes",
        "clock",
        "channel #tocsin",
        "history of #tocsin",
    ]
    assert all(each.is_sound for each in found.values()), found
    assert "tocsin in Desk" in found["Slack"].says
    assert slack.messages == []


def test_the_scopes_are_those_of_the_manifest_and_of_the_loopback_slack():
    assert tuple(SCOPES) == of_the_manifest() == SERVED


# --- the token ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("xoxp-1-2", "a user's token"),
        (APP_TOKEN, "an app-level token"),
        ("xoxe.xoxb-1-abc", "expires"),
        ("https://hooks.slack.com/services/T0/B0/x", "a web address"),
        ("Tocsin", "no token of a bot"),
    ],
)
def test_a_token_of_another_kind_is_not_sent_and_not_shown(slack, doctor, token, says):
    found = doctor(SLACK_BOT_TOKEN=token)
    assert list(found) == ["Slack"]
    assert says in found["Slack"].says
    assert "Bot User OAuth Token" in found["Slack"].cure
    assert token not in str(found)
    assert slack.calls == []


@pytest.mark.parametrize(
    ("word", "cure"),
    [
        ("token_revoked", "Reinstall to Workspace"),
        ("account_inactive", "Reinstall to Workspace"),
        ("token_expired", "rotation off"),
        ("team_access_not_granted", "an administrator"),
        ("a_word_of_next_year", "RUNBOOK"),
    ],
)
def test_a_token_that_slack_refuses(slack, doctor, word, cure):
    slack.token_problem = word
    found = doctor()
    assert list(found) == ["Slack"]
    assert word in found["Slack"].says
    assert cure in found["Slack"].cure


def test_a_token_with_a_letter_missing(doctor):
    found = doctor(SLACK_BOT_TOKEN=TOKEN[:-1])["Slack"]
    assert "invalid_auth" in found.says
    assert "Bot User OAuth Token" in found.cure


def test_blanks_around_a_token_do_not_matter(doctor):
    assert doctor(SLACK_BOT_TOKEN=f" {TOKEN}\n")["Slack"].is_sound


def test_without_a_token_alerts_are_printed(doctor):
    found = doctor(SLACK_BOT_TOKEN=None)["Slack"]
    assert "terminal" in found.says
    assert "deploy/slack-app.yaml" in found.cure


# --- the scopes -----------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["chat:write", "channels:history", "groups:read"])
def test_a_scope_that_is_missing_is_named_with_what_it_is_for(slack, doctor, scope):
    slack.scopes = tuple(each for each in SERVED if each != scope)
    found = doctor()["Slack scopes"]
    assert f"{scope} ({SCOPES[scope]})" in found.says
    assert "Reinstall" in found.cure


def test_a_scope_that_nothing_uses_yet_may_be_missing(slack, doctor):
    slack.scopes = tuple(each for each in SERVED if each != "commands")
    found = doctor()["Slack scopes"]
    assert found.is_sound
    assert "commands" in found.says


def test_a_history_without_its_scope_means_held_messages(slack, doctor):
    slack.scopes = tuple(each for each in SERVED if each != "channels:history")
    found = doctor()["history of #tocsin"]
    assert "missing_scope, channels:history" in found.says
    assert "held" in found.says
    assert "Reinstall" in found.cure


# --- the channels ---------------------------------------------------------------------


def test_a_channel_that_nobody_invited_the_bot_to(slack, doctor):
    slack.channels[0].is_member = False
    found = doctor()
    assert "the bot is not in it (public, C0TOCSIN)" in found["channel #tocsin"].says
    assert found["channel #tocsin"].cure == "write `/invite @tocsin` in #tocsin"
    assert "history of #tocsin" not in found


def test_a_private_channel_without_the_bot_looks_like_none(slack, doctor):
    slack.channels.append(
        Channel(id="G0QUIET", name="quiet", is_private=True, is_member=False)
    )
    found = doctor(channel="#quiet")["channel #quiet"]
    assert "none of that name" in found.says
    assert "private" in found.cure
    assert "/invite @tocsin" in found.cure


def test_a_misspelt_channel_gets_the_nearest_name(doctor):
    found = doctor(channel="#tocsn")["channel #tocsn"]
    assert "nearest is #tocsin" in found.says
    assert "TOCSIN_SLACK_CHANNEL" in found.cure


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("tocsin", "#tocsin"),
        ("#World Desk", "#world-desk"),
        ("https://desk.slack.com/archives/C0TOCSIN", "C0TOCSIN"),
        ("", "#name-of-the-channel"),
    ],
)
def test_a_channel_written_otherwise_is_put_right(slack, doctor, written, right):
    found = doctor(channel=written)[f"channel {written}"]
    assert f"write {right}" in found.cure
    assert slack.calls == ["auth.test"]


def test_an_id_is_as_good_as_a_name(slack, doctor):
    found = doctor(channel="C0TOCSIN")
    assert found["channel C0TOCSIN"].is_sound
    assert "#tocsin" in found["channel C0TOCSIN"].says
    assert "conversations.list" not in slack.calls


def test_an_archived_channel(slack, doctor):
    slack.channels[0].is_archived = True
    found = doctor()["channel #tocsin"]
    assert "archived" in found.says
    assert "bring #tocsin back" in found.cure


def test_channels_of_topic_files_are_looked_at_too(slack, doctor):
    slack.channels.append(Channel(id="C0SUPPLY", name="supply", is_member=False))
    found = doctor(PORTS, QUAYS)
    assert found["channel #tocsin"].is_sound
    assert "/invite @tocsin` in #supply" in found["channel #supply"].cure


def test_a_channel_that_a_topic_misspells_is_to_be_mended_there(doctor):
    found = doctor(PORTS)
    assert "channel #tocsin" not in found
    assert "the topic port-strikes" in found["channel #supply"].cure


def test_a_name_for_a_topic_file_comes_in_the_quotes_that_it_needs(doctor):
    bare = Topic(id="port-strikes", title="Ports", alert=AlertPolicy(channel="supply"))
    assert 'write "#supply" in place of supply' in doctor(bare)["channel supply"].cure


def test_channels_are_listed_once_for_all(slack, doctor):
    slack.channels.append(Channel(id="C0SUPPLY", name="supply"))
    doctor(PORTS, QUAYS)
    assert slack.calls.count("conversations.list") == 1


def test_an_app_that_may_read_once_a_minute_is_not_ill(slack, doctor):
    slack.channels.append(Channel(id="C0SUPPLY", name="supply"))
    slack.strict_reading = True
    found = doctor(PORTS, QUAYS)
    assert all(each.is_sound for each in found.values())
    assert "asked to wait" in found["history of #tocsin"].says


def test_only_a_channel_that_nothing_is_wrong_with_is_sound(slack, doctor):
    slack.channels.append(Channel(id="C0SUPPLY", name="supply", is_member=False))
    assert sound_channels(doctor(PORTS, QUAYS).values()) == {"#tocsin"}
    slack.history_faults = [Fault.SERVER]
    assert sound_channels(doctor().values()) == set()
    slack.scopes = tuple(each for each in SERVED if each != "chat:write")
    assert sound_channels(doctor().values()) == set()


# --- the clock ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("off", "way"), [(timedelta(minutes=9), "slow"), (timedelta(minutes=-9), "fast")]
)
def test_a_clock_that_goes_wrong(slack, doctor, off, way):
    slack.now = lambda: clock.now() + off
    found = doctor()["clock"]
    assert f"seconds {way}" in found.says
    assert 538 <= int(found.says.split()[0]) <= 541
    assert "set-ntp" in found.cure


@pytest.mark.parametrize("off", [timedelta(seconds=50), timedelta(seconds=-50)])
def test_less_than_a_minute_is_no_matter(slack, doctor, off):
    slack.now = lambda: clock.now() + off
    assert doctor()["clock"].is_sound


# --- the network ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROPPED,
        Fault.RESET,
        Fault.HALF,
        Fault.HTML,
        Fault.LIST,
        Fault.TEXT,
        Fault.SERVER,
        Fault.INTERNAL,
        Fault.CLOSED,
    ],
)
def test_no_good_answer_is_a_finding_at_every_step(slack, doctor, fault):
    for step in range(3):
        slack.other_faults = [*[Fault.NONE] * step, fault]
        wrong = [each for each in doctor().values() if not each.is_sound]
        assert len(wrong) == 1
        assert "SLACK_BASE_URL" in wrong[0].cure
    slack.history_faults = [fault]
    found = doctor()["history of #tocsin"]
    assert "SLACK_BASE_URL" in found.cure


def test_a_slack_that_is_not_there(doctor):
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/api/"
    found = doctor(SLACK_BASE_URL=url)["Slack"]
    assert "ClientConnector" in found.says
    assert url in found.cure


def test_an_address_that_is_none(doctor):
    assert not doctor(SLACK_BASE_URL="slack")["Slack"].is_sound


def test_asked_to_wait_the_doctor_says_how_long(slack, doctor):
    slack.retry_after = "30"
    slack.other_faults = [Fault.THROTTLED]
    found = doctor()["Slack"]
    assert "30 seconds" in found.says
    assert "again" in found.cure


async def test_an_answer_that_does_not_come_is_waited_for_only_so_long(slack):
    slack.other_faults = [Fault.HUNG] * 9
    patience = timedelta(seconds=0.2)
    survey = Survey(TOKEN, base_url=slack.base_url, patience=patience)
    begun = clock.elapsed()
    answer = await survey.bot()
    assert clock.elapsed() - begun < 5
    assert answer == Trouble(word="TimeoutError", is_broken=True)


async def test_all_questions_together_end_in_time(slack):
    longest = timedelta(seconds=0.3)
    survey = Survey(TOKEN, base_url=slack.base_url, longest=longest)
    slack.other_faults = [Fault.HUNG] * 9
    begun = clock.elapsed()
    for _ in range(9):
        assert isinstance(await survey.channel("#tocsin"), Trouble)
    assert clock.elapsed() - begun < 5


def test_the_token_is_nowhere_to_be_seen(slack, doctor, caplog):
    caplog.set_level(0)
    survey = Survey(TOKEN, base_url=slack.base_url)
    slack.other_faults = [Fault.NONE, Fault.HTML]
    assert TOKEN not in f"{doctor()}{survey!r}{caplog.text}"


# --- a webhook ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("doubt", "promise"), [("hold", "at most once"), ("resend", "at least once")]
)
def test_a_webhook_promises_what_is_set(slack, doctor, doubt, promise):
    found = doctor(
        SLACK_BOT_TOKEN=None,
        SLACK_WEBHOOK_URL=slack.hook_url,
        TOCSIN_SLACK_WEBHOOK_DOUBT=doubt,
    )
    assert list(found) == ["Slack"]
    assert found["Slack"].is_sound
    assert promise in found["Slack"].says
    assert slack.calls == []


def test_a_webhook_cannot_post_where_a_topic_says(slack, doctor):
    found = doctor(PORTS, QUAYS, SLACK_BOT_TOKEN=None, SLACK_WEBHOOK_URL=slack.hook_url)
    assert "#supply" in found["channels"].says
    assert "#tocsin" not in found["channels"].says
    assert "bot token" in found["channels"].cure


def test_an_address_that_is_no_webhook_is_not_shown(doctor):
    found = doctor(
        SLACK_BASE_URL="https://slack.com/api/",
        SLACK_BOT_TOKEN=None,
        SLACK_WEBHOOK_URL="https://desk.example.org/secret",
    )["Slack"]
    assert not found.is_sound
    assert "secret" not in str(found)
