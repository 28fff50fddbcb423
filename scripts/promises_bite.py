"""Breaks each promise on purpose, in a scratch copy of the tree, and expects its test to go red.

A bite is a patch tests/promises/bites/pNN_what_it_breaks.patch. Its first lines may name a narrower test than the
promise's files (`test: tests/...::name`) and settings (`env: NAME=value`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BITES = ROOT / "tests" / "promises" / "bites"
SHARED = (".envs", "models")
FAILED = 1  # pytest: tests were run and some failed


def header(patch: Path, name: str) -> list[str]:
    lines = patch.read_text(encoding="utf-8").partition("\ndiff --git")[0].splitlines()
    return [line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:")]


def files_of(patch: Path) -> list[str]:
    own = sorted((ROOT / "tests" / "promises").glob(f"test_{patch.name[:3]}_*.py"))
    return header(patch, "test") or [path.relative_to(ROOT).as_posix() for path in own]


def copy_tree(to: Path) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    packed = subprocess.run(
        ["tar", "-c", *(name for name in names if name and (ROOT / name).exists())],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    subprocess.run(["tar", "-x"], cwd=to, input=packed.stdout, check=True)
    for name in SHARED:
        (to / name).unlink(missing_ok=True)
        (to / name).symlink_to((ROOT / name).resolve())


def bite(patch: Path, tree: Path) -> str:
    """`red` when the test noticed; anything else says what went wrong."""
    apply = ["git", "apply", "--whitespace=nowarn", str(patch)]
    if subprocess.run(apply, cwd=tree, check=False).returncode:
        return "the patch does not apply"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.update(line.split("=", 1) for line in header(patch, "env"))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", *files_of(patch)]
    try:
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    finally:
        subprocess.run([*apply[:2], "-R", *apply[2:]], cwd=tree, check=True)
    if done.returncode == FAILED:
        return "red"
    return "NOT NOTICED" if done.returncode == 0 else f"pytest ended with {done.returncode}: {done.stdout[-300:]}"


def main() -> int:
    chosen = [path for path in sorted(BITES.glob("*.patch")) if is_asked(path, sys.argv[1:])]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="gongyou-bite-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        print(f"{'promise':<9}{'broken by':<52}result")
        for patch in chosen:
            result = bite(patch, tree)
            missed += result != "red"
            print(f"{patch.name[:3].upper():<9}{patch.stem[4:]:<52}{result}", flush=True)
    return bool(missed)


def is_asked(patch: Path, asked: list[str]) -> bool:
    """By its promise (P3) or by its own name (p03_acknowledges_a_failed_write); all when nothing is asked."""
    return not asked or any(one == patch.stem or one.upper().lstrip("P").zfill(2) == patch.name[1:3] for one in asked)


if __name__ == "__main__":
    sys.exit(main())
