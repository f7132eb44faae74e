"""Feeds and pages as outlets make them: four formats, and much around the text."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from jinja2 import Environment
from markupsafe import Markup, escape

from flows.demo.day import FeedFormat, Outlet, Piece

SUMMARY_LENGTH = 300

CONTENT_TYPES = {
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.RDF: "application/rdf+xml",
    FeedFormat.JSON: "application/feed+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A piece in a feed: its latest wording, and when it first appeared."""

    piece: Piece
    link: str
    first_published_at: datetime

    @property
    def is_revised(self) -> bool:
        """Whether its wording has changed since it appeared."""
        return self.piece.published_at > self.first_published_at

    @property
    def summary(self) -> str:
        """The first paragraph, cut at a word when it is long."""
        lead = self.piece.paragraphs[0]
        if len(lead) <= SUMMARY_LENGTH:
            return lead
        return lead[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"

    @property
    def body(self) -> Markup:
        """The whole text as HTML paragraphs."""
        return Markup("").join(
            Markup("<p>{}</p>").format(paragraph) for paragraph in self.piece.paragraphs
        )


def render_feed(outlet: Outlet, home: str, listed: Sequence[Listed]) -> bytes:
    """Write the feed document of ``outlet``, newest entry first.

    Args:
        outlet: Its format, encoding and whether it gives whole texts.
        home: The outlet's front page, absolute.
        listed: What the feed shows now, in the order to show it.
    """
    if outlet.format is FeedFormat.JSON:
        return _json_feed(outlet, home, listed)
    template = _TEMPLATES.from_string(_XML[outlet.format])
    text = template.render(outlet=outlet, home=home, listed=listed)
    return text.encode(outlet.encoding, errors="xmlcharrefreplace")


def _json_feed(outlet: Outlet, home: str, listed: Sequence[Listed]) -> bytes:
    entries = []
    for shown in listed:
        entry = {
            "id": shown.piece.path,
            "url": shown.link,
            "title": shown.piece.title,
            "summary": shown.summary,
            "date_published": shown.first_published_at.isoformat(),
        }
        if shown.is_revised:
            entry["date_modified"] = shown.piece.published_at.isoformat()
        if outlet.full_text:
            entry["content_html"] = str(shown.body)
        else:
            entry["content_text"] = shown.summary
        entries.append(entry)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": home,
        "language": outlet.language,
        "items": entries,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def render_page(
    outlet: Outlet, shown: Listed, related: Sequence[Listed], home: str
) -> str:
    """Write the article's page with the furniture that real ones carry."""
    return _TEMPLATES.from_string(_PAGE).render(
        outlet=outlet, shown=shown, related=related, home=home
    )


def render_cookie_wall(outlet: Outlet, home: str) -> str:
    """Write a page that shows nothing before the reader consents."""
    return _TEMPLATES.from_string(_COOKIE_WALL).render(outlet=outlet, home=home)


def render_login(outlet: Outlet, shown: Listed, home: str) -> str:
    """Write a page that stops after a few words and asks for a subscription."""
    opening = " ".join(shown.piece.text.split()[:18])
    return _TEMPLATES.from_string(_LOGIN).render(
        outlet=outlet, shown=shown, opening=opening, home=home
    )


def render_home(outlet: Outlet, feed: str, listed: Sequence[Listed]) -> str:
    """Write a front page that names its feed, as feed discovery expects."""
    kind = CONTENT_TYPES[outlet.format]
    return _TEMPLATES.from_string(_HOME).render(
        outlet=outlet, feed=feed, kind=kind, listed=listed
    )


def _escaped_body(shown: Listed) -> Markup:
    """HTML inside XML: escaped a second time, as RSS has it."""
    return escape(str(shown.body))


_TEMPLATES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TEMPLATES.filters["mail_date"] = format_datetime
_TEMPLATES.filters["w3c_date"] = datetime.isoformat
_TEMPLATES.filters["escaped_body"] = _escaped_body

_RSS = """\
<?xml version="1.0" encoding="{{ outlet.encoding }}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{{ outlet.name }}</title>
<link>{{ home }}</link>
<description>{{ outlet.name }}</description>
<language>{{ outlet.language }}</language>
<ttl>5</ttl>
{% for shown in listed %}
<item>
<title>{{ shown.piece.title }}</title>
<link>{{ shown.link }}?utm_source=rss&amp;utm_medium=feed</link>
<guid isPermaLink="false">{{ outlet.slug }}:{{ shown.piece.path }}</guid>
<pubDate>{{ shown.first_published_at | mail_date }}</pubDate>
{% if shown.is_revised %}
<atom:updated>{{ shown.piece.published_at | w3c_date }}</atom:updated>
{% endif %}
<description>{{ shown.summary }}</description>
{% if outlet.full_text %}
<content:encoded>{{ shown | escaped_body }}</content:encoded>
{% endif %}
</item>
{% endfor %}
</channel>
</rss>
"""

_ATOM = """\
<?xml version="1.0" encoding="{{ outlet.encoding }}"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{{ outlet.language }}">
<title>{{ outlet.name }}</title>
<id>{{ home }}</id>
<link rel="alternate" href="{{ home }}"/>
{% if listed %}
<updated>{{ listed[0].piece.published_at | w3c_date }}</updated>
{% endif %}
{% for shown in listed %}
<entry>
<title>{{ shown.piece.title }}</title>
<link rel="alternate" type="text/html" href="{{ shown.link }}"/>
<id>tag:{{ outlet.slug }}.test,2026:{{ shown.piece.path }}</id>
<published>{{ shown.first_published_at | w3c_date }}</published>
<updated>{{ shown.piece.published_at | w3c_date }}</updated>
<summary>{{ shown.summary }}</summary>
{% if outlet.full_text %}
<content type="html">{{ shown | escaped_body }}</content>
{% endif %}
</entry>
{% endfor %}
</feed>
"""

_RDF = """\
<?xml version="1.0" encoding="{{ outlet.encoding }}"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{{ home }}">
<title>{{ outlet.name }}</title>
<link>{{ home }}</link>
<description>{{ outlet.name }}</description>
<dc:language>{{ outlet.language }}</dc:language>
<items><rdf:Seq>
{% for shown in listed %}
<rdf:li rdf:resource="{{ shown.link }}"/>
{% endfor %}
</rdf:Seq></items>
</channel>
{% for shown in listed %}
<item rdf:about="{{ shown.link }}">
<title>{{ shown.piece.title }}</title>
<link>{{ shown.link }}</link>
<description>{{ shown.summary }}</description>
<dc:date>{{ shown.piece.published_at | w3c_date }}</dc:date>
</item>
{% endfor %}
</rdf:RDF>
"""

_XML = {FeedFormat.RSS: _RSS, FeedFormat.ATOM: _ATOM, FeedFormat.RDF: _RDF}

_HEAD = """\
<!DOCTYPE html>
<html lang="{{ outlet.language }}">
<head>
<meta charset="utf-8">
"""

_PAGE = (
    _HEAD
    + """\
<title>{{ shown.piece.title }} | {{ outlet.name }}</title>
<link rel="canonical" href="{{ shown.link }}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{{ outlet.name }}">
<meta property="og:title" content="{{ shown.piece.title }}">
<meta property="article:published_time"
 content="{{ shown.first_published_at | w3c_date }}">
<meta property="article:modified_time"
 content="{{ shown.piece.published_at | w3c_date }}">
<style>body{font:1rem/1.5 serif;margin:auto;max-width:44rem}</style>
<script>window.dataLayer=window.dataLayer||[];dataLayer.push({page:"article"});</script>
</head>
<body>
<div class="cookie-banner" role="dialog" aria-label="Cookies">
<p>We value your privacy. We and our partners store and access cookies.</p>
<button>Accept all</button> <button>Manage choices</button>
</div>
<header>
<a class="logo" href="{{ home }}">{{ outlet.name }}</a>
<nav><ul>
<li><a href="{{ home }}">Home</a></li>
<li><a href="{{ home }}#world">World</a></li>
<li><a href="{{ home }}#sport">Sport</a></li>
<li><a href="{{ home }}#weather">Weather</a></li>
</ul></nav>
</header>
<main>
<article>
<h1>{{ shown.piece.title }}</h1>
<p class="byline"><time datetime="{{ shown.first_published_at | w3c_date }}">
{{ shown.first_published_at.strftime("%d.%m.%Y %H:%M") }} UTC</time></p>
<div class="share">
<a href="#share">Share</a> <a href="#post">Post</a> <a href="#mail">E-mail</a>
</div>
<div class="article-body">
{% for paragraph in shown.piece.paragraphs %}
<p>{{ paragraph }}</p>
{% endfor %}
</div>
</article>
<aside class="related">
<h2>More from {{ outlet.name }}</h2>
<ul>
{% for other in related %}
<li><a href="{{ other.link }}">{{ other.piece.title }}</a></li>
{% endfor %}
</ul>
</aside>
<aside class="newsletter"><form><label>Get our newsletter <input type="email"></label>
<button>Sign up</button></form></aside>
</main>
<footer><p>&copy; 2026 {{ outlet.name }}. All rights reserved.</p>
<ul><li><a href="#terms">Terms</a></li><li><a href="#privacy">Privacy</a></li>
<li><a href="#contact">Contact</a></li></ul></footer>
</body>
</html>
"""
)

_COOKIE_WALL = (
    _HEAD
    + """\
<title>Before you continue to {{ outlet.name }}</title>
</head>
<body>
<div class="consent" role="dialog">
<h1>Before you continue</h1>
<p>We and our 214 partners store and access information on a device, such as
cookies, and process personal data for personalised advertising and content,
measurement and audience research.</p>
<p>You may accept cookies, or reject them and subscribe. You can change your
choices at any time in our privacy policy.</p>
<button>Accept all cookies</button> <button>Reject and subscribe</button>
<p><a href="{{ home }}#privacy">Privacy policy</a></p>
</div>
</body>
</html>
"""
)

_LOGIN = (
    _HEAD
    + """\
<title>{{ shown.piece.title }} | {{ outlet.name }}</title>
</head>
<body>
<header><a href="{{ home }}">{{ outlet.name }}</a></header>
<main>
<h1>{{ shown.piece.title }}</h1>
<p>{{ opening }} …</p>
<div class="paywall">
<p>This article is for subscribers only. Log in or subscribe to continue reading.</p>
<form><label>E-mail <input type="email"></label>
<label>Password <input type="password"></label><button>Log in</button></form>
</div>
</main>
</body>
</html>
"""
)

_HOME = (
    _HEAD
    + """\
<title>{{ outlet.name }}</title>
<link rel="alternate" type="{{ kind }}" title="{{ outlet.name }}" href="{{ feed }}">
</head>
<body>
<h1>{{ outlet.name }}</h1>
<ul>
{% for shown in listed %}
<li><a href="{{ shown.link }}">{{ shown.piece.title }}</a></li>
{% endfor %}
</ul>
</body>
</html>
"""
)
