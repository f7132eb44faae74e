"""New words of a running story, and the same event in other words."""

from detectors.model import Vocabulary
from detectors.novelty import RETOLD, likeness, terms
from detectors.text import read
from detectors.vocabulary import counted

NEWS = (
    "Dockworkers at the northern terminal of Orrin walked out on Monday after talks on "
    "new cranes failed, and two container ships turned away."
)
RETELLING = (
    "Two container ships turned back on Monday as dockworkers left the northern "
    "terminal of Orrin; their talks about new cranes had failed."
)
UPDATE = (
    "The port of Orrin reopened on Thursday: the union accepted a guarantee of four "
    "hundred jobs, and crews began to clear the backlog at once."
)
PORTS = (
    "Dockworkers talk of pay in the port.",
    "A terminal was closed by a walkout of dockworkers.",
    "Ships wait outside the port while the union talks.",
)


def words(text, language="en"):
    return terms(read(text, language=language))


def topic():
    vocabulary = Vocabulary(topic="ports")
    for text in PORTS:
        vocabulary = counted(vocabulary, words(text))
    return vocabulary


def test_the_same_event_in_other_words_is_retold_and_the_next_one_is_not():
    assert likeness(words(RETELLING), [words(NEWS)], topic()) >= RETOLD
    assert likeness(words(UPDATE), [words(NEWS)], topic()) < RETOLD


def test_the_article_that_is_most_alike_decides_in_any_order():
    earlier = [words(NEWS), words(UPDATE)]
    told = likeness(words(RETELLING), earlier, topic())
    assert told == likeness(words(RETELLING), earlier[::-1], topic())
    assert told >= likeness(words(RETELLING), [words(UPDATE)], topic())


def test_what_every_article_of_the_topic_says_makes_none_alike():
    plain, rare = Vocabulary(topic="ports"), topic()
    one, other = words("The dockworkers talk of Quenby."), words("Dockworkers talk.")
    assert likeness(one, [other], rare) < likeness(one, [other], plain)


def test_nothing_is_like_nothing():
    assert likeness(words(""), [words(NEWS)], topic()) == 0.0
    assert likeness(words(NEWS), [], topic()) == 0.0
