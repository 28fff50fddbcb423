"""The desk's own style and script, named by what is in them, so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HERE = Path(__file__).parent / "static"
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}


class StaticFiles:
    """Read once at start; nothing but these files is ever served."""

    def __init__(self, folder: Path = HERE) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, tuple[bytes, str]] = {}
        for path in sorted(folder.iterdir()):
            content = path.read_bytes()
            hashed = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self._names[path.name] = f"/desk/static/{hashed}"
            self._files[hashed] = (content, kind)

    def url(self, name: str) -> str:
        return self._names[name]

    def route(self) -> Route:
        return Route("/desk/static/{name}", self._serve, methods=["GET"])

    def _serve(self, request: Request) -> Response:
        known = self._files.get(request.path_params["name"])
        if known is None:
            return Response("no such file", 404, media_type="text/plain")
        return Response(known[0], media_type=known[1], headers=FOR_EVER)
