"""`./gongyou wechat menu`: publish the account's menu. Phones show a new one within about five minutes."""

from __future__ import annotations

import typer

from bot.channels.base import SendError
from bot.channels.wechat import WeChat
from bot.mailbox.state import MailboxState
from commands.configured_channels import wechat as wechat_channel
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False)


@app.callback()
def about() -> None:
    """What is done at the platform, by hand and rarely."""


@app.command()
def menu() -> None:
    configured = settings()
    if not configured.wechat_app_id:
        raise SystemExit("gongyou: WECHAT_APP_ID is not set: docs/tasks/connect-a-channel.md")
    database = Database(configured.database)
    channel = wechat_channel(configured, MailboxState(database))
    assert isinstance(channel, WeChat)
    try:
        channel.publish_menu(configured.address)
    except SendError as error:
        raise SystemExit(f"gongyou: WeChat did not take the menu: {error}") from error
    finally:
        channel.close()
        database.close()
    print("The menu is published.")
