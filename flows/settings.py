"""What differs by machine: environment, `tocsin.env`, or files named by `…_FILE`."""

import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from detectors.model import Severity, WaitScope
from flows.errors import SettingsError
from flows.web.turns import PER_HOST

ENV_FILE = "tocsin.env"
SHORTEST_KEPT = timedelta(days=30)  # copies are looked for so long
MAX_QUOTE = 400  # characters of a sentence; Slack takes 3,000 in all


class WebhookDoubt(StrEnum):
    """What becomes of a message that a webhook may have taken: nobody can look."""

    HOLD = "hold"
    RESEND = "resend"


class Mining(StrEnum):
    """What becomes of a page whose publisher keeps it from text and data mining."""

    HONOUR = "honour"
    IGNORE = "ignore"


class Broadcast(StrEnum):
    """From which severity up a reply also shows in the channel."""

    NOTICE = "notice"
    MAJOR = "major"
    CRITICAL = "critical"
    NEVER = "never"

    @property
    def severity(self) -> Severity | None:
        """The same as a severity; None for never."""
        return None if self is Broadcast.NEVER else Severity(self.value)


class Settings(BaseSettings):
    """Read once, passed in. Every field stands in ``deploy/env.example``.

    Fields go by their variables' names alone: by their own, `home` would be taken
    from HOME. A variable that is set to nothing is not set: the example has some.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default_factory=lambda: Path.home() / ".tocsin", validation_alias="TOCSIN_HOME"
    )
    database: SecretStr | None = Field(
        default=None, validation_alias="TOCSIN_DATABASE_URL"
    )
    topics: Path | None = Field(default=None, validation_alias="TOCSIN_TOPICS")
    meaning: bool = Field(default=False, validation_alias="TOCSIN_MEANING")
    contact: str = Field(default="", validation_alias="TOCSIN_CONTACT")
    allow_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias="TOCSIN_ALLOW_NETWORKS"
    )
    poll_every: timedelta = Field(
        default=timedelta(minutes=5), validation_alias="TOCSIN_POLL_EVERY"
    )
    waits: WaitScope | None = Field(default=None, validation_alias="TOCSIN_WAITS")
    host_delay: timedelta | None = Field(
        default=None, ge=timedelta(0), validation_alias="TOCSIN_HOST_DELAY"
    )
    per_host: int = Field(
        default=PER_HOST, ge=1, le=8, validation_alias="TOCSIN_PER_HOST"
    )
    mining: Mining = Field(default=Mining.HONOUR, validation_alias="TOCSIN_TDM")
    keep_text: timedelta | None = Field(
        default=None, ge=SHORTEST_KEPT, validation_alias="TOCSIN_KEEP_TEXT"
    )
    quote: int = Field(
        default=MAX_QUOTE, ge=40, le=MAX_QUOTE, validation_alias="TOCSIN_QUOTE"
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, validation_alias="SLACK_BOT_TOKEN"
    )
    slack_app_token: SecretStr | None = Field(
        default=None, validation_alias="SLACK_APP_TOKEN"
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, validation_alias="SLACK_SIGNING_SECRET"
    )
    slack_webhook_url: SecretStr | None = Field(
        default=None, validation_alias="SLACK_WEBHOOK_URL"
    )
    slack_base_url: str = Field(
        default="https://slack.com/api/", validation_alias="SLACK_BASE_URL"
    )
    slack_webhook_doubt: WebhookDoubt = Field(
        default=WebhookDoubt.HOLD, validation_alias="TOCSIN_SLACK_WEBHOOK_DOUBT"
    )
    slack_broadcast: Broadcast = Field(
        default=Broadcast.CRITICAL, validation_alias="TOCSIN_SLACK_BROADCAST"
    )
    slack_channel: str = Field(
        default="#tocsin", validation_alias="TOCSIN_SLACK_CHANNEL"
    )
    slack_notices: str | None = Field(
        default=None, validation_alias="TOCSIN_SLACK_NOTICES"
    )
    slack_window: timedelta = Field(
        default=timedelta(seconds=60), validation_alias="TOCSIN_SLACK_WINDOW"
    )

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Networks are written with commas or blanks between."""
        return (
            tuple(value.replace(",", " ").split()) if isinstance(value, str) else value
        )

    @field_validator("keep_text", mode="before")
    @classmethod
    def _in_days(cls, value: object) -> object:
        """A bare number is days."""
        if isinstance(value, str) and value.strip().isdecimal():
            return f"P{value.strip()}D"
        return value

    @field_validator("poll_every", "host_delay", "slack_window", mode="before")
    @classmethod
    def _lasting(cls, value: object) -> object:
        """A bare number is seconds; pydantic takes ISO 8601 and HH:MM:SS by itself."""
        if isinstance(value, str) and value.strip().isdecimal():
            return int(value)
        return value

    @property
    def database_url(self) -> str:
        """Where the store is; a file in ``home`` unless set otherwise."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.home / 'tocsin.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put ``…_FILE`` variables before the plain ones (container secrets)."""
        del file_secret_settings
        return (
            init_settings,
            _FileVariables(settings_cls),
            env_settings,
            dotenv_settings,
        )


class _FileVariables(PydanticBaseSettingsSource):
    """``SLACK_BOT_TOKEN_FILE=/run/secrets/slack`` gives ``SLACK_BOT_TOKEN``."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        """Read the file of settings beside the work, which may name such files too."""
        super().__init__(settings_cls)
        self._beside = dotenv_values(ENV_FILE)

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ANN401  # the base class's own types
        """Read the file that ``<alias>_FILE`` names, without its last newline."""
        alias = str(field.validation_alias)
        path = os.environ.get(f"{alias}_FILE") or self._beside.get(f"{alias}_FILE")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), alias, False
        except OSError as error:
            raise SettingsError(f"{alias}_FILE", str(error)) from error

    def __call__(self) -> dict[str, Any]:
        """Every field that a file gives."""
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key] = value
        return found


def load() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A variable cannot be used; names the first one.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(name, first["msg"]) from error
