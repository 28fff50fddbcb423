"""P25: only what the locks name, with their hashes, can be installed; both environments hold nothing else."""

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from kit.settings import ROOT
from tests.support.promise import Record

LOCKS = ("tools", "app", "dev", "rasa")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==\S+")
TOOLS = {"pip", "setuptools", "wheel"}


def pinned(lock: str) -> dict[str, list[str]]:
    """Every package of a lock with its hashes."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines():
        if match := PINNED.match(line):
            name = normal(match[1])
            found[name] = []
        if name:
            found[name] += re.findall(r"--hash=sha256:([0-9a-f]{64})", line)
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_by_version_and_hash(lock: str) -> None:
    locked = pinned(lock)

    assert len(locked) > 20 or lock == "tools"
    assert [name for name, hashes in locked.items() if not hashes] == []


@pytest.mark.parametrize(("environment", "lock"), [("app", "dev"), ("rasa", "rasa")])
def test_the_environment_holds_what_the_lock_names(environment: str, lock: str, record_property: Record) -> None:
    python = ROOT / ".envs" / environment / "bin" / "python"
    if not python.exists():
        pytest.skip(f"needs the {environment} environment")
    listing = "from importlib.metadata import distributions; print(*(one.metadata['Name'] for one in distributions()))"
    listed = subprocess.run([python, "-c", listing], capture_output=True, text=True, check=True)
    installed = {normal(name) for name in listed.stdout.split()} - TOOLS

    assert installed - set(pinned(lock)) == set()
    record_property("measured", f"{environment}: {len(installed)} packages, all pinned by hash")


def wheel(folder: Path) -> Path:
    path = folder / "made_up_gongyou-1.0-py3-none-any.whl"
    about = b"Metadata-Version: 2.1\nName: made-up-gongyou\nVersion: 1.0\n"
    kind = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as made:
        rows = []
        for name, data in (("made_up.py", b""), ("METADATA", about), ("WHEEL", kind)):
            full = name if name == "made_up.py" else f"made_up_gongyou-1.0.dist-info/{name}"
            made.writestr(full, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{full},sha256={digest},{len(data)}")
        made.writestr("made_up_gongyou-1.0.dist-info/RECORD", "\n".join(rows))
    return path


def install(folder: Path, requirement: str) -> int:
    """As ./gongyou installs, from a folder of wheels and into a new folder: what is there already is not checked."""
    listed, into = folder / "lock.txt", tempfile.mkdtemp(dir=folder)
    listed.write_text(requirement)
    command = [str(ROOT / ".envs" / "tools" / "bin" / "uv"), "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--no-index", "--no-cache", "--quiet", "--python", sys.executable]
    command += ["--find-links", str(folder), "--target", into, "-r", str(listed)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_another_hash_or_no_hash_is_not_installed(tmp_path: Path, record_property: Record) -> None:
    right = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()

    assert install(tmp_path, f"made-up-gongyou==1.0 --hash=sha256:{right}\n") == 0
    assert install(tmp_path, f"made-up-gongyou==1.0 --hash=sha256:{'0' * 64}\n") != 0
    assert install(tmp_path, "made-up-gongyou==1.0\n") != 0
    record_property("measured", "a changed hash and a package without one: refused")


def test_gongyou_installs_by_hash_only() -> None:
    script = (ROOT / "gongyou").read_text(encoding="utf-8")

    assert '"--require-hashes"' in script
    assert '"--no-deps"' in script
