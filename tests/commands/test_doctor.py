"""Each problem comes with what to do about it."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.gateway.app import health_routes
from commands import doctor
from hotline.migrations import run
from kit import clock
from kit.db import Database
from kit.duties import Duties, Duty, DutyRow
from kit.settings import Settings
from tests.support.desk_server import served


def bad(findings: object) -> list[doctor.Finding]:
    return [finding for finding in findings if not finding.is_good]  # type: ignore[attr-defined]


def test_a_healthy_database_has_its_pragmas(tmp_path: Path) -> None:
    configured = Settings(data=tmp_path)
    database = Database(configured.database)
    run.upgrade(database)
    database.close()

    assert bad(doctor.database(configured)) == []


def test_an_open_folder_and_a_missing_model_are_said_with_advice(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    configured = Settings(data=tmp_path, models=tmp_path / "none")

    assert "chmod 700" in bad(doctor.permissions(configured))[0].advice
    assert bad(doctor.model(configured))[0].advice == "./gongyou train"
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_an_old_schema_is_found(tmp_path: Path) -> None:
    configured = Settings(data=tmp_path)
    database = Database(configured.database)
    run.upgrade(database, "0001")
    database.close()

    assert bad(doctor.database(configured))[0].advice == "./gongyou db upgrade"


def test_duties_that_are_late_are_named(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seldom, often = Duty("seldom", 3600, lambda _: None), Duty("often", 1, lambda _: None)
    duties = Duties(sqlite, [seldom, often], 60)
    duties.step(seldom)
    duties.step(often)
    with sqlite.transaction() as session:
        for row in session.scalars(select(DutyRow)):
            row.last_run_at = clock.now() - timedelta(minutes=10)
    monkeypatch.setattr(doctor, "supervisor_pid", lambda _: 1)
    configured = Settings(data=Path(str(sqlite.writer.url.database)).parent)
    monkeypatch.setattr(Settings, "database", property(lambda _: sqlite.url))

    found = bad(doctor.duties(configured))
    assert ["often" in one.what for one in found] == [True]
    assert "./gongyou logs" in found[0].advice


def test_ports_that_we_ourselves_hold_are_no_fault(tmp_path: Path) -> None:
    """systemd started us, no supervisor of ours knows of it."""
    with served(health_routes(lambda: {})) as url:
        configured = Settings(data=tmp_path, port=int(url.rpartition(":")[2]) - 2)

        assert [found.what for found in doctor.ports(configured)] == ["ports: ours, it is running"]
    freed = [found.what for found in doctor.ports(configured)]
    assert "ports: ours, it is running" not in freed  # free, unless another test has taken one of them already
