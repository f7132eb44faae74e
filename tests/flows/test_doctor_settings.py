"""What `tocsin doctor` says of the settings themselves."""

import pytest

from flows.doctor.environment import look_at_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_without_a_file_of_settings_is_named(elsewhere):
    found = look_at_settings()
    assert found.is_sound
    assert f"there is no {elsewhere / 'tocsin.env'}" in found.says


def test_a_file_of_settings_is_named(elsewhere):
    (elsewhere / "tocsin.env").write_text("SLACK_BOT_TOKEN_FILE=x\nOTHERS=1\n")
    found = look_at_settings()
    assert found.is_sound
    assert found.says == f"from {elsewhere / 'tocsin.env'} and the environment"


@pytest.mark.parametrize("place", ["file", "environment"])
def test_a_misspelt_variable_gets_the_nearest_name(elsewhere, monkeypatch, place):
    if place == "file":
        (elsewhere / "tocsin.env").write_text("TOCSIN_SLACK_CHANEL=#desk-secret\n")
    else:
        monkeypatch.setenv("TOCSIN_SLACK_CHANEL", "#desk-secret")
    found = look_at_settings()
    assert "TOCSIN_SLACK_CHANEL (nearest is TOCSIN_SLACK_CHANNEL)" in found.says
    assert found.cure
    assert "secret" not in str(found)


def test_what_others_keep_in_the_environment_is_no_matter(monkeypatch):
    monkeypatch.setenv("SLACK_TEAM", "desk")
    assert look_at_settings().is_sound
