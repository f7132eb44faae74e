"""Markup → plain text: what a browser would show, paragraphs parted by a blank line."""

import html
import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

_MARKED = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]\w*);")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|em|font|i|img|ins|mark|p|q|s|small|span|"
    r"strike|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
                       r"\ufffe\uffff]")  # fmt: skip
_BLANKS = re.compile(r"[^\S\n]+")
_GAP = re.compile(r"\s*\n\s*\n\s*")
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "details", "div",
     "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
     "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)  # fmt: skip
_UNREAD = frozenset(
    {"script", "style", "template", "noscript", "iframe", "svg", "object", "select"}
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


def _marked_text(text: str) -> str:
    # In HTML a line's end is a blank; two in a row still part paragraphs in what
    # feeds call HTML and is not.
    source = text if "<p" in text or "<br" in text else _GAP.sub("<p>", text)
    try:
        root = lxml_html.fragment_fromstring(source, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return html.unescape(_MARKED.sub(" ", text))
    return "".join(_walk(root))


def _walk(root: "lxml_html.HtmlElement") -> Iterator[str]:
    """The text of a tree with a line's end at each break, two at each block.

    A loop, not a recursion: hostile markup nests deeper than Python may call.
    """
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            yield _opened(tag)
            if tag in _UNREAD:
                walker.skip_subtree()
            else:
                yield _folded(element.text)
            continue
        if tag in _BLOCKS:
            yield "\n\n"
        if element is not root:
            yield _folded(element.tail)


def _opened(tag: str) -> str:
    if tag in _BLOCKS:
        return "\n\n"
    return "\n" if tag == "br" else " " if tag in ("td", "th") else ""


def _folded(text: str | None) -> str:
    return text.replace("\n", " ").replace("\r", " ") if text else ""
