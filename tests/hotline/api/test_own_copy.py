"""The page where a worker takes his copy."""

from starlette.applications import Starlette

from hotline import people
from hotline.api.own_copy import OwnCopy
from kit.db import Database
from tests.support.asgi import Caller
from tests.support.whole_person import CANARY, seed


def test_a_preview_shows_nothing_and_a_press_shows_all(sqlite: Database) -> None:
    person = seed(sqlite)
    with sqlite.transaction() as session:
        token = people.make_link(session, person.road)
    caller = Caller(Starlette(routes=OwnCopy(sqlite).routes()))

    shown = caller.get(f"/mine/{token}")
    taken = caller.post(f"/mine/{token}", data={"as": "text"})
    file = caller.post(f"/mine/{token}", data={"as": "json"})

    assert (shown.status_code, CANARY in shown.text) == (200, False)
    assert f"{CANARY}phone" in taken.text
    assert file.json()["stored"]["person_field"]
    assert file.headers["cache-control"] == "no-store"


def test_a_wrong_link_says_how_to_get_a_new_one(sqlite: Database) -> None:
    caller = Caller(Starlette(routes=OwnCopy(sqlite).routes()))

    assert caller.get("/mine/nothing").status_code == 404
    answer = caller.post("/mine/nothing", data={"as": "json"})
    assert (answer.status_code, "导出我的信息" in answer.text) == (404, True)
