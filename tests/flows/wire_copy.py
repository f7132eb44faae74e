"""Invented copy of one strike and one harbour festival, for tests of the whole way."""

from datetime import UTC, datetime, timedelta

from detectors.model import Article

DAWN = datetime(2026, 4, 7, 5, 0, tzinfo=UTC)

FIRST = (
    "A missile hit an apartment block in the southern Ukrainian city of Mykolaiv "
    "before dawn on Tuesday, killing three people, the regional governor said.\n\n"
    "At least 11 others were wounded, two of them seriously, according to the "
    "emergency service. Rescuers were searching the rubble with dogs.\n\n"
    "Windows were blown out along the whole street, and a tram line was closed."
)
RISEN = (
    "The number of people killed when a missile struck an apartment block in "
    "Mykolaiv rose to five on Tuesday, the emergency service said.\n\n"
    "Eighteen people were wounded, it said, and the search of the ruins goes on. "
    "A woman was pulled alive from under a staircase at noon."
)
DEPOT = (
    "Two drones struck a bus depot in Sumy, in the north of Ukraine, on Wednesday "
    "night and killed three mechanics, the city council reported.\n\n"
    "The roof of the workshop fell in, and nine buses burned out. Firefighters worked "
    "until morning while the alert went on."
)
FESTIVAL = (
    "The harbour festival opened on Tuesday with a parade of forty wooden boats and "
    "a choir of schoolchildren. The mayor cut a ribbon and praised the weather.\n\n"
    "Stalls sell smoked fish until Sunday, and the lighthouse can be climbed."
)
CORRECTED = (
    "Four people, not five, were killed in the missile strike on an apartment block "
    "in Mykolaiv on Tuesday, prosecutors said, correcting an earlier count.\n\n"
    "One victim had been registered twice. The number of wounded stands at 18."
)


def article(
    number: int, text: str, *, minutes: int = 0, source: str = "", **more: str
) -> Article:
    """The ``number``-th article, so many minutes after dawn."""
    at = DAWN + timedelta(minutes=minutes or number * 40)
    outlet = source or f"Outlet {number}"
    url = f"https://{outlet.lower().replace(' ', '')}.test/{number}"
    return Article(
        id=more.get("id", f"w{number}"),
        url=more.get("url", url),
        source=outlet,
        title=more.get("title", text.split(",", maxsplit=1)[0][:60]),
        text=text,
        published_at=at,
        fetched_at=at,
        language="en",
        revision_of=more.get("revision_of"),
    )


def day() -> tuple[Article, ...]:
    """A strike, its copy, a festival, a higher toll, the old one late, a correction."""
    return (
        article(1, FIRST),
        article(2, f"{FIRST}\n\nOur readers have asked how to help; see page 4."),
        article(3, FESTIVAL),
        article(4, RISEN),
        article(
            5, FIRST.replace("before dawn", "early").replace("A missile", "Rocket")
        ),
        article(6, CORRECTED),
    )
