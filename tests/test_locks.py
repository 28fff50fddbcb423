"""Only reviewed packages are installed: every line has a hash, a changed hash stops the install, no host is named."""

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kit.settings import ROOT

LOCKS = [ROOT / "requirements" / name for name in ("app.txt", "rasa.txt", "dev.txt")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_a_hash_and_no_host_is_named(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    packages = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())

    assert all("==" in package and "--hash=sha256:" in package for package in packages)
    assert not re.search(r"https?://|index-url|find-links|file:", text)


def test_rasa_is_new_enough() -> None:
    assert "\nrasa==3.6.21 " in LOCKS[1].read_text(encoding="utf-8")


def wheel(folder: Path) -> Path:
    path = folder / "tiny_thing-1.0-py3-none-any.whl"
    info = "tiny_thing-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("tiny_thing.py", "")
        made.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", "")
    return path


@pytest.mark.parametrize(("is_right", "code"), [(True, 0), (False, 1)])
def test_a_changed_hash_fails_the_install(tmp_path: Path, is_right: bool, code: int) -> None:
    digest = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    lock = tmp_path / "lock.txt"
    lock.write_text(f"tiny-thing==1.0 --hash=sha256:{digest if is_right else '0' * 64}\n")
    command = [sys.executable, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-index", "--no-cache-dir"]
    command += ["--find-links", str(tmp_path), "--target", str(tmp_path / "target"), "-r", str(lock)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "PIP_CONFIG_FILE": "/dev/null"}
    )

    assert done.returncode == code, done.stderr
