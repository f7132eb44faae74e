"""What goes into a column comes out of it, whatever the database would do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy.dialects import sqlite

from detectors.model import Alert, Decision, Development, FactValue, StoryProfile
from storage.columns import (
    DayNumber,
    Duration,
    Hash64,
    Json,
    UtcDateTime,
    digest,
    escape,
    unescape,
)
from tests.storage.records import AWKWARD, NOW, alert, decision, development

DIALECT = sqlite.dialect()

any_text = st.text(st.characters(codec=None, categories=None))
fact_values = st.one_of(st.booleans(), st.integers(), any_text)
moments = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001  # the zone is drawn below
    max_value=datetime(9998, 12, 30),  # noqa: DTZ001
    timezones=st.integers(-14, 14).map(lambda h: timezone(timedelta(hours=h))),
)


def through(column, value):
    """Write and read ``value`` without a database between."""
    return column.process_result_value(
        column.process_bind_param(value, DIALECT), DIALECT
    )


@given(any_text)
def test_escaped_text_is_readable_back_and_acceptable_to_both(text):
    written = escape(text)
    assert unescape(written) == text
    assert "\x00" not in written
    assert written.encode().decode() == written


@given(st.text(st.characters(exclude_characters="\x00\x1a", codec="utf-8")))
def test_ordinary_text_is_stored_as_it_is(text):
    assert escape(text) is text or escape(text) == text


@given(any_text, any_text)
def test_two_texts_have_two_digests(one, other):
    assert (digest(one) == digest(other)) == (one == other)
    assert len(digest(one)) == 32


@given(fact_values)
def test_a_fact_value_keeps_its_type(value):
    back = through(Json(FactValue), value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "value", [True, False, 1, 0, "1", "true", "", "2026-03-01"], ids=repr
)
def test_values_that_look_alike_stay_apart(value):
    back = through(Json(FactValue), value)
    assert (type(back), back) == (type(value), value)


@given(old=st.none() | fact_values, new=fact_values, quote=any_text)
def test_developments_come_back_equal(old, new, quote):
    told = (development(old=old, new=new, quote=quote, attribution=quote),)
    back = through(Json(tuple[Development, ...]), told)
    assert back == told
    assert [type(each.new) for each in back] == [type(new)]


@given(
    st.builds(
        StoryProfile,
        terms=st.dictionaries(
            any_text, st.floats(allow_nan=False, allow_infinity=False)
        ),
        numbers=st.dictionaries(any_text, st.integers()),
        figures=st.dictionaries(any_text, st.lists(st.integers()).map(tuple)),
        places=st.lists(any_text).map(tuple),
    )
)
def test_a_profile_comes_back_equal(profile):
    assert through(Json(StoryProfile), profile) == profile


def test_a_decision_with_awkward_text_comes_back_equal():
    told = decision(alerts=(alert(reason=AWKWARD),), trace=(AWKWARD,))
    assert through(Json(Decision), told) == told


def test_records_written_before_a_field_was_added_are_still_read():
    old = TypeAdapter(Alert).dump_python(alert(), mode="json")
    del old["reason"]
    assert TypeAdapter(Alert).validate_python(old) == replace(alert(), reason="")


@given(moments)
def test_a_moment_comes_back_as_the_same_one_in_utc(moment):
    back = through(UtcDateTime(), moment)
    assert back == moment
    assert back.tzinfo is UTC


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive datetime"):
        UtcDateTime().process_bind_param(NOW.replace(tzinfo=None), DIALECT)


@given(st.timedeltas())
def test_a_duration_is_exact(length):
    assert through(Duration(), length) == length


@given(st.integers(0, 2**64 - 1))
def test_an_unsigned_hash_fits_a_signed_column(value):
    written = Hash64().process_bind_param(value, DIALECT)
    assert written is not None
    assert -(2**63) <= written < 2**63
    assert through(Hash64(), value) == value


@given(st.dates())
def test_a_day_comes_back(day):
    assert through(DayNumber(), day) == day


@pytest.mark.parametrize(
    "column", [Json(FactValue), UtcDateTime(), Duration(), Hash64(), DayNumber()]
)
def test_nothing_stays_nothing(column):
    assert through(column, None) is None
