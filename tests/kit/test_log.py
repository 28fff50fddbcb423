"""Logs are JSON lines without a person's words or numbers."""

import json
import subprocess
import sys

SCRIPT = """
from kit import log
early = log.logger("early")  # bound before set_up, as every module does
log.set_up("INFO")
early.info("waits", inbox=7, text="我电话13800000000", note="卡号6222021234567890123")
import logging
logging.getLogger("other").warning("phone 13800000000")
try:
    raise ValueError("13800000000")
except ValueError:
    early.exception("failed")
"""


def test_lines_are_json_and_hold_no_numbers() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    first = json.loads(done.stderr.splitlines()[0])

    assert (first["stage"], first["inbox"], first["text"]) == ("early", 7, "[not logged]")
    assert "13800000000" not in done.stderr
    assert "6222021234567890123" not in done.stderr
