"""Which channels this installation has: each is made when its settings are there."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from bot.channels.base import Channel, ChannelState
from bot.gateway.poll import Announcer, Poller
from bot.gateway.receive import Receive
from kit.settings import Settings, derived_secret


class Starts(Protocol):
    """Something that runs beside the channels and ends with the process."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


def configured_channels(configured: Settings, state: ChannelState) -> list[Channel]:
    """A platform's library is imported only where its channel is configured."""
    made: list[Channel] = []
    if configured.telegram_token:
        from bot.channels.telegram import Telegram

        made.append(Telegram(configured.telegram_token, telegram_secrets(configured), state, configured.telegram_api))
    if configured.wechat_app_id:
        made.append(wechat(configured, state))
    if configured.sms_driver:
        made.append(sms(configured, state))
    return made


def wechat(configured: Settings, state: ChannelState) -> Channel:
    from bot.channels.wechat import WeChat
    from bot.channels.wechat.envelope import Keys

    tokens = tuple(part.strip() for part in configured.wechat_token.split(",") if part.strip())
    plain = configured.wechat_plain == "allowed"
    keys = Keys(configured.wechat_app_id, tokens, configured.wechat_aes_key, plain)
    notice = (configured.wechat_notice, configured.wechat_notice_template, configured.wechat_notice_field)
    return WeChat(keys, configured.wechat_secret, state, configured.wechat_api, notice=notice)


def sms(configured: Settings, state: ChannelState) -> Channel:
    from bot.channels.sms import Sms
    from bot.channels.sms.driver import Driver
    from bot.channels.sms.kannel import Kannel
    from bot.channels.sms.twilio import Twilio

    number, secret = configured.sms_number, configured.sms_secret or derived_secret("sms")[:40]
    callback = configured.sms_callback or configured.address
    login = (configured.sms_url, configured.sms_user, configured.sms_password, number, secret, callback)
    driver: Driver = Kannel(*login) if configured.sms_driver == "kannel" else Twilio(*login)
    return Sms(driver, number, state, per_number=configured.sms_per_number, per_day=configured.sms_per_day)


def telegram_secrets(configured: Settings) -> tuple[str, ...]:
    given = tuple(part.strip() for part in configured.telegram_secret.split(",") if part.strip())
    return given or (derived_secret("telegram"),)


def companions(configured: Settings, channels: list[Channel], doors: Receive) -> list[Starts]:
    """Telegram hears of our webhook, or is polled when nobody outside can reach us."""
    found: list[Starts] = []
    for channel in channels:
        if channel.name == "telegram":
            from bot.channels.telegram import Telegram

            assert isinstance(channel, Telegram)
            if configured.has_public_https:
                found.append(Announcer(channel.name, partial(channel.set_webhook, configured.address)))
            else:
                found.append(Poller(channel, doors))
    return found
