from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.pages import read_page
from detectors.walls import Refusal, is_site_text, refuse

URL = "https://courier.test/2026/crane"
ARTICLE = """\
Two dockers were hurt on Wednesday when a crane fell across the North Quay, the second \
such accident in a year.

The harbour master closed the quay for the day and sent the morning's ferries to the \
eastern basin, where passengers waited for up to three hours.

Inspectors said they would look at the maintenance records of all nine cranes before \
any of them lifts a container again.

The operator, which took over the terminal in January, promised to help the two \
families and to publish what its own engineers find."""
PARAGRAPHS = ARTICLE.split("\n\n")


def html(*paragraphs, title="Crane falls at North Quay", head="", extra=""):
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>{title}</title>{head}</head><body><nav><a href='/'>Home</a>"
        f"<a href='/sport'>Sport</a></nav><main><article><h1>{title}</h1>{told}"
        f"</article></main>{extra}<footer>© Courier</footer></body></html>"
    ).encode()


def test_an_article_is_read_without_its_furniture():
    page = read_page(html(*PARAGRAPHS), url=URL)
    assert page.refusal == ""
    assert page.text.endswith(ARTICLE)
    assert "Sport" not in page.text
    assert page.title == "Crane falls at North Quay"
    assert page.language == "en"


def test_what_the_feed_says_comes_first():
    at = datetime(2026, 3, 4, 6, 40, tzinfo=UTC)
    page = read_page(
        html(*PARAGRAPHS), url=URL, feed_title="Crane collapse", feed_published_at=at
    )
    assert (page.title, page.published_at) == ("Crane collapse", at)


def test_the_pages_own_date_is_read_where_the_feed_has_none():
    head = '<meta property="article:published_time" content="2026-03-03T22:10:00Z">'
    page = read_page(html(*PARAGRAPHS, head=head), url=URL)
    assert page.published_at is not None
    assert page.published_at.tzinfo is UTC
    assert page.published_at.date().isoformat() == "2026-03-03"


@pytest.mark.parametrize(
    ("charset", "stated"),
    [
        pytest.param("windows-1251", "windows-1251", id="by-the-server"),
        pytest.param("koi8-r", None, id="by-the-page"),
        pytest.param("utf-8", "windows-9999", id="server-talks-nonsense"),
    ],
)
def test_the_encoding_is_taken_from_where_it_is_stated(charset, stated):
    words = "Кран упал на причал, двое докеров ранены, порт закрыт до утра. " * 4
    body = html(words, words, title="Порт")
    body = body.decode().replace("utf-8", charset).encode(charset)
    assert "Кран упал на причал" in read_page(body, url=URL, charset=stated).text


def test_what_can_only_be_utf8_is_read_so_whatever_the_server_says():
    body = html("Кран упал на причал, двое ранены. " * 9, title="Порт")
    assert "Кран упал" in read_page(body, url=URL, charset="iso-8859-1").text


WALLS = [
    ("Please enable JavaScript to view this site.", Refusal.BLOCKED),
    ("Verifying you are human. This may take a few seconds.", Refusal.BLOCKED),
    ("Access denied. You do not have permission.", Refusal.BLOCKED),
    ("We and our 812 partners store cookies. Accept all cookies?", Refusal.COOKIES),
    ("Ми використовуємо файли cookie. Прийняти всі cookie", Refusal.COOKIES),
    ("Utilizamos cookies propias. Aceptar todas las cookies", Refusal.COOKIES),
    ("Log in to continue. Forgot your password?", Refusal.LOGIN),
    ("Войдите, чтобы читать. Забыли пароль?", Refusal.LOGIN),
    ("", Refusal.EMPTY),
    ("A caption of a photograph.", Refusal.EMPTY),
]


@pytest.mark.parametrize(("text", "refusal"), WALLS)
def test_a_wall_is_no_article(text, refusal):
    assert refuse(text) is refusal
    assert read_page(html(text, title=""), url=URL).refusal in (refusal, Refusal.EMPTY)


@pytest.mark.parametrize(
    "closing",
    [
        "Continue reading with a subscription.",
        "Subscribe to read the full story.",
        "Log in to continue.",
        "This article is for our subscribers only.",
        "Читати далі можуть лише передплатники.",
        "Только для подписчиков.",
        "Contenido exclusivo para suscriptores.",
        "Jetzt weiterlesen mit Kurier+",
    ],
)
def test_an_opening_that_asks_for_more_is_a_teaser(closing):
    assert refuse(f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}\n\n{closing}") is Refusal.TEASER


def test_less_than_the_feed_told_is_a_teaser():
    assert refuse(PARAGRAPHS[1], feed_text=ARTICLE) is Refusal.TEASER
    assert refuse(ARTICLE, feed_text=PARAGRAPHS[1]) is None


def test_a_text_that_breaks_off_is_a_teaser():
    assert refuse(f"{PARAGRAPHS[1][:-1]} …") is Refusal.TEASER


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PARAGRAPHS[0] + PARAGRAPHS[1], id="a-short-report"),
        pytest.param(
            "Regulators fined three shops that made buyers accept all cookies. " * 30,
            id="about-cookies",
        ),
        pytest.param(
            "The bank told 40,000 clients who forgot their password to wait. " * 30,
            id="about-passwords",
        ),
        pytest.param(
            f"We use cookies on this site.\n\n{PARAGRAPHS[1]}\n\n{PARAGRAPHS[3]}",
            id="below-a-banner",
        ),
        pytest.param(
            f"Continue reading the list: it names nine cranes.\n\n{ARTICLE}{ARTICLE}",
            id="asks-early",
        ),
    ],
)
def test_an_article_that_speaks_of_walls_is_an_article(text):
    assert refuse(text) is None


def test_markup_that_nests_too_deep_gives_an_empty_page():
    body = b"<html><body>" + b"<div>" * 20_000 + b"deep" + b"</body></html>"
    assert read_page(body, url=URL).refusal == Refusal.EMPTY


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_a_page(body):
    page = read_page(body, url=URL, feed_title="T")
    assert page.title == "T"
    assert page.refusal or page.text


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for registering!\n\nVisit us to read what is new in your street.",
        "Get email notifications on Ana Ruiz!\n\nYour notification has been saved.",
        "To complete your registration on this site, please supply an address.",
        "Add a location to your posts. You may delete your location history.",
        "Дякуємо за реєстрацію! Ми надішлемо вам листа.",
        "Gracias por suscribirte. Te enviaremos un correo.",
    ],
)
def test_what_a_site_says_to_its_readers_is_no_article(text):
    assert refuse(text) is Refusal.SITE


def test_a_table_without_words_is_empty():
    assert refuse("| x " + "| " * 90) is Refusal.EMPTY


@pytest.mark.parametrize(
    ("title", "is_site"),
    [
        ("Boy arrested over orchard fires", True),
        ("Crane falls across North Quay", False),
        ("Slow", False),
    ],
)
def test_a_text_that_tells_of_its_title_is_not_the_sites(title, is_site):
    assert is_site_text(title, PARAGRAPHS[0]) is is_site
