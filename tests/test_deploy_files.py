"""The files of a real installation are accepted by the programs that will read them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kit.settings import ROOT


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    command = [sys.executable, "-m", "commands", "deploy-files", str(folder), "--host", "gongyou.example.org"]
    command += ["--certificates", str(tmp_path), "--data", str(tmp_path), "--user", "root"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_nginx_accepts_its_file(files: Path, tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("needs package nginx")
    subject = ["-subj", "/CN=gongyou.example.org", "-days", "2"]
    made = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *made]
    subprocess.run(command, check=True, capture_output=True)
    whole = tmp_path / "whole.conf"
    included = files / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ include {included}; }}\n")
    done = subprocess.run([nginx, "-t", "-c", str(whole)], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_systemd_accepts_its_units(files: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("needs package systemd")
    units = [str(path) for path in files.glob("*.service")]
    done = subprocess.run([analyze, "verify", "--man=no", *units], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "gongyou" in line and "not executable" not in line]

    assert complaints == []


def test_no_slot_is_left_open(files: Path) -> None:
    for path in files.iterdir():
        text = path.read_text()
        assert "{user}" not in text
        assert "{root}" not in text


def test_monitoring_names_only_figures_that_exist(files: Path) -> None:
    """Every metric in the dashboard and the alert rules is one that we show."""
    shown = {"gongyou_ready", "gongyou_rasa_processes", "gongyou_clock_astray_seconds"}
    for source in (ROOT / "kit" / "metrics.py", ROOT / "hotline" / "health" / "prometheus.py"):
        shown |= set(re.findall(r'"(gongyou_[a-z_]+)"', source.read_text(encoding="utf-8")))
    for name in ("grafana.json", "gongyou-alerts.yml"):
        text = (files / name).read_text(encoding="utf-8")
        named = set(re.findall(r"gongyou_[a-z_]+", text))
        assert len(named) > 8
        assert {re.sub(r"_(bucket|count|total)$", "", one) for one in named} <= shown
    assert json.loads((files / "grafana.json").read_text(encoding="utf-8"))["panels"]
    assert yaml.safe_load((files / "gongyou-alerts.yml").read_text(encoding="utf-8"))["groups"]
    assert yaml.safe_load((files / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
