"""Each problem comes with what to do about it."""

import stat
from pathlib import Path

from commands import doctor
from hotline.migrations import run
from kit.db import Database
from kit.settings import Settings


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
