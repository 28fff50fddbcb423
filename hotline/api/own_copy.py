"""`/mine/{token}`: where a worker takes the copy of what is stored about him. The link comes from his own conversation.

The page only shows a button: chat programs open links by themselves to draw a preview.
"""

from __future__ import annotations

import html
import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from hotline import people
from kit.db import Database

PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>我的信息</title></head>'
    "<body><main><h1>我的信息</h1>{body}</main></body></html>"
)
BUTTONS = (
    "<p>这里可以取走存着的关于你的全部内容。链接一小时内有效，不要转给别人。</p>"
    '<form method="post"><p><button name="as" value="text">直接看</button> '
    '<button name="as" value="json">下载文件</button></p></form>'
)
OVER = "<p>这个链接过期了或者不对。回到对话里再发一次“导出我的信息”，会给你新的。</p>"
HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


class OwnCopy:
    def __init__(self, database: Database) -> None:
        self._database = database

    def routes(self) -> list[BaseRoute]:
        return [Route("/mine/{token}", self.show, methods=["GET"]), Route("/mine/{token}", self.take, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        with self._database.reading() as session:
            is_good = people.is_link(session, request.path_params["token"])
        return _page(BUTTONS if is_good else OVER, 200 if is_good else 404)

    async def take(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5)
        copy = await run_in_threadpool(self._copy, request.path_params["token"])
        if copy is None:
            return _page(OVER, 404)
        if form.get("as") == "json":
            headers = {**HEADERS, "content-disposition": 'attachment; filename="gongyou-copy.json"'}
            return Response(
                json.dumps(copy, ensure_ascii=False, indent=1), media_type="application/json", headers=headers
            )
        return _page(f"<pre>{html.escape(people.readable(copy))}</pre>", 200)

    def _copy(self, token: str) -> dict[str, object] | None:
        with self._database.reading() as session:
            return people.by_link(session, token)


def _page(body: str, status: int) -> Response:
    return HTMLResponse(PAGE.format(body=body), status_code=status, headers=HEADERS)
