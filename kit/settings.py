"""The only place that reads the environment.

Every setting is one line here and one line in docs/settings.md (a test compares them).
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import os
import secrets
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent

Role = Literal["gateway", "desk", "worker", "actions"]
ALL_ROLES: tuple[Role, ...] = ("gateway", "desk", "worker", "actions")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """A setting is wrong; the message names it and says what is allowed."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="GONGYOU_", extra="ignore", populate_by_name=True, frozen=True)

    data: Path = ROOT / "var"
    models: Path = ROOT / "models"
    envs: Path = ROOT / ".envs"
    port: int = Field(default=8080, ge=1, le=65500)
    bind: str = "127.0.0.1"
    public_url: str = Field(default="", validation_alias="PUBLIC_URL")
    insecure_http: bool = False
    desk_bind: str = Field(default="", validation_alias="DESK_BIND")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    keys_url: str = Field(default="", validation_alias="KEYS_URL")
    redis_url: str = Field(default="", validation_alias="REDIS_URL")
    rasa_port: int = 0
    rasa_bind: str = "127.0.0.1"
    rasa_processes: int = Field(default=1, ge=1, le=16)
    internal_port: int = 0
    internal_bind: str = "127.0.0.1"
    rasa_urls: Annotated[tuple[str, ...], NoDecode] = ()
    actions_url: str = ""

    # The road of a message: bounds in seconds, shortened by tests.
    turn_deadline: float = 8.0
    fallback_after: float = 10.0
    lease: float = 30.0
    duty_lease: float = 6.0
    max_attempts: int = 5
    retry_base: float = 0.5
    worker_threads: int = 4
    drain: float = 20.0
    deliver_threads: int = 8
    deliver_base: float = 1.0
    deliver_hours: float = 24.0

    # How long words and rows are kept, in days.
    words_days: float = Field(default=7.0, gt=0)
    rows_days: float = Field(default=30.0, ge=30)
    archive_days: float = Field(default=400.0, ge=180)

    # The duty officer is called again, or the next one, after so many seconds; webhooks to this machine are for tests.
    alarm_seconds: float = Field(default=120.0, gt=0)
    hooks_loopback: bool = False

    # Backups by themselves: where, how often; the file of keys lies elsewhere.
    backup_dir: str = ""
    backup_minutes: float = Field(default=5.0, gt=0)
    backup_keys: str = ""

    # What one worker may send.
    session_rate: float = 1.0
    session_burst: int = 5
    address_per_minute: int = 60
    max_text: int = 4000

    # Open pages of the desk (seconds): a revoked session ends within `desk_check`.
    desk_check: float = Field(default=5.0, le=10)
    desk_heartbeat: float = 25.0
    desk_patience: float = 20.0

    # Channels: each exists when its token is there.
    telegram_token: str = Field(default="", validation_alias="TELEGRAM_TOKEN")
    telegram_data_leaves_china: Literal["", "accepted"] = Field(
        default="", validation_alias="TELEGRAM_DATA_LEAVES_CHINA"
    )
    telegram_secret: str = Field(default="", validation_alias="TELEGRAM_SECRET")
    telegram_tickets: Literal["brief", "full"] = Field(default="brief", validation_alias="TELEGRAM_TICKETS")
    telegram_api: str = Field(default="https://api.telegram.org", validation_alias="TELEGRAM_API")

    wechat_app_id: str = Field(default="", validation_alias="WECHAT_APP_ID")
    wechat_secret: str = Field(default="", validation_alias="WECHAT_SECRET")
    wechat_token: str = Field(default="", validation_alias="WECHAT_TOKEN")
    wechat_aes_key: str = Field(default="", validation_alias="WECHAT_AES_KEY")
    wechat_plain: Literal["", "allowed"] = Field(default="", validation_alias="WECHAT_PLAIN")
    wechat_notice: Literal["", "subscription", "template"] = Field(default="", validation_alias="WECHAT_NOTICE")
    wechat_notice_template: str = Field(default="", validation_alias="WECHAT_NOTICE_TEMPLATE")
    wechat_notice_field: str = Field(default="thing1", validation_alias="WECHAT_NOTICE_FIELD")
    wechat_api: str = Field(default="https://api.weixin.qq.com", validation_alias="WECHAT_API")
    sms_driver: Literal["", "kannel", "twilio"] = Field(default="", validation_alias="SMS_DRIVER")
    sms_url: str = Field(default="http://127.0.0.1:13013", validation_alias="SMS_URL")
    sms_number: str = Field(default="", validation_alias="SMS_NUMBER")
    sms_user: str = Field(default="", validation_alias="SMS_USER")
    sms_password: str = Field(default="", validation_alias="SMS_PASSWORD")
    sms_secret: str = Field(default="", validation_alias="SMS_SECRET")
    sms_callback: str = Field(default="", validation_alias="SMS_CALLBACK")
    sms_per_number: int = Field(default=30, validation_alias="SMS_PER_NUMBER")
    sms_per_day: int = Field(default=5000, validation_alias="SMS_PER_DAY")

    # Pages of others that may show our chat in a frame.
    widget_origins: Annotated[tuple[str, ...], NoDecode] = ()

    log_level: str = "INFO"
    metrics_token: str = ""

    @field_validator("rasa_urls", "widget_origins", mode="before")
    @classmethod
    def _with_commas(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(part.strip().rstrip("/") for part in given.split(",") if part.strip())

    @model_validator(mode="after")
    def _public_binding_needs_https(self) -> Settings:
        if self.bind in LOOPBACK or self.public_url.startswith("https://") or self.insecure_http:
            return self
        raise ValueError(
            f"GONGYOU_BIND={self.bind} is reachable from outside: set PUBLIC_URL=https://... "
            "(or GONGYOU_INSECURE_HTTP=1 on a closed network)"
        )

    @model_validator(mode="after")
    def _inner_doors_stay_inside(self) -> Settings:
        for name, bind in (("GONGYOU_RASA_BIND", self.rasa_bind), ("GONGYOU_INTERNAL_BIND", self.internal_bind)):
            if not ip_address(bind).is_private or ip_address(bind).is_unspecified:
                raise ValueError(
                    f"{name}={bind}: Rasa and the internal routes listen on loopback or one private address"
                )
        return self

    @model_validator(mode="after")
    def _data_that_leaves_needs_a_decision(self) -> Settings:
        if not self.telegram_token or self.telegram_data_leaves_china == "accepted":
            return self
        raise ValueError(
            "TELEGRAM_TOKEN is set, and whatever workers write on Telegram passes servers outside China; when whoever "
            "answers for that (personal information protection law, article 38) has decided it, "
            "set TELEGRAM_DATA_LEAVES_CHINA=accepted"
        )

    @model_validator(mode="after")
    def _wechat_is_whole(self) -> Settings:
        if self.wechat_app_id and not (self.wechat_token and self.wechat_secret):
            raise ValueError("WECHAT_APP_ID needs WECHAT_SECRET and WECHAT_TOKEN beside it")
        if self.wechat_app_id and len(self.wechat_aes_key) != 43 and self.wechat_plain != "allowed":
            raise ValueError("WECHAT_AES_KEY must have 43 characters (or WECHAT_PLAIN=allowed, for trying out only)")
        return self

    @property
    def has_public_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'gongyou.db'}"

    @property
    def tracker_database(self) -> str:
        """Where Rasa keeps its conversations: beside ours on SQLite, which has one writer; in it on PostgreSQL."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'tracker.db'}"

    @property
    def rasa_at(self) -> int:
        return self.rasa_port or self.port + 1

    @property
    def rasa_ports(self) -> tuple[int, ...]:
        """Of this host's Rasa processes: the first beside the gateway, others after the internal routes."""
        return (self.rasa_at, *range(self.port + 3, self.port + 2 + self.rasa_processes))

    @property
    def internal_at(self) -> int:
        return self.internal_port or self.port + 2

    @property
    def rasa(self) -> tuple[str, ...]:
        return self.rasa_urls or self.rasa_here

    @property
    def rasa_here(self) -> tuple[str, ...]:
        return tuple(f"http://{self.rasa_bind}:{port}" for port in self.rasa_ports)

    @property
    def internal_doors(self) -> tuple[str, ...]:
        """Where the internal routes listen: our own Rasa calls them by loopback, whoever else may come."""
        return ("127.0.0.1",) if ip_address(self.internal_bind).is_loopback else ("127.0.0.1", self.internal_bind)

    @property
    def actions(self) -> str:
        return self.actions_url or f"http://127.0.0.1:{self.internal_at}/internal/actions"

    @property
    def cookies_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def address(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.bind}:{self.port}"


def make_private(folder: Path) -> Path:
    """Create a folder that only this user may enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


@functools.lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{'.'.join(map(str, first['loc'])) or 'settings'}: {first['msg']}") from error


SECRET_NAMES = ("rasa", "actions", "hash", "session")


def secrets_file(configured: Settings) -> Path:
    return configured.data / "secrets.json"


def secret(name: str) -> str:
    """A secret of this installation, made at first use and kept in var/secrets.json (mode 0600)."""
    return _secrets(settings().data)[name]


def derived_secret(purpose: str) -> str:
    """A secret for one purpose, made from this installation's own; the same after every start."""
    return hmac.new(secret("hash").encode(), f"derived:{purpose}".encode(), hashlib.sha256).hexdigest()


@functools.lru_cache(maxsize=4)
def _secrets(data: Path) -> dict[str, str]:
    path = make_private(data) / "secrets.json"
    if not path.exists():
        made = {name: secrets.token_urlsafe(32) for name in SECRET_NAMES}
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(made), encoding="utf-8")
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass  # another process of ours was first: its secrets hold
        finally:
            temporary.unlink()
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return known
