"""Places in workers' sentences: found, joined, told apart, and not seen where there are none."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.regions import Ambiguous, climb, find_regions, load_tree, parent_of, resolve

ROOT = Path(__file__).parents[2]
TREE = load_tree()

ONE_PLACE = [
    ("我在苏州打工", "CN-32-05"),
    ("江苏苏州的最低工资是多少", "CN-32-05"),
    ("昆山花桥上班，老板不发钱", "CN-32-05-83"),
    ("我在昆山市花桥镇一个厂里", "CN-32-05-83"),
    ("江苏省苏州市昆山市千灯镇", "CN-32-05-83"),
    ("延边的工会电话", "CN-22-24"),
    ("延吉市社保局在哪", "CN-22-24-01"),
    ("在沪打工三年没交社保", "CN-31"),
    ("沪", "CN-31"),
    ("来深打工十年", "CN-44-03"),
    ("北京朝阳的公司欠薪", "CN-11-05"),
    ("北京市的朝阳区", "CN-11-05"),
    ("天津和平区", "CN-12-01"),
    ("天津和平", "CN-12-01"),
    ("广东省东莞市长安镇五金厂", "CN-44-19"),
    ("东莞长安", "CN-44-19"),
    ("虎门电子厂", "CN-44-19"),
    ("南通通州的厂", "CN-32-06-12"),
    ("吉林打工", "CN-22"),
    ("吉林市的工地", "CN-22-02"),
    ("西安的餐馆", "CN-61-01"),
    ("上海浦东新区工地", "CN-31-15"),
    ("浦东这边", "CN-31-15"),
    ("深圳龙岗", "CN-44-03-07"),
    ("苏州工业园区的企业", "CN-32-05"),
    ("苏州园区", "CN-32-05"),
    ("苏州新区", "CN-32-05-05"),
    ("以前的沧浪区", "CN-32-05-08"),
    ("Suzhou minimum wage", "CN-32-05"),
    ("内蒙古包头", "CN-15-02"),
    ("湖北省恩施土家族苗族自治州", "CN-42-28"),
    ("新疆石河子", "CN-65-90-01"),
    ("济源市", "CN-41-90-01"),
    ("在川务工人员", "CN-51"),
    ("重庆的江北", "CN-50-05"),
    ("我在海口打工", "CN-46-01"),
    ("杭州余杭", "CN-33-01-10"),
]
SEVERAL = [
    ("朝阳区的仲裁委在哪", {"CN-11-05", "CN-22-01-04"}),
    ("鼓楼区", {"CN-32-01-06", "CN-32-03-02", "CN-35-01-02", "CN-41-02-04"}),
    ("通州", {"CN-11-12", "CN-32-06-12"}),
    ("通州区仲裁", {"CN-11-12", "CN-32-06-12"}),
    ("在长安上班", {"CN-13-01-02", "CN-61-01-16"}),
]
NOWHERE = [
    "农民权益怎么保护",
    "人力资源公司拖欠工资",
    "和平解决行不行",
    "合作的公司跑了",
    "互助保障怎么报",
    "公安局管不管",
    "大海口味的饭馆",
    "南京路上那家饭店",
    "兰州拉面店打工",
    "阿里巴巴上班",
    "在京东上班",
    "民政局能救助吗",
    "东方不亮西方亮",
    "平安保险业务员",
    "工资资源浪费",
    "通道堵住了",
    "公司说资金固定",
    "老板让我长期出差",
]


@pytest.mark.parametrize(("text", "expected"), ONE_PLACE)
def test_one_place(text: str, expected: str) -> None:
    assert [m.id for m in find_regions(text, TREE)] == [expected]


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_a_shared_name_keeps_its_candidates(text: str, expected: set[str]) -> None:
    (mention,) = find_regions(text, TREE)
    assert mention.ambiguous and set(mention.ids) == expected


@pytest.mark.parametrize("text", NOWHERE)
def test_words_are_not_places(text: str) -> None:
    assert find_regions(text, TREE) == []


def test_another_place_in_the_sentence_settles_a_shared_name() -> None:
    assert [m.id for m in find_regions("我在北京，公司在通州", TREE)] == ["CN-11", "CN-11-12"]
    assert [m.id for m in find_regions("注册在深圳南山，人在广州白云上班", TREE)] == ["CN-44-03-05", "CN-44-01-11"]


def test_the_conversation_settles_a_shared_name() -> None:
    assert [m.id for m in find_regions("鼓楼区", TREE, near="CN-35-01")] == ["CN-35-01-02"]


def test_the_mention_says_where_it_stands() -> None:
    text = "我在江苏省苏州市打工"
    (mention,) = find_regions(text, TREE)
    assert text[mention.start : mention.end] == mention.text == "江苏省苏州市"


def test_resolve_takes_ids_codes_and_names() -> None:
    for asked in ("CN-32-05", "cn-32-05", "320500", "苏州", "苏州市", " 江苏苏州 "):
        found = resolve(asked, TREE)
        assert found is not None and not isinstance(found, Ambiguous) and found.id == "CN-32-05"
    assert isinstance(resolve("朝阳", TREE), Ambiguous)
    assert isinstance(resolve("和平", TREE), Ambiguous)
    assert resolve("随便", TREE) is None


def test_every_region_has_its_parent_and_its_own_title_finds_it() -> None:
    assert len(TREE.regions) > 3200
    for key, region in TREE.regions.items():
        parent = parent_of(key)
        assert parent is None or parent in TREE
        if "直辖县级" in region.title:
            continue
        found = resolve(TREE.full_title(key), TREE)
        assert found is not None
        ids = {r.id for r in found.candidates} if isinstance(found, Ambiguous) else {found.id}
        assert key in ids, (key, TREE.full_title(key), ids)


def test_climbing_goes_up_to_the_country() -> None:
    assert climb("CN-32-05-83") == ("CN-32-05-83", "CN-32-05", "CN-32", "CN")
    assert TREE.full_title("CN-32-05-83") == "江苏省苏州市昆山市"


def test_a_sentence_is_read_in_well_under_a_millisecond() -> None:
    started = time.perf_counter()
    for _ in range(200):
        find_regions("我在江苏省苏州市昆山市花桥镇的一个电子厂打工三年，老板一直不给交社保，怎么办", TREE)
    assert (time.perf_counter() - started) / 200 < 0.005


def test_generated_lookups_are_current() -> None:
    command = [sys.executable, ROOT / "scripts" / "make_lookups.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
