"""What docs/openapi-tickets.yml says is what the API has."""

import yaml

from hotline.api.tickets import ENDPOINTS
from kit.settings import ROOT


def test_paths_and_scopes_are_those_of_the_code() -> None:
    written = yaml.safe_load((ROOT / "docs" / "openapi-tickets.yml").read_text(encoding="utf-8"))["paths"]
    said = {
        (method.upper(), path): operation["summary"]
        for path, operations in written.items()
        for method, operation in operations.items()
        if method != "parameters"
    }

    assert said.keys() == {(one.method, one.path) for one in ENDPOINTS}
    for one in ENDPOINTS:
        assert f"scope {one.scope}" in said[one.method, one.path]
