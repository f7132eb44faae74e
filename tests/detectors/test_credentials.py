import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.credentials import is_reference, is_secret_header, secret_in
from detectors.errors import without_secrets


@pytest.mark.parametrize(
    "url",
    [
        "https://desk:key@wire.test/",
        "https://desk@wire.test/",
        "https://wire.test/rss?token=1f",
        "https://wire.test/rss?a=b&wire_api-key=1f",
        "https://wire.test/rss?Access_Token=1f#x",
        "https://wire.test/rss?n=1&key=0123456789abcdefABCD",
    ],
)
def test_a_secret_in_an_address_is_seen_and_masked(url):
    assert secret_in(url)
    assert "***@" in without_secrets(f"got {url}") or "=***" in without_secrets(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://wire.test/rss?key=world&author=Reyes&passenger=1",
        "https://wire.test/rss@home?page=2",
        "https://wire.test/token=1",
        "not an address",
        "https://[wire",
    ],
)
def test_an_ordinary_address_holds_none(url):
    assert secret_in(url) == ""
    assert without_secrets(url) == url


def test_a_reference_is_no_secret():
    assert is_reference("env:WIRE_KEY")
    assert is_reference("file:/run/secrets/wire")
    assert not is_reference("env:")
    assert not is_reference("file:relative")
    assert not is_reference("Bearer env:WIRE_KEY")


@pytest.mark.parametrize("name", ["Authorization", "COOKIE", "X-Auth", "X-Wire-Token"])
def test_headers_that_let_in_are_known_by_name(name):
    assert is_secret_header(name)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    assert isinstance(secret_in(f"https://{text}"), str)
    assert isinstance(without_secrets(text), str)
