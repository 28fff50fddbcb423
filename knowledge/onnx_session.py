"""A network run by onnxruntime on one core: more threads wait for each other at every layer."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

ERRORS_ONLY = 3


def session(model: bytes | Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    given = str(model) if isinstance(model, Path) else model
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
