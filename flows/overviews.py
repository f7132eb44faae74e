"""Gathers what the root of a story's thread shows."""

from detectors import sources
from detectors.overviews import Overview, overview
from flows.seeds import Seeds
from storage.database import UnitOfWork


def overview_of(unit: UnitOfWork, seeds: Seeds, story_id: str) -> Overview | None:
    """A story as it stands in the store; None if there is none of that id."""
    story = unit.stories.get(story_id)
    if story is None:
        return None
    course = unit.stories.developments(story_id)
    moved_by = course[-1].article_id if course else None
    members = unit.stories.members(story_id)
    latest = moved_by or (members[0] if members else None)
    articles = unit.articles.get_many([latest] if latest else [])
    return overview(
        story,
        unit.stories.claims(story_id),
        [told.development for told in course],
        topic=seeds.find(story.topic),
        sources=sources.independent(
            story.sources, owners=sources.owners_of(unit.feeds.outlets())
        ),
        latest=articles.get(latest) if latest else None,
    )
