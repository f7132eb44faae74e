import json

import pytest

from tests.quality.pairs import clusters, copies

FERRY = """The ferry Alder ran onto a bank off Oster in thick fog before dawn and was
pulled free by two tugs at noon, the harbour master said. Nobody of the ninety on board
was hurt, and the cargo of apples will be sold at the quay this week."""
SALE = """The council of Krevo voted on Tuesday to sell two of its three fire boats to a
museum of the river, after a debate of six hours in which a former captain wept twice
and the mayor lost his place in the minutes."""
NOTICE = """Your notification has been saved. There was a problem saving it. Whenever
this reporter writes you will get a letter with a link, once a day, never at night."""


def text(key, body, *, title, incident="1"):
    return {
        "id": key,
        "text": body,
        "title": title,
        "incident": incident,
        "group": body[:9],
    }


def pair(label, one, other):
    return {"label": label, "a": one, "b": other}


@pytest.fixture
def written(tmp_path):
    ferry = text("f1", FERRY, title="Ferry Alder aground off Oster")
    again = text("f2", FERRY, title="Fog puts the ferry Alder on a sandbank")
    grown = text("f3", FERRY.replace("ninety", "eighty"), title="Ferry aground")
    sale = text("s1", SALE, title="Krevo sells fire boats")
    rows = [
        pair("copy", ferry, again),
        pair("update", ferry, grown),
        pair("different", ferry, sale),
        pair("ambiguous", ferry, sale),
    ]
    pages = [
        text("p1", NOTICE, title="Ferry aground", incident="1"),
        text("p2", NOTICE, title="Krevo sells boats", incident="2"),
        text("p3", NOTICE, title="Krevo sells boats", incident="3"),
    ]
    for name, lines in (("pairs", rows), ("boilerplate_pages", pages)):
        written = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(written, "utf-8")
    return tmp_path / "pairs.jsonl"


@pytest.mark.slow
def test_pairs_are_counted_by_label_alone_and_in_a_stream(written):
    figures = copies(written)
    assert figures["copies"] == 1.0
    assert (figures["copy.folded"], figures["stream.copy.folded"]) == (1.0, 1.0)
    assert (figures["update.folded"], figures["different.folded"]) == (0.0, 0.0)
    assert figures["related.recall"] == 1.0


@pytest.mark.slow
def test_furniture_is_counted_in_pairs_of_unlike_incidents(written):
    figures = copies(written)
    assert figures["furniture.folded"] == pytest.approx(1 / 3)
    assert figures["stream.furniture.folded"] == pytest.approx(1 / 3)


def test_clusters_are_scored_by_language(tmp_path):
    ferry = {"title": "Ferry Alder aground off Oster", "text": FERRY}
    sale = {"title": "Krevo sells fire boats", "text": SALE}
    rows = [
        {"lang": "en", "gold": "OK", "first": ferry, "second": ferry},
        {"lang": "en", "gold": "OK", "first": ferry, "second": sale},
        {"lang": "uk", "gold": "BAD", "first": ferry, "second": sale},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    figures = clusters(path)
    assert (figures["en.precision"], figures["en.recall"]) == (1.0, 0.5)
    assert (figures["uk.precision"], figures["uk.recall"]) == (0.0, 0.0)
