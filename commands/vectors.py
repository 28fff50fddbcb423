"""Computes the vectors of every sentence we ship once, with progress, before anything starts.

The cache is a file that both environments read: the app's index and Rasa's training find their sentences in it.
Workers' sentences never go there.
"""

from __future__ import annotations

import re
import time

from hotline.policy.entries import entries_of
from kit.settings import ROOT, Settings
from knowledge.encoder import E5, CachedEncoder, normalise
from knowledge.loader import load
from knowledge.telling import as_asked
from knowledge.words import DATA as WORDS

BATCH = 128
_EXAMPLE = re.compile(r"^\s+- (.+)$", re.MULTILINE)


def cached_encoder(configured: Settings) -> CachedEncoder:
    return CachedEncoder(E5(), configured.models / "vectors")


def shipped_sentences() -> list[str]:
    """What the index and the training will ask for."""
    lines = (WORDS / "centre.txt").read_text(encoding="utf-8").split()
    entries = entries_of(load())
    lines += [line for entry in entries for line in entry.body]
    asked = [line for entry in entries for line in entry.lines]
    lines += [*asked, *map(as_asked, asked)]  # the index reads them as they stand, the training as a message
    for path in sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")):
        lines += map(as_asked, _EXAMPLE.findall(path.read_text(encoding="utf-8")))
    return list({normalise(line): line for line in lines}.values())


def warm(configured: Settings) -> None:
    """Silent and quick when nothing is new."""
    encoder = cached_encoder(configured)
    missing = encoder.unknown(shipped_sentences())
    started = time.monotonic()
    for start in range(0, len(missing), BATCH):
        encoder.encode_query(missing[start : start + BATCH])
        done = min(start + BATCH, len(missing))
        left = (time.monotonic() - started) / done * (len(missing) - done)
        print(f"  {done} of {len(missing)} sentences, {left:.0f} s left", flush=True)
