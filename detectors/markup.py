"""Markup → plain text: what a browser would show, paragraphs parted by a blank line."""

import html
import re

from lxml import etree

_MARKED = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]\w*);")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|em|font|i|img|ins|mark|p|q|s|small|span|"
    r"strike|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
                       r"\ufffe\uffff]")  # fmt: skip
_GAP = re.compile(r"\n[^\S\n]*\n")  # no blanks before it: linear in hostile text
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "details", "div",
     "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
     "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)  # fmt: skip
_UNREAD = frozenset(
    {"script", "style", "template", "noscript", "iframe", "svg", "object", "select"}
)
_CELLS = frozenset({"td", "th"})
_BREAKING = (*_UNREAD, *_BLOCKS, *_CELLS, "br")
_PARSER = etree.HTMLParser(
    remove_comments=True, remove_pis=True, no_network=True, collect_ids=False
)


def one_line(text: str) -> str:
    r"""A title: inline tags and entities resolved, blanks folded, controls out.

    >>> one_line("Six <b>dead</b> &amp; 12 hurt\n at a &lt;mill>")
    'Six dead & 12 hurt at a <mill>'
    """
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = _TAG.sub("", html.unescape(text))
    return " ".join(_CONTROLS.sub("", text).split())


def plain_text(text: str) -> str:
    r"""A summary or body: markup read, scripts dropped, paragraphs kept apart.

    >>> plain_text("<p>Six dead.</p><p>A mill<br><br>burned.</p>")
    'Six dead.\n\nA mill\n\nburned.'
    """
    if _MARKED.search(text):
        text = _marked_text(_CONTROLS.sub("", text))
    else:
        text = _CONTROLS.sub("", text)
    paragraphs = (" ".join(part.split()) for part in _GAP.split(text))
    return "\n\n".join(part for part in paragraphs if part)


def is_utf8(body: bytes) -> bool:
    """Whether ``body`` can only be UTF-8, whatever anybody says that it is.

    Text in another encoding hardly ever reads as UTF-8 by chance, and servers add
    a charset of their own to documents that they never looked at. What is ASCII
    throughout tells nothing: it may be one of the encodings that switch.
    """
    if body.isascii():
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _marked_text(text: str) -> str:
    """Write line ends into the tree where a browser would break, then take its text.

    Only elements that break are touched: three times as fast as a walk over all.
    """
    # In HTML a line's end is a blank; two in a row still part paragraphs in what
    # feeds call HTML and is not.
    source = text if "<p" in text or "<br" in text else _GAP.sub("<p>", text)
    source = source.replace("\n", " ").replace("\r", " ")
    try:
        root = etree.HTML(f"<div>{source}</div>", _PARSER)
    except (etree.LxmlError, ValueError, AssertionError):
        root = None
    if root is None:
        return html.unescape(_MARKED.sub(" ", text))
    for element in root.iter(*_BREAKING):
        _break(element)
    return "".join(root.itertext())


def _break(element: etree._Element) -> None:
    tag, tail = element.tag, element.tail or ""
    if tag in _UNREAD:
        element.clear(keep_tail=True)
    elif tag == "br":
        element.tail = f"\n{tail}"
    elif tag in _CELLS:
        element.tail = f" {tail}"
    else:
        element.text = f"\n\n{element.text or ''}"
        element.tail = f"\n\n{tail}"
