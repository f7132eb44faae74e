"""Slack as an operator sets it up: its token, scopes, channels and clock."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial

from detectors.model import Topic
from flows.doctor import cures
from flows.doctor.finding import Finding
from flows.settings import Settings, WebhookDoubt
from flows.slack.setup import (
    LATER,
    SCOPES,
    Bot,
    Sight,
    Survey,
    Trouble,
    misnamed,
)
from flows.wording import counted

OURS = "TOCSIN_SLACK_CHANNEL"
OFFICIAL = "https://slack.com/api/"
HOOKS = "https://hooks.slack"  # .com, and .com-gov.com for GovSlack
# A look for a message in doubt begins ten minutes before it was sent, and an answer
# is late by seconds at most: a minute warns long before anything is missed.
LATE = timedelta(minutes=1)

_SLACK = partial(Finding, what="Slack")
_WRONG_TOKENS = {
    "xoxp-": "a user's token",
    "xapp-": "an app-level token, which SLACK_APP_TOKEN is for",
    "xoxe": "a token that is rotated and expires within hours",
    "https:": "a web address; a webhook's goes into SLACK_WEBHOOK_URL",
}
_PROMISES = {
    WebhookDoubt.HOLD: "told at most once: what it may have taken before an answer was"
    " lost is held for a person",
    WebhookDoubt.RESEND: "told at least once: what it may have taken before an answer"
    " was lost is sent again",
}


def look_at_slack(settings: Settings, topics: Iterable[Topic]) -> Iterator[Finding]:
    """Everything about Slack that can be known without posting."""
    channels = named_channels(settings, topics)
    token, hook = settings.slack_bot_token, settings.slack_webhook_url
    if token is not None:
        yield from _by_token(settings, token.get_secret_value().strip(), channels)
    elif hook is not None:
        yield from _by_webhook(settings, hook.get_secret_value(), channels)
    else:
        says = "not set: alerts are printed to the terminal"
        yield _SLACK(says=says, cure=cures.CREATE)


def named_channels(settings: Settings, topics: Iterable[Topic]) -> Mapping[str, str]:
    """Every channel that something can be told in, and what names it."""
    found: dict[str, list[str]] = {}
    for topic in topics:
        own = topic.alert.channel
        by = f"the topic {topic.id}" if own else OURS
        found.setdefault(own or settings.slack_channel, []).append(by)
    named = found or {settings.slack_channel: [OURS]}
    if settings.slack_notices is not None:
        named.setdefault(settings.slack_notices, []).append("TOCSIN_SLACK_NOTICES")
    return {name: " and ".join(dict.fromkeys(by)) for name, by in named.items()}


def sound_channels(findings: Iterable[Finding]) -> frozenset[str]:
    """The channels that no finding about Slack has anything against."""
    looked_at = tuple(findings)
    ill = {each.channel for each in looked_at if not each.is_sound}
    if "" in ill:  # it concerns them all
        return frozenset()
    return frozenset(each.channel for each in looked_at if each.channel) - ill


# --- by a webhook ---------------------------------------------------------------------


def _by_webhook(
    settings: Settings, url: str, channels: Mapping[str, str]
) -> Iterator[Finding]:
    """What a webhook promises; it cannot be asked anything without posting."""
    if not url.startswith(HOOKS) and settings.slack_base_url == OFFICIAL:
        yield _SLACK(
            says="SLACK_WEBHOOK_URL is no webhook of Slack's",
            cure="copy the whole address from *Incoming Webhooks*: https://hooks.slack…",
        )
        return
    promise = _PROMISES[settings.slack_webhook_doubt]
    yield _SLACK(
        says="only a webhook: each alert stands for itself, in no thread, and is"
        f" {promise}; a bot token does better"
    )
    unheard = [name for name, by in channels.items() if by != OURS]
    if unheard:
        yield Finding(
            what="channels",
            says=f"a webhook posts into its own channel, not into {', '.join(unheard)}",
            cure="use a bot token, or take the channels out of the topic files",
        )


# --- by a bot token -------------------------------------------------------------------


def _by_token(
    settings: Settings, token: str, channels: Mapping[str, str]
) -> Iterator[Finding]:
    wrong = next(
        (is_ for head, is_ in _WRONG_TOKENS.items() if token.startswith(head)), ""
    )
    if wrong or not token.startswith("xoxb-"):
        says = f"SLACK_BOT_TOKEN is {wrong or 'no token of a bot'}"
        yield _SLACK(says=says, cure=cures.TOKEN)
        return
    bot, sights = asyncio.run(_survey(settings, token, channels))
    if isinstance(bot, Trouble):
        asked = "does not answer" if bot.is_broken or bot.wait else "refuses the token"
        yield _SLACK(says=f"{asked}: {_said(bot)}", cure=_cure(settings, bot))
        return
    yield _SLACK(says=f"speaks as {bot.user} in {bot.team}")
    yield _scopes(bot)
    yield _clock(bot)
    for name, by in channels.items():
        yield from _channel(settings, bot, name, by, sights[name])


async def _survey(
    settings: Settings, token: str, channels: Iterable[str]
) -> tuple[Bot | Trouble, Mapping[str, Sight | Trouble]]:
    """Ask about the token, and, if it is any good, about every channel."""
    survey = Survey(token, base_url=settings.slack_base_url)
    bot = await survey.bot()
    if isinstance(bot, Trouble):
        return bot, {}
    return bot, {
        name: Trouble(word="misnamed", nearest=right)
        if (right := misnamed(name))
        else await survey.channel(name)
        for name in channels
    }


def _scopes(bot: Bot) -> Finding:
    told = partial(Finding, what="Slack scopes")
    if bot.scopes is None:
        return told(says="Slack does not say what the token may do")
    needed = [scope for scope in bot.missing if scope not in LATER]
    if needed:
        lacks = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in needed)
        return told(says=f"missing: {lacks}", cure=cures.SCOPES)
    later = "".join(f"; {scope} is for {SCOPES[scope]}" for scope in bot.missing)
    return told(says=f"all that is needed{later}")


def _clock(bot: Bot) -> Finding:
    told = partial(Finding, what="clock")
    if bot.ahead is None:
        return told(says="Slack does not say what time it is")
    off = round(abs(bot.ahead).total_seconds())
    if abs(bot.ahead) <= LATE:
        return told(says="shows the same time as Slack's")
    way = "fast" if bot.ahead > timedelta(0) else "slow"
    return told(
        says=f"{counted(off, 'second')} {way} of Slack's: a message in doubt is looked"
        " for at the wrong time",
        cure="let the machine keep time: `timedatectl set-ntp true`",
    )


def _channel(
    settings: Settings, bot: Bot, name: str, by: str, sight: Sight | Trouble
) -> Iterator[Finding]:
    told = partial(Finding, what=f"channel {name}", channel=name)
    if isinstance(sight, Trouble):
        says, cure = _unseen(settings, bot, name, by, sight)
        yield told(says=says, cure=cure)
        return
    shown = f"{'private' if sight.is_private else 'public'}, {sight.id}"
    if name == sight.id:
        shown = f"{'private' if sight.is_private else 'public'}, #{sight.name}"
    if sight.is_archived:
        yield told(says=f"is archived ({shown})", cure=cures.bring_back(name, by))
    elif not sight.is_member:
        says = f"the bot is not in it ({shown}): it can neither post nor look there"
        yield told(says=says, cure=cures.invite(name, bot.user))
    else:
        yield told(says=f"the bot is in it ({shown}); named by {by}")
        yield _history(settings, name, sight)


def _unseen(
    settings: Settings, bot: Bot, name: str, by: str, trouble: Trouble
) -> tuple[str, str]:
    """What is said of a channel that cannot be seen, and what to do."""
    if trouble.word == "misnamed":
        says = "is neither a name (#desk) nor an id (C0123456789)"
        return says, cures.rename(name, by, right=trouble.nearest)
    if trouble.word == "channel_not_found":
        says = "there is none of that name that the bot can see"
        near = f", nearest is {trouble.nearest}" if trouble.nearest else ""
        return says + near, cures.rename(name, by, bot=bot.user)
    return f"cannot be looked at: {_said(trouble)}", _cure(settings, trouble)


def _history(settings: Settings, name: str, sight: Sight) -> Finding:
    told = partial(Finding, what=f"history of {name}", channel=name)
    trouble = sight.unread
    if trouble is None:
        return told(says="can be read: a message in doubt is looked for")
    if trouble.wait is not None:
        return told(says=f"not looked at: {_said(trouble)}")
    return told(
        says=f"cannot be read ({_said(trouble)}): a message in doubt is held",
        cure=_cure(settings, trouble),
    )


def _said(trouble: Trouble) -> str:
    """A trouble in a few words."""
    if trouble.wait is not None:
        wait = counted(round(trouble.wait.total_seconds()), "second")
        return f"asked to wait {wait}"
    return f"{trouble.word}, {trouble.needed}" if trouble.needed else trouble.word


def _cure(settings: Settings, trouble: Trouble) -> str:
    """What to do about a question that got no good answer."""
    if trouble.wait is not None:
        return "ask `tocsin doctor` again after that"
    if not trouble.is_broken:
        return cures.cure_of(trouble.word) or 'see deploy/RUNBOOK.md, "Slack"'
    if settings.slack_base_url != OFFICIAL:
        return (
            f"see that {settings.slack_base_url} (SLACK_BASE_URL) is reached from here"
        )
    return cures.REACH
