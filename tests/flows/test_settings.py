from datetime import timedelta
from pathlib import Path

import pytest

from detectors.model import Severity
from flows.errors import SettingsError
from flows.settings import WebhookDoubt, load


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_variables_of_the_machine_are_not_ours(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("CONTACT", "not ours")
    monkeypatch.setenv("TOPICS", "/not/ours")
    settings = load()
    assert (
        settings.home == Path("/somewhere/.tocsin") or settings.home.name == ".tocsin"
    )
    assert settings.home != Path("/somewhere")
    assert settings.contact == ""
    assert settings.topics is None


def test_the_store_is_a_file_at_home_unless_said(monkeypatch):
    monkeypatch.setenv("TOCSIN_HOME", "/data")
    assert load().database_url == "sqlite:////data/tocsin.db"
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql://db/tocsin")
    assert load().database_url == "postgresql://db/tocsin"


def test_networks_are_written_with_commas_or_blanks(monkeypatch):
    monkeypatch.setenv("TOCSIN_ALLOW_NETWORKS", "10.0.0.0/8, 127.0.0.1:8123")
    assert load().allow_networks == ("10.0.0.0/8", "127.0.0.1:8123")


def test_a_file_beside_the_work_is_read_and_the_environment_wins(
    elsewhere, monkeypatch
):
    (elsewhere / "tocsin.env").write_text(
        "TOCSIN_CONTACT=file@example.org\nTOCSIN_SLACK_WINDOW=90\nUNKNOWN=1\n"
    )
    assert load().contact == "file@example.org"
    assert load().slack_window == timedelta(seconds=90)
    monkeypatch.setenv("TOCSIN_CONTACT", "env@example.org")
    assert load().contact == "env@example.org"


def test_a_variable_that_is_set_to_nothing_is_not_set(elsewhere, monkeypatch):
    (elsewhere / "tocsin.env").write_text("SLACK_BOT_TOKEN=\n")
    monkeypatch.setenv("TOCSIN_SLACK_CHANNEL", "")
    assert load().slack_bot_token is None
    assert load().slack_channel == "#tocsin"


def test_a_secret_can_come_from_a_file_and_is_not_shown(elsewhere, monkeypatch):
    (elsewhere / "token").write_text("xoxb-12345\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(elsewhere / "token"))
    token = load().slack_bot_token
    assert token
    assert token.get_secret_value() == "xoxb-12345"
    assert "12345" not in repr(load())


def test_a_file_of_settings_may_name_a_file_that_holds_a_secret(elsewhere):
    (elsewhere / "token").write_text("xoxb-12345\n")
    (elsewhere / "tocsin.env").write_text("SLACK_BOT_TOKEN_FILE=token\n")
    token = load().slack_bot_token
    assert token
    assert token.get_secret_value() == "xoxb-12345"


def test_a_secret_file_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "/no/such/file")
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN_FILE"):
        load()


def test_a_value_that_cannot_be_used_names_its_variable(monkeypatch):
    monkeypatch.setenv("TOCSIN_POLL_EVERY", "often")
    with pytest.raises(SettingsError, match="TOCSIN_POLL_EVERY"):
        load()


@pytest.mark.parametrize(
    ("word", "severity"), [("major", Severity.MAJOR), ("never", None)]
)
def test_replies_show_in_the_channel_from_a_severity_up(monkeypatch, word, severity):
    assert load().slack_broadcast.severity is Severity.CRITICAL
    monkeypatch.setenv("TOCSIN_SLACK_BROADCAST", word)
    assert load().slack_broadcast.severity is severity


def test_what_a_webhook_may_have_taken_is_held_unless_said(monkeypatch):
    """E31."""
    assert load().slack_webhook_doubt is WebhookDoubt.HOLD
    monkeypatch.setenv("TOCSIN_SLACK_WEBHOOK_DOUBT", "resend")
    assert load().slack_webhook_doubt is WebhookDoubt.RESEND
    monkeypatch.setenv("TOCSIN_SLACK_WEBHOOK_DOUBT", "perhaps")
    with pytest.raises(SettingsError, match="TOCSIN_SLACK_WEBHOOK_DOUBT"):
        load()


def test_how_long_texts_are_kept_is_told_in_days(elsewhere, monkeypatch):
    monkeypatch.setenv("TOCSIN_KEEP_TEXT", "90")
    monkeypatch.setenv("TOCSIN_QUOTE", "160")
    settings = load()
    assert (settings.keep_text, settings.quote) == (timedelta(days=90), 160)
    monkeypatch.setenv("TOCSIN_KEEP_TEXT", "29")
    with pytest.raises(SettingsError, match="TOCSIN_KEEP_TEXT"):
        load()


def test_an_empty_line_keeps_texts_for_ever(elsewhere, monkeypatch):
    monkeypatch.setenv("TOCSIN_KEEP_TEXT", "")
    assert load().keep_text is None
