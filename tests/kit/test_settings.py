"""Settings as they are written in the environment."""

import pytest

from kit.settings import Settings


def test_several_rasa_processes_are_named_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGYOU_RASA_URLS", "http://10.0.0.5:8081/, http://10.0.0.6:8081")

    assert Settings().rasa == ("http://10.0.0.5:8081", "http://10.0.0.6:8081")


@pytest.mark.parametrize("name", ["GONGYOU_RASA_BIND", "GONGYOU_INTERNAL_BIND"])
def test_inner_doors_stay_inside(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for outside in ("0.0.0.0", "8.8.8.8"):
        monkeypatch.setenv(name, outside)
        with pytest.raises(ValueError, match=name):
            Settings()
    monkeypatch.setenv(name, "10.0.0.5")

    assert Settings()
