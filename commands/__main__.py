"""Finds the command's module; each module has a typer application called `app`."""

from __future__ import annotations

import importlib
import sys

COMMANDS = {
    "up": "start everything and stay in front (--detach to leave)",
    "status": "what runs",
    "logs": "follow the logs",
    "down": "stop everything",
    "upgrade": "backup, stop, migrate, train if needed, start, check",
    "backup": "write an encrypted copy of everything while it runs",
    "restore": "bring a backup back and forget again who was deleted since",
    "doctor": "check this installation and say what to do",
    "serve": "run the app process with some or all roles",
    "serve-rasa": "become the Rasa process",
    "ask": "ask one question (or a file of them with --jsonl)",
    "chat": "talk to the bot in the terminal",
    "train": "train the Rasa model if its inputs changed",
    "model": "which model answers, and a new one in its place, one process at a time",
    "db": "migrate the database",
    "rota": "who is on duty, from a file",
    "token": "tokens of other systems",
    "hook": "webhooks to other systems",
    "incident": "after a leak: whom it concerns, by kind of data",
    "audit": "verify and show the record of who did what",
    "operator": "make the first operator's one-time link",
    "desks": "import and show the desks, and say which one a ticket goes to",
    "policy": "check, import, search and export the policy base",
    "channels": "check the channels' settings; messages that were given up",
    "wechat": "publish the WeChat account's menu",
    "calc": "work out a sum or a deadline",
    "capacity": "from workers and messages a day to boxes",
    "trace": "show the road of one message, with times",
    "demo": "fill the database with a made-up month of tickets for trying things out",
    "eval": "measure the whole product over labelled questions",
    "bench": "measure speed",
    "deploy-files": "write files for a real installation",
}


def main() -> None:
    arguments = sys.argv[1:]
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help", "help"):
        width = max(map(len, COMMANDS))
        print("usage: ./gongyou COMMAND [--help]\n")
        print("\n".join(f"  {command:<{width}}  {what}" for command, what in COMMANDS.items()))
        return
    if name not in COMMANDS:
        sys.exit(f"gongyou: there is no command {name!r}; ./gongyou --help lists them")
    module = importlib.import_module(f"commands.{name.replace('-', '_')}")
    sys.argv = [f"./gongyou {name}", *arguments[1:]]
    try:
        module.app()
    except Exception as error:
        from commands.no_database import advice  # only now: most commands end well, and the import takes a while

        told = advice(error)
        if told is None:
            raise
        sys.exit(f"gongyou: {told}")


if __name__ == "__main__":
    main()
