"""`./gongyou policy`: check, import, search, show and export the policy base."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import typer

from commands.vectors import cached_encoder
from commands.wiring import LiveEncoder
from hotline.policy import answers, drafts, records, texts
from hotline.policy.current import Current, build_base
from hotline.policy.errors import PolicyError
from hotline.policy.records import Report
from kit import clock
from kit.db import Database
from kit.settings import Settings, settings
from knowledge import lint
from knowledge.base import Base
from knowledge.encoder import E5
from knowledge.errors import KnowledgeError
from knowledge.loader import DATA
from knowledge.regions import Ambiguous, resolve
from knowledge.render import render

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True)


def import_shipped(configured: Settings) -> Report:
    """Load the shipped files; whatever workers will be told differently is said on the terminal."""
    database = Database(configured.database)
    try:
        with database.transaction() as session:
            report = records.import_files(session)
    finally:
        database.close()
    say(report, quiet=True)
    return report


def say(report: Report, *, quiet: bool) -> None:
    if report.changes_answers:
        removed = f", {len(report.removed)} removed" if report.removed else ""
        print(f"gongyou: policy base: {len(report.added)} new, {len(report.changed)} changed{removed}", flush=True)
    for path in () if quiet and len(report.changed) > 40 else report.changed:
        print(f"  changed: {path}")
    for path in report.conflicts:
        print(
            f"  CONFLICT: {path} was changed in the files and at the desk; the desk's version stays, choose at the desk"
        )
    if not quiet:
        print(f"gongyou: {len(report.unchanged)} unchanged, {len(report.conflicts)} conflicts")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError as error:
        raise SystemExit(f"gongyou: --on {text}: write a day like 2023-06-30") from error


def _region(base: Base, name: str) -> str | None:
    if not name:
        return None
    found = resolve(name, base.regions)
    if found is None:
        raise SystemExit(f"gongyou: no place is called {name}")
    if isinstance(found, Ambiguous):
        choices = "、".join(base.region_title(region.id) for region in found.candidates)
        raise SystemExit(f"gongyou: {name} can be {choices}; say which")
    return found.id


@app.command()
def check(
    stale: str = typer.Option("", help="list what is past its review date on this day"),
    unverified: bool = typer.Option(False, help="list what nobody has checked against a text"),
    only: str = typer.Option("", help="only files whose path holds this, like cards/wages"),
) -> None:
    """Check the shipped files: every rule, every error with its file."""
    arguments = ["--only", only] if only else []
    arguments += ["--stale", stale] if stale else []
    raise SystemExit(lint.main([*arguments, "--unverified"] if unverified else arguments))


@app.command("import")
def import_(
    folder: Path = typer.Argument(DATA, help="a folder in the shape of knowledge/data"),
    dry_run: bool = typer.Option(False, help="say what would change and change nothing"),
) -> None:
    """Load files into the database as versions; exits 3 when an editor must choose."""
    database = Database(settings().database)
    try:
        with database.transaction() as session:
            report = records.import_files(session, folder, dry_run=dry_run)
    except (PolicyError, KnowledgeError) as error:
        raise SystemExit(f"gongyou: nothing was imported: {error}") from error
    say(report, quiet=False)
    raise SystemExit(report.exit_code)


@app.command()
def export(folder: Path) -> None:
    """Write what is in force as files that import back to the same."""
    database = Database(settings().database)
    with database.reading() as session:
        print(f"{records.export(session, folder)} files in {folder}")


@app.command()
def search(
    text: str,
    region: str = typer.Option("", help="where"),
    on: str = typer.Option("", help="the day"),
    explain: bool = typer.Option(False, help="show the scores and the reason"),
    count: int = typer.Option(5, help="how many"),
) -> None:
    """Find cards and passages from a worker's words."""
    configured = settings()
    known = Current(Database(configured.database), cached_encoder(configured)).knowledge()
    vector, place, day = LiveEncoder(E5())(text), _region(known.base, region), _day(on)
    for index in (known.index, known.passages):
        for hit in index.search(text, vector, region=place, on=day, k=count):
            print(f"{hit.score:.3f}  {hit.card:<36} {hit.entry.title}")
            if explain:
                print(f"       meaning {hit.vector_score}  words {hit.word_score}  {hit.why}")


