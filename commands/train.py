"""`./gongyou train`: train the Rasa model when its inputs changed.

The model's name is the checksum of everything it is made from (configuration, dialogue, training sentences, the cards'
`ask` lines, the locked packages, the encoder), so an unchanged clone trains once and a changed sentence trains again.
A model that knows fewer of our committed questions than the one before it does not replace it unless told to.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from commands import training_data, vectors
from commands.model_score import Score, score
from kit import clock
from kit.settings import ROOT, Settings, settings
from knowledge.encoder import E5
from knowledge.gemma.built import build, place_of
from knowledge.gemma.engine import Reader

app = typer.Typer(help=__doc__, add_completion=False)

# A sentence's sums are too small to share: beside a busy second core, sharing made a turn four times as long (0046).
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}

INPUT_FOLDERS = ("nlu_data", "bot/dialogue", "knowledge/e5")
INPUT_FILES = (
    "config.yml",
    "requirements/rasa.txt",
    "knowledge/spelling.py",
    "knowledge/telling.py",
    "knowledge/encoder.py",
    "knowledge/weights/adapted.npz",
    "knowledge/data/words/typos.txt",
    "knowledge/data/words/traditional.txt",
)


class TrainingFailed(Exception):
    """Rasa could not train; its last lines are in the message."""


def input_files() -> Iterator[Path]:
    for name in INPUT_FILES:
        yield ROOT / name
    for folder in INPUT_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in (".yml", ".py", ".txt", ".jsonl"):
                yield path


def checksum(card_lines: str) -> str:
    """The name of the model that these inputs make."""
    whole = hashlib.sha256(card_lines.encode())
    for path in input_files():
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def current_model(configured: Settings) -> Path | None:
    """The model that runs now, or None before the first training."""
    pointer = configured.models / "current"
    if not pointer.exists():
        return None
    path = configured.models / pointer.read_text(encoding="utf-8").strip()
    return path if path.exists() else None


def name_now() -> str:
    """The file that a training of what is here makes."""
    return _name(training_data.from_cards())


def _name(card_lines: str) -> str:
    return f"gongyou-{checksum(card_lines)}.tar.gz"


def train_if_needed(
    configured: Settings, *, force: bool = False, accept_worse: bool = False, aside: bool = False
) -> Path:
    """The trained model for the present inputs; says what it does while it trains. `aside` leaves the one in use."""
    card_lines = training_data.from_cards()
    name = _name(card_lines)
    target = configured.models / name
    before = current_model(configured)
    build(configured.models)
    if force or not target.exists():
        print("gongyou: the model's inputs changed, training (a few minutes the first time)", flush=True)
        started = clock.monotonic()
        configured.models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=configured.models) as scratch:
            trained = _train(configured, Path(scratch), card_lines)
            shutil.move(trained, target)
        _write_manifest(configured, target, clock.monotonic() - started)
    if aside:
        return target
    if before is not None and before != target and not accept_worse and _does_worse(target, before):
        return before
    make_current(configured, name)
    return target


def manifest_of(model: Path) -> dict[str, Any]:
    """What was written down when a model was trained; empty for one of before there were manifests."""
    path = model.with_suffix(".json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _write_manifest(configured: Settings, model: Path, seconds: float) -> None:
    """Beside the model: what it was made of, what it is, how well it does. All checksums are SHA-256."""
    found = score(model, Reader(place_of(configured.models)), vectors.cached_encoder(configured))
    manifest = {
        "model": model.name,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "trained_at": clock.now().isoformat(),
        "seconds": round(seconds, 1),
        "encoder": E5().name,
        "dialogue": dialogue_checksum(),
        "inputs": {path.relative_to(ROOT).as_posix(): _checksum(path) for path in input_files()},
        "score": asdict(found),
    }
    model.with_suffix(".json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    print(f"gongyou: trained {model.name} in {seconds:.0f} s, {found}", flush=True)


def _does_worse(new: Path, old: Path) -> bool:
    """True, and said, when the old model should go on answering. One that knows another dialogue cannot."""
    ours, theirs = manifest_of(new), manifest_of(old)
    now, before = Score.of(ours), Score.of(theirs)
    if now is None or before is None or not now.is_worse_than(before):
        return False
    if ours.get("dialogue") != theirs.get("dialogue"):
        print(f"gongyou: taken although it does worse ({now}, before {before.right}): the dialogue changed", flush=True)
        return False
    print(f"gongyou: the new model does worse ({now}, before {before.right}); the old one stays.", flush=True)
    print("  ./gongyou train --accept-worse takes the new one", flush=True)
    return True


def dialogue_checksum() -> str:
    """Of what the stored model and the running code must agree on."""
    paths = [path for path in input_files() if path.suffix == ".py" or path.parts[-2] in ("rules", "domain")]
    return hashlib.sha256("".join(map(_checksum, [ROOT / "config.yml", *paths])).encode()).hexdigest()[:16]


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_current(configured: Settings, name: str) -> None:
    pointer = configured.models / "current"
    temporary = pointer.with_suffix(f".{os.getpid()}")
    temporary.write_text(name, encoding="utf-8")
    temporary.replace(pointer)


def rasa_environment() -> dict[str, str]:
    """What a Rasa process needs: our code on its path, no telemetry, no chatter."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    fixed = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}
    models = settings().models
    folders = {"GONGYOU_VECTORS": str(models / "vectors"), "GONGYOU_READER": str(place_of(models))}
    return {**os.environ, **ONE_THREAD, **quiet, **fixed, **folders}


