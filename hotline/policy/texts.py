"""Laws and official documents that an operator imports: their words are in the database and never in the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.policy.errors import PolicyError
from hotline.policy.files import fingerprint
from hotline.policy.readers import KINDS, ReaderError, read_text
from hotline.policy.tables import ChangeRow, DocumentRow, LawTextRow, PassageRow
from kit import clock
from knowledge.base import Base
from knowledge.documents import Document, DocumentError, parse_document
from knowledge.law_text import Instrument, LawTextError, parse_law
from knowledge.regions import RegionTree, find_regions


@dataclass(frozen=True)
class LawReport:
    """One file of laws: the ids it gave, or why it gave none."""

    file: str
    laws: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class ArticleText:
    """The words of an article as they held on a day."""

    law: str
    title: str
    number: str
    paragraphs: tuple[str, ...]
    effective: date


def import_laws(session: Session, base: Base, folder: Path, dry_run: bool = False) -> list[LawReport]:
    """Every law file of a folder (or one file). A broken file is reported and the others are imported."""
    paths = [folder] if folder.is_file() else sorted(p for p in folder.iterdir() if p.suffix.lower() in KINDS)
    return [_import_law(session, base, path, dry_run) for path in paths]


def _import_law(session: Session, base: Base, path: Path, dry_run: bool) -> LawReport:
    try:
        found = parse_law(read_text(path), path.name)
    except (ReaderError, LawTextError) as error:
        return LawReport(path.name, problem=str(error))
    laws, unregistered = [], []
    for instrument in found:
        law = base.find_law(instrument.title)
        if law is None:
            unregistered.append(instrument.title)
            continue
        if instrument.gaps:
            missing = "、".join(map(str, instrument.gaps[:10]))
            return LawReport(path.name, problem=f"{path.name}: articles {missing} are missing; the text is incomplete")
        laws.append(law.id)
        if not dry_run:
            _keep_law(session, law.id, instrument, _since(instrument, tuple(law.in_force)), path.name)
    return LawReport(path.name, tuple(laws), tuple(unregistered))


def _since(instrument: Instrument, registered: Sequence[date]) -> date:
    """When this text came into force: what it says itself, else the first day of the register after its adoption."""
    if instrument.effective:
        return instrument.effective
    if instrument.adopted:
        return min((day for day in registered if day >= instrument.adopted), default=instrument.adopted)
    return max(registered)


def _keep_law(session: Session, law: str, instrument: Instrument, since: date, file_name: str) -> None:
    first = instrument.articles[0].number
    articles = {article.number: list(article.paragraphs) for article in instrument.articles}
    mark = fingerprint(repr(sorted(articles.items())))
    row = session.scalar(
        select(LawTextRow).where(
            LawTextRow.law == law, LawTextRow.effective == since, LawTextRow.first_article == first
        )
    )
    if row is None:
        row = LawTextRow(law=law, effective=since, first_article=first)
        session.add(row)
    elif row.hash == mark:
        return
    row.title, row.adopted, row.articles = instrument.title, instrument.adopted, articles
    row.file_name, row.hash, row.created_at = file_name, mark, clock.now()
    session.flush()


def article_text(session: Session, law: str, number: str, on: date) -> ArticleText | None:
    """The article as it held on a day; None where its text was not imported."""
    rows = session.scalars(
        select(LawTextRow)
        .where(LawTextRow.law == law, LawTextRow.effective <= on)
        .order_by(LawTextRow.effective.desc())
    )
    for row in rows:
        paragraphs = row.articles.get(number)
        if paragraphs is not None:
            return ArticleText(law, row.title, number, tuple(paragraphs), row.effective)
    return None


def missing_references(session: Session, base: Base, on: date) -> list[str]:
    """Articles that cards cite and that an imported text does not have: a wrong reference or an old text."""
    held = {row.law for row in session.scalars(select(LawTextRow))}
    cited = {
        (ref.law, ref.article, card.id)
        for card in base.versions.values()
        for ref in card.refs
        if ref.law in held and ref.law and ref.article
    }
    return [
        f"{card}: {law} has no article {article} in the imported text"
        for law, article, card in sorted(cited)
        if article_text(session, law, article, on) is None
    ]


def import_document(session: Session, tree: RegionTree, path: Path, dry_run: bool = False) -> Document:
    """Read an official document and make its passages searchable. Twice is as once; an error changes nothing."""
    document = read_document(session, read_text(path), path.name)
    if not dry_run:
        keep_document(session, tree, document, path.name)
    return document


def read_document(session: Session, text: str, name: str) -> Document:
    """What a text says of itself, and its passages that are not held yet."""
    known = list(session.scalars(select(PassageRow.digest)))
    try:
        return parse_document(text, name, known)
    except DocumentError as error:
        raise PolicyError(str(error)) from error


def is_held(session: Session, document: Document) -> bool:
    return session.scalar(select(DocumentRow.id).where(DocumentRow.digest == document.digest)) is not None


def keep_document(session: Session, tree: RegionTree, document: Document, name: str) -> None:
    """Serve it from now on, if it is not there already."""
    if not is_held(session, document):
        _keep_document(session, tree, document, name)


def _keep_document(session: Session, tree: RegionTree, document: Document, file_name: str) -> None:
    row = DocumentRow(
        title=document.title[:300],
        number=document.number,
        issuer=document.issuer,
        issued=document.issued,
        region=region_of(document, tree),
        is_draft=document.draft,
        items=[[item.label, item.title, list(item.above)] for item in document.items],
        digest=document.digest,
        file_name=file_name,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    session.add_all(
        PassageRow(document_id=row.id, ordinal=one.ordinal, heading=one.heading[:300], text=one.text, digest=one.digest)
        for one in document.passages
    )
    session.add(ChangeRow(record_id=None, at=clock.now()))
    session.flush()


def region_of(document: Document, tree: RegionTree) -> str:
    """Where the issuer sits; the whole country where the name says nothing."""
    for words in (document.issuer or "", document.title):
        sure = [mention.ids[0] for mention in find_regions(words, tree) if not mention.ambiguous]
        if sure:
            return max(sure, key=len)
    return "CN"