@app.command()
def show(
    card: str,
    region: str = typer.Option("", help="where"),
    on: str = typer.Option("", help="the day, like 2023-06-30"),
    channel: str = typer.Option("web", help="web, wechat, telegram or sms"),
    part: str = typer.Option("full", help="full, short, law or steps"),
) -> None:
    """Show a card as a worker would read it there, on that day, on that channel."""
    database = Database(settings().database)
    with database.reading() as session:
        base = build_base(session)
    try:
        place, day = _region(base, region), _day(on)
        first = render(base, base.card(card, region=place, on=day), region=place, on=day, channel=channel, part=part)
        for page in range(1, first.pages + 1):
            held = base.card(card, region=place, on=day)
            shown = render(base, held, region=place, on=day, channel=channel, part=part, page=page)
            print(shown.text + ("\n--------" if page < first.pages else ""))
    except (KnowledgeError, ValueError) as error:
        raise SystemExit(f"gongyou: {error}") from error


@app.command("import-laws")
def import_laws(folder: Path, dry_run: bool = typer.Option(False, help="change nothing")) -> None:
    """Read the texts of laws (md, txt, docx, html), so that answers can show an article's words."""
    database = Database(settings().database)
    with database.transaction() as session:
        reports = texts.import_laws(session, build_base(session), folder, dry_run)
        wrong = [] if dry_run else texts.missing_references(session, build_base(session), clock.today())
    for report in reports:
        unknown = [f"{title} (not registered: add a file to knowledge/data/laws)" for title in report.unregistered]
        print(f"{report.file}: {report.problem or '、'.join((*report.laws, *unknown))}")
    for line in wrong:
        print(f"  {line}")
    raise SystemExit(1 if any(report.problem for report in reports) else 0)


@app.command("import-doc")
def import_doc(files: list[Path], dry_run: bool = typer.Option(False, help="change nothing")) -> None:
    """Read official documents (txt, docx, pdf, html) and make their passages searchable."""
    database = Database(settings().database)
    failed = False
    for path in files:
        try:
            with database.transaction() as session:
                found = texts.import_document(session, build_base(session).regions, path, dry_run)
        except PolicyError as error:
            failed = True
            print(error, file=sys.stderr)
            continue
        print(f"{path.name}: {found.title} · {found.number or '无文号'} · {found.issuer} · {found.issued}")
    raise SystemExit(1 if failed else 0)


@app.command()
def recall(card: str) -> None:
    """List the conversations that got a version of a card which is not served any more."""
    database = Database(settings().database)
    with database.reading() as session:
        for one in answers.recall(session, build_base(session), card):
            print(f"{one.at:%Y-%m-%d %H:%M}  {one.conversation}  {one.version}")


@app.command("list")
def list_(contains: str = typer.Argument("", help="only paths that hold this, like cards/wages")) -> None:
    """List what is in force: version, whether it came from a file or the desk, and conflicts."""
    database = Database(settings().database)
    with database.reading() as session:
        for line in records.listing(session, contains):
            print(line)


@app.command()
def draft(
    passage: str = typer.Argument(help="a passage's id as search shows it, like document.1.4"),
    card: str = typer.Argument(help="the new card's id, like aid.summer_help"),
) -> None:
    """Print a draft card made from a passage of an imported document."""
    database = Database(settings().database)
    try:
        with database.reading() as session:
            print(drafts.from_passage(session, build_base(session), passage, card, clock.today()))
    except PolicyError as error:
        raise SystemExit(f"gongyou: {error}") from error


@app.command()
def figure(
    name: str = typer.Argument(help="a parameter like severance.high_pay_multiple, or minimum_wage.monthly"),
    region: str = typer.Option("", help="where, for a regional figure"),
    on: str = typer.Option("", help="the day, like 2023-06-30"),
) -> None:
    """Show a figure as of a day, with its reference."""
    database = Database(settings().database)
    with database.reading() as session:
        base = build_base(session)
    day, place = _day(on), _region(base, region)
    try:
        if name in base.params:
            since, row = base.param_row(name, day)
            print(f"{name} = {row.value}  从 {since} 起  {row.ref}")
        else:
            found = base.region_fact(name, place or "CN", day)
            print(f"{name} = {found.value}  {base.region_title(found.level_region)}，从 {found.since} 起  {found.ref}")
    except LookupError as error:
        raise SystemExit(f"gongyou: {error}") from error
