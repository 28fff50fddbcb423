"""Every line of a lock has a hash, and none names a host; that hashes are obeyed is tested by promise P25."""

import re
from pathlib import Path

import pytest

from kit.settings import ROOT

LOCKS = [ROOT / "requirements" / name for name in ("app.txt", "rasa.txt", "dev.txt", "tools.txt")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_a_hash_and_no_host_is_named(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    packages = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())

    assert all("==" in package and "--hash=sha256:" in package for package in packages)
    assert not re.search(r"https?://|index-url|find-links|file:", text)


def test_rasa_is_new_enough() -> None:
    assert "\nrasa==3.6.21 " in (ROOT / "requirements" / "rasa.txt").read_text(encoding="utf-8")
