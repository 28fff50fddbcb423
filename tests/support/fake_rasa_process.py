"""A quick Rasa process for supervisor: takes the model in use when it starts, and understands what that one knows.

`python -m tests.support.fake_rasa_process MODELS PORT`; a model is an archive with metadata.json and topics.json.
"""

from __future__ import annotations

import json
import sys
import tarfile
import threading
from pathlib import Path

from tests.support.fake_http import Call, FakeHttp, Reply


def a_model(path: Path, name: str, topics: dict[str, str] | None = None) -> Path:
    """An archive as Rasa's, as far as anybody looks; `topics` are what it takes each question for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as packed:
        for member, body in (("metadata.json", {"model_id": name}), ("topics.json", topics or {})):
            file = path.parent / member
            file.write_text(json.dumps(body), encoding="utf-8")
            packed.add(file, member)
            file.unlink()
    return path


class FakeRasaProcess(FakeHttp):
    def __init__(self, models: Path, port: int) -> None:
        archive = models / (models / "current").read_text(encoding="utf-8")
        with tarfile.open(archive) as packed:
            self._id, self._topics = (json.load(packed.extractfile(name)) for name in ("metadata.json", "topics.json"))  # type: ignore[arg-type]
        super().__init__(port=port)

    def answer(self, call: Call) -> Reply | str:
        if call.method == "GET":
            return 200, {"ready": True, "model": self._id["model_id"]}
        text = call.json()["text"]
        if call.path.endswith("/parse"):
            return 200, {"intent": {"name": self._topics.get(text, "oos"), "confidence": 1.0}}
        return 200, {"messages": [{"kind": "answer", "text": f"答：{text}"}], "done": True}


if __name__ == "__main__":
    FakeRasaProcess(Path(sys.argv[1]), int(sys.argv[2]))
    threading.Event().wait()
