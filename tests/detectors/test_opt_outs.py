import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.opt_outs import opted_out


@pytest.mark.parametrize(
    ("told", "page", "word"),
    [
        ({"tdm-reservation": "1"}, b"", "tdm-reservation"),
        ({"tdm-reservation": "0"}, b"", ""),
        ({"x-robots-tag": "noindex, nofollow"}, b"", ""),
        ({"x-robots-tag": "noindex, NoAI"}, b"", "X-Robots-Tag"),
        ({"x-robots-tag": "otherbot: noai"}, b"", ""),
        ({"x-robots-tag": "otherbot: noai, tocsin: noindex"}, b"", "X-Robots-Tag"),
        ({"x-robots-tag": "tocsin: nofollow, none"}, b"", "X-Robots-Tag"),
        (
            {"x-robots-tag": "unavailable_after: 25 Jun 2030 15:00:00 GMT, noai"},
            b"",
            "X-Robots-Tag",
        ),
        ({}, b'<meta name="tdm-reservation" content="1">', "tdm-reservation"),
        ({}, b"<META CONTENT=1 NAME=TDM-Reservation />", "tdm-reservation"),
        ({}, b'<meta name="tdm-reservation" content="0">', ""),
        ({}, b'<meta name="robots" content="max-snippet:-1, noai">', "robots"),
        ({}, b'<meta name="robots" content="noindex">', ""),
        ({}, b'<meta name="tocsin" content="noindex">', "robots"),
        ({}, b'<meta name="description" content="noai">', ""),
        ({}, b"<p>x</p>" * 9_000 + b'<meta name="robots" content="noai">', ""),
    ],
)
def test_who_keeps_a_page_from_mining_is_heard(told, page, word):
    assert opted_out(told, page) == word


@given(st.text(max_size=80), st.binary(max_size=200))
def test_nothing_breaks_it(tag, body):
    assert isinstance(opted_out({"x-robots-tag": tag}, b"<meta " + body + b">"), str)
