"""What to do about what Slack says, word by word.

References:
    docs.slack.dev/reference/methods, the errors of each method.
"""

from collections.abc import Mapping

APPS = "https://api.slack.com/apps"
CREATE = "create a Slack app from deploy/slack-app.yaml and set SLACK_BOT_TOKEN"
TOKEN = (
    f"{APPS} → your app → *OAuth & Permissions*: copy the *Bot User OAuth Token*"
    " (xoxb-…) into SLACK_BOT_TOKEN"
)
SCOPES = (
    f"{APPS} → your app → *App Manifest*: paste deploy/slack-app.yaml and save; then"
    " *Install App* → *Reinstall to Workspace*"
)
REACH = (
    "see that this machine reaches Slack: network, name service, a proxy (HTTPS_PROXY);"
    " https://slack-status.com says whether Slack is down"
)
_REINSTALL = (
    f"{APPS} → your app → *Install App* → *Reinstall to Workspace*, then copy the"
    " *Bot User OAuth Token* (xoxb-…) into SLACK_BOT_TOKEN"
)
_ROTATES = (
    f"{APPS} → your app: turn token rotation off, as in deploy/slack-app.yaml; where"
    " that cannot be undone, make the app anew"
)
_ADMIN = "ask an administrator of the workspace to let the app work there"
_HOOK = "make the webhook anew in Slack and set SLACK_WEBHOOK_URL"

_CURES: Mapping[str, str] = {
    **dict.fromkeys(("invalid_auth", "not_allowed_token_type", "not_authed"), TOKEN),
    **dict.fromkeys(("account_inactive", "token_revoked"), _REINSTALL),
    "token_expired": _ROTATES,
    "missing_scope": SCOPES,
    **dict.fromkeys(
        (
            "access_denied",
            "ekm_access_denied",
            "no_permission",
            "org_login_required",
            "posting_to_general_channel_denied",
            "restricted_action",
            "restricted_action_read_only_channel",
            "team_access_not_granted",
            "team_disabled",
            "two_factor_setup_required",
        ),
        _ADMIN,
    ),
    **dict.fromkeys(
        ("action_prohibited", "invalid_token", "no_service", "no_team"), _HOOK
    ),
}


# What nobody sees but by posting: that a channel is well to look at says nothing.
_UNSEEN = frozenset(word for word, cure in _CURES.items() if cure in (_ADMIN, _HOOK))


def is_seen(problem: str) -> bool:
    """Whether `tocsin doctor` would see a problem that is still there."""
    return problem not in _UNSEEN


def cure_of(word: str) -> str:
    """What to do about a word of Slack's; "" where none of the usual things helps."""
    return _CURES.get(word, "")


def invite(channel: str, bot: str = "") -> str:
    """How the bot comes into a channel."""
    return f"write `/invite @{bot or 'Tocsin'}` in {channel}"


def rename(channel: str, named_by: str, *, right: str = "", bot: str = "") -> str:
    """What to do about a channel that nobody finds."""
    if right:
        if named_by.startswith("the topic"):  # where YAML takes a bare # for a comment
            right = f'"{right}"'
        return f"write {right} in place of {channel} in {named_by}"
    told = invite("it", bot)
    return f"correct {channel} in {named_by}, or, if it is a private channel, {told}"


def bring_back(channel: str, named_by: str) -> str:
    """What to do about an archived channel."""
    return f"bring {channel} back in Slack, or name another one in {named_by}"


def delivery(problem: str, channel: str) -> str:
    """What to do about a channel that took nothing; what waits goes out by itself."""
    if problem == "not_in_channel":
        return invite(channel)
    if problem == "channel_not_found":
        return rename(channel, "the settings or the topic file that names it")
    if problem in ("is_archived", "channel_is_archived"):
        return bring_back(channel, "the settings or the topic file that names it")
    return cure_of(problem) or REACH
