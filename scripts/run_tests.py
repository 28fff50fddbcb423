"""`make test`: every suite, and at the end a table of what was skipped and which package would bring it back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.hosts import may_make_hosts  # noqa: E402


@dataclass(frozen=True)
class Counterpart:
    """Something real that a suite needs, how to see whether it is here, and the package that brings it."""

    marker: str
    package: str
    is_here: bool


def counterparts() -> list[Counterpart]:
    postgres = shutil.which("initdb") or next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None)
    fonts = (
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout
        if shutil.which("fc-list")
        else ""
    )
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return [
        Counterpart("rasa", "the rasa environment (./gongyou env)", (ROOT / ".envs/rasa/bin/rasa").exists()),
        Counterpart("postgres", "postgresql", bool(postgres or os.environ.get("GONGYOU_TEST_POSTGRES"))),
        Counterpart("redis", "redis-server", shutil.which("redis-server") is not None),
        Counterpart("kannel", "kannel and kannel-extras", Path("/usr/sbin/bearerbox").exists()),
        Counterpart("hosts", "iproute2 (as root, where the kernel allows network namespaces)", may_make_hosts()),
        Counterpart("browser", "chromium and fonts-noto-cjk", bool(chromium and fonts)),
    ]


# Each group runs on its own: a browser's event loop would break every other test that runs one. What needs no whole
# product waits more than it works, so several files go at once; what starts one has the machine for itself.
AT_ONCE = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]
GROUPS = {"not rasa and not browser": AT_ONCE, "rasa and not browser": [], "browser": []}
NOTHING_SELECTED = 5


def main() -> int:
    known = counterparts()
    missing = [part for part in known if not part.is_here]
    without = "".join(f" and not {part.marker}" for part in missing)
    code = 0
    for group, more in GROUPS.items():
        print(f"\n== tests: {group}{without}", flush=True)
        command = [sys.executable, "-m", "pytest", "--durations=5", "-m", group + without, *more, *sys.argv[1:]]
        ended = subprocess.run(command, cwd=ROOT, check=False).returncode
        code = code or (0 if ended == NOTHING_SELECTED else ended)
    if missing:
        print("\nskipped suites           install to run them")
        print("\n".join(f"  {part.marker:<22} {part.package}" for part in missing))
        # A kernel that allows no namespaces is no missing package: it is named above, and that is all.
        can_be_installed = [part for part in missing if part.marker != "hosts" or shutil.which("ip") is None]
        if can_be_installed and os.environ.get("GONGYOU_REQUIRE_ALL"):
            print("GONGYOU_REQUIRE_ALL is set: a skipped suite is a failure")
            return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
