"""`./gongyou channels check`: what is wrong with each configured channel, in words. `buried`, `retry`, `discard`:
messages that were given up because they broke us.
"""

from __future__ import annotations

import typer

from bot.channels.base import Channel
from bot.mailbox import buried as given_up
from bot.mailbox.state import MailboxState
from commands.configured_channels import configured_channels
from kit.db import Database
from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False)


def complaints(channel: Channel, public_url: str) -> list[str]:
    check = getattr(channel, "check", None)
    return list(check(public_url)) if check is not None else []


@app.command()
def check() -> None:
    """Ask each platform; the exit code is 1 when anything is wrong."""
    configured = settings()
    database = Database(configured.database)
    channels = configured_channels(configured, MailboxState(database))
    wrong = 0
    for channel in channels:
        found = complaints(channel, configured.address)
        wrong += len(found)
        print(f"{channel.name}: {'all is well' if not found else ''}".rstrip())
        for words in found:
            print(f"  - {words}")
        channel.close()
    database.close()
    if not channels:
        print("No channel is configured beside the web page: docs/tasks/connect-a-channel.md")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def buried() -> None:
    """List the messages that were given up, without their words."""
    database = Database(settings().database)
    with database.reading() as session:
        rows = given_up.listed(session)
    for row in rows:
        print(f"{row.inbox_id}  {row.channel:<9} {row.received_at:%Y-%m-%d %H:%M}  {row.error}")
    print(f"{len(rows)} given up" if rows else "None is given up.")
    database.close()


@app.command()
def retry(number: int) -> None:
    """Try a message again that was given up."""
    _decide(number, is_retried=True)


@app.command()
def discard(number: int) -> None:
    """End a message that was given up: its worker was helped by a person."""
    _decide(number, is_retried=False)


def _decide(number: int, *, is_retried: bool) -> None:
    database = Database(settings().database)
    with database.transaction() as session:
        done = given_up.retry(session, number) if is_retried else given_up.discard(session, number)
    database.close()
    if not done:
        raise SystemExit(f"gongyou: message {number} is not given up; ./gongyou channels buried lists those that are")
    print("It is tried again." if is_retried else "It is ended.")
