"""A suspect is alone in its process, and nobody waits for it longer than the patience."""

import threading

from bot.gateway.quarantine import Quarantine
from bot.mailbox.inbox import SUSPECT


def run(quarantine: Quarantine, crashes: int, began: threading.Event, may_end: threading.Event) -> threading.Thread:
    def work() -> None:
        with quarantine.place(crashes):
            began.set()
            may_end.wait(30)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def events(count: int) -> list[threading.Event]:
    return [threading.Event() for _ in range(count)]


def test_healthy_messages_run_side_by_side() -> None:
    quarantine, (first, second, end) = Quarantine(30), events(3)
    threads = [run(quarantine, 0, first, end), run(quarantine, SUSPECT - 1, second, end)]

    assert first.wait(30)
    assert second.wait(30)
    end.set()
    for thread in threads:
        thread.join(30)


def test_a_suspect_waits_for_all_others_and_they_for_it() -> None:
    quarantine, (healthy, end, suspect, suspect_end, late) = Quarantine(30), events(5)
    run(quarantine, 0, healthy, end)
    assert healthy.wait(30)
    run(quarantine, SUSPECT, suspect, suspect_end)
    assert not suspect.wait(0.1)
    end.set()
    assert suspect.wait(30)
    run(quarantine, 0, late, end)
    assert not late.wait(0.1)
    suspect_end.set()
    assert late.wait(30)


def test_a_suspect_that_hangs_stops_nobody() -> None:
    quarantine, (suspect, never, healthy, end) = Quarantine(0.05), events(4)
    run(quarantine, SUSPECT, suspect, never)
    assert suspect.wait(30)
    run(quarantine, 0, healthy, end)

    assert healthy.wait(30)
    end.set()
    never.set()
