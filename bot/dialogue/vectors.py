"""Sentence vectors that the gateway computed, kept by message id for the featurizer of the same turn.

They are kept here and not in the message's metadata because metadata is saved in every tracker event and sent with
every action call (DESIGN decision 12).
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

KEEP = 500
_known: OrderedDict[str, np.ndarray] = OrderedDict()


def keep(message_id: str, vector: np.ndarray) -> None:
    _known[message_id] = vector
    while len(_known) > KEEP:
        _known.popitem(last=False)


def take(message_id: str) -> np.ndarray | None:
    """The vector of a message, once; None when the gateway sent none."""
    return _known.pop(message_id, None)