def copy_training_data(scratch: Path, card_lines: str) -> Path:
    """nlu_data and the sentences of the cards in one folder, as Rasa wants them."""
    data = scratch / "data"
    shutil.copytree(ROOT / "nlu_data", data, ignore=shutil.ignore_patterns("spacy"))
    (data / "nlu" / "from_cards.yml").write_text(card_lines, encoding="utf-8")
    return data


def _train(configured: Settings, scratch: Path, card_lines: str) -> Path:
    data = copy_training_data(scratch, card_lines)
    command = [str(configured.envs / "rasa" / "bin" / "rasa"), "train", "--config", "config.yml"]
    command += ["--domain", "bot/dialogue/domain", "--data", str(data), "--out", str(scratch)]
    command += ["--fixed-model-name", "new"]
    log_path = scratch / "log"
    with log_path.open("wb") as sink:
        process = subprocess.Popen(command, cwd=ROOT, env=rasa_environment(), stdout=sink, stderr=sink)
        ticker = threading.Event()
        shower = threading.Thread(target=_show_progress, args=(log_path, ticker), daemon=True)
        shower.start()
        code = process.wait()
        ticker.set()
        shower.join()
    if code:
        tail = log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-25:]
        raise TrainingFailed("Rasa could not train:\n" + "\n".join(tail))
    return scratch / "new.tar.gz"


def _show_progress(log_path: Path, done: threading.Event) -> None:
    """One line whenever a component starts, and a sign of life every 20 seconds."""
    seen, silent = 0, 0
    while not done.wait(1.0):
        lines = log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        fresh = [line for line in lines[seen:] if "Starting to train component" in line or "sentences" in line]
        seen, silent = len(lines), 0 if fresh else silent + 1
        for line in fresh:
            print(f"  {line.split(' - ')[-1]}", flush=True)
        if silent and silent % 20 == 0:
            print("  still training", flush=True)


@app.command()
def train(
    force: bool = typer.Option(False, help="train even if nothing changed"),
    accept_worse: bool = typer.Option(False, help="take the new model even if it knows fewer committed questions"),
    aside: bool = typer.Option(False, help="leave the model in use; ./gongyou model roll lets the new one in"),
) -> None:
    try:
        vectors.warm(settings())
        made = train_if_needed(settings(), force=force, accept_worse=accept_worse, aside=aside)
        if aside:
            print(f"gongyou: {made.name} is ready; ./gongyou model roll lets it in", flush=True)
    except TrainingFailed as error:
        raise SystemExit(f"gongyou: {error}") from error
