"""`./gongyou operator`: one-time links with which people at the desk make their accounts."""

from __future__ import annotations

import typer

from hotline.console import operators, roles
from kit.db import Database
from kit.settings import Settings, settings

app = typer.Typer(help=__doc__, add_completion=False)


def invite(configured: Settings, role: str) -> str:
    """A link for one new account of this role: works once, for a day."""
    database = Database(configured.database)
    try:
        with database.transaction() as session:
            token = operators.invite(session, role=role, by="shell")
    finally:
        database.close()
    return f"{configured.address}/desk/first?token={token}"


def first_links(configured: Settings) -> dict[str, str]:
    """Who takes tickets and who keeps the accounts, while there is nobody at the desk yet."""
    database = Database(configured.database)
    try:
        with database.reading() as session:
            if operators.there_is_one(session):
                return {}
    finally:
        database.close()
    return {role: invite(configured, role) for role in operators.FIRST_ROLES}


@app.command()
def operator(role: str = typer.Option("", help=f"one of {', '.join(roles.TITLES)}")) -> None:
    configured = settings()
    if role and role not in roles.ROLES:
        raise SystemExit(f"gongyou: no role {role!r}; allowed: {', '.join(roles.TITLES)}")
    links = {role: invite(configured, role)} if role else first_links(configured)
    for name, link in links.items():
        print(f"{name} ({roles.TITLES[name]}): {link}")
    if not links:
        print("there are operators already; for one more: ./gongyou operator --role ROLE")
