"""News sitemaps behind an index of them: the latest is had in its place.

Sites begin a new sitemap each day or month, under a new name; what stays is the index.
"""

from dataclasses import replace

from detectors.model import Validators
from detectors.sitemaps import is_sitemap, parts_of
from flows.web.fetch import ANEW, Answer, Fetch, Terms, Want
from flows.web.robots import origin
from flows.web.workers import PARSE_WITHIN, Run, WorkerError


class IndexedWeb:
    """The web, where a feed that is an index of sitemaps is its latest one; a `Fetch`.

    Args:
        fetch: The web.
        run: Workers; an index is read there.
    """

    def __init__(self, fetch: Fetch, run: Run) -> None:
        """Keep both."""
        self._fetch = fetch
        self._run = run

    async def __call__(self, url: str, want: Want, terms: Terms = ANEW, /) -> Answer:
        """Fetch a document; of an index its latest part, with the index's validators.

        An index that does not say when its parts changed may be the same while they
        do: it is asked without conditions.

        Raises:
            FetchError: As ``fetch`` does, also of the part.
        """
        answer = await self._fetch(url, want, terms)
        if want is not Want.FEED or not is_sitemap(answer.body):
            return answer
        try:
            parts = await self._run(PARSE_WITHIN, parts_of, answer.body, answer.url)
        except WorkerError:
            parts = ()
        if not parts:
            return answer
        latest, wishes = parts[0], terms.wishes
        if origin(latest.url) != origin(url):  # what lets us in is for one site
            wishes = replace(wishes, headers={})
        part = await self._fetch(latest.url, want, Terms(wishes=wishes))
        return replace(
            answer,
            body=part.body,
            charset=part.charset,
            validators=answer.validators if latest.changed else Validators(),
        )
