"""Each file in broken/ breaks the good sample in one place; the lint must name that file and that rule."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.lint import lint, main
from knowledge.lint_asks import alike, trigrams
from knowledge.loader import read
from knowledge.strict import read_yaml
from tests.knowledge.sample import FOLDER

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yml"))
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "data")
    (tmp_path / "data" / "coverage").mkdir()
    (tmp_path / "data" / "coverage" / "leaf_ids.yml").write_text("- wages/arrears-first-step\n", encoding="utf-8")
    return tmp_path / "data"


def test_the_sample_is_clean() -> None:
    assert lint(FOLDER) == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_named_with_its_rule(path: Path, copy: Path) -> None:
    case = read_yaml(path)
    target = copy / case["file"]
    before = target.read_text(encoding="utf-8")
    assert case["find"] in before
    target.write_text(before.replace(case["find"], case["put"], 1), encoding="utf-8")

    found = [one for one in lint(copy) if case["file"] in str(one).split(" ")[0] and one.rule == case["rule"]]

    assert found, [str(one) for one in lint(copy)]
    assert any(case["says"] in str(one) for one in found), [str(one) for one in found]
    assert all(str(one).startswith("data/" + case["file"]) or "laws/" in one.path for one in found)


# A topic is the folder and a law's id is its file's name: what breaks them is a file in the wrong place.
MOVED = [
    ("cards/wages/owed.yml", "cards/nonsense/owed.yml", ("id: wages.owed", "id: nonsense.owed"), "topic"),
    (
        "laws/labor_contract_law.yml",
        "laws/Labor_Contract_Law.yml",
        ("id: labor_contract_law", "id: Labor_Contract_Law"),
        "law-id",
    ),
]


@pytest.mark.parametrize(("old", "new", "change", "rule"), MOVED, ids=[rule for *_, rule in MOVED])
def test_a_file_in_the_wrong_place_is_named_with_its_rule(
    old: str, new: str, change: tuple[str, str], rule: str, copy: Path
) -> None:
    text = (copy / old).read_text(encoding="utf-8")
    assert change[0] in text
    (copy / new).parent.mkdir(exist_ok=True)
    (copy / old).unlink()
    (copy / new).write_text(text.replace(*change), encoding="utf-8")

    assert [str(one) for one in lint(copy) if one.rule == rule and Path(new).stem in str(one)]


def test_every_rule_has_a_broken_example() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "knowledge").glob("lint*.py"))
    shown = {read_yaml(path)["rule"] for path in BROKEN}
    import re

    rules = set(re.findall(r"Finding\(\s*[a-z_.]*path,\s*\"([a-z-]+)\"", source))
    rules |= set(re.findall(r"^        \(\"([a-z-]+)\", ", source, re.M))
    assert rules
    assert rules - shown <= {rule for _, _, _, rule in MOVED}


def test_errors_end_with_one_and_a_clean_base_with_nothing(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(FOLDER)]) == 0
    card = copy / "cards" / "wages" / "owed.yml"
    card.write_text(card.read_text(encoding="utf-8").replace('"85"', '"999"'), encoding="utf-8")
    assert main(["--root", str(copy), "--only", "cards/wages"]) == 1
    assert main(["--root", str(copy), "--only", "cards/contract"]) == 0
    assert "data/cards/wages/owed.yml: 错误[article]" in capsys.readouterr().out


def test_stale_and_unverified_lists(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--root", str(FOLDER), "--stale", "2026-11-21"])
    now = capsys.readouterr().out
    assert "CN.12351" in now and "cards/" not in now
    main(["--root", str(FOLDER), "--stale", "2027-03-15"])
    later = capsys.readouterr().out
    assert "regions/CN-32/minimum_wage.yml" in later and "cards/wages/owed.yml" not in later
    main(["--root", str(FOLDER), "--unverified"])
    doubts = capsys.readouterr().out
    assert "没对过原文：《最低工资规定》第12条" in doubts and "没核实：低过当地最低工资" in doubts


def test_likeness_is_the_share_of_all_trigrams() -> None:
    assert alike(trigrams("老板欠我三个月钱不给"), trigrams("老板欠我三个月钱不给啊"))
    assert not alike(trigrams("没签合同"), trigrams("没签合同能要双倍工资吗"))


def test_a_thousand_cards_load_and_lint_in_five_seconds(copy: Path) -> None:
    text = (copy / "cards" / "wages" / "owed.yml").read_text(encoding="utf-8")
    for number in range(1000):
        lines = "".join(f"  - 第{number}张卡片的第{line}种问法是{chr(0x4E00 + line * 997)}\n" for line in range(8))
        changed = text.replace("wages.owed", f"hours.card_{number}").replace("ask:\n", "ask:\n" + lines)
        target = copy / "cards" / "hours" / f"card_{number}.yml"
        target.parent.mkdir(exist_ok=True)
        target.write_text(changed, encoding="utf-8")
    began = time.perf_counter()
    base, problems = read(copy)
    loaded = time.perf_counter() - began
    lint(copy)

    assert problems == [] and len(base.versions) == 1004
    assert loaded < 5
    assert time.perf_counter() - began < 12, "the machine may be busy; alone it takes under four seconds"


def test_knowledge_imports_in_the_environment_of_rasa() -> None:
    python = ROOT / ".envs" / "rasa" / "bin" / "python"
    if not python.exists():
        pytest.skip("no Rasa environment here")
    command = "import knowledge.lint, knowledge.render, knowledge.base, sys; print(sys.version_info[:2])"
    done = subprocess.run([str(python), "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sys.version_info >= (3, 11)
