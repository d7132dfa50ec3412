#!/usr/bin/env python3
"""Writes the table of docs/PERFORMANCE.md from what the benchmark printed: what the bench prints, the document says.

Several files make one table; a stage of a later file takes the place of an earlier one's. The figures of a file after --add,
such as that of `make bench-backlog`, stand beside those of the same stage.

Example: scripts/bench.sh --json > bench.json && scripts/bench-table.py bench.json
"""
import argparse
import json
import pathlib
import re

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs" / "PERFORMANCE.md"
MARKS = "<!-- measured -->", "<!-- /measured -->"
FORMS = {
    "perSecond": "{:,.0f}", "share": "{:.1%}", "ratio": "{:.3f}", "microseconds": "{:.1f} µs",
    "milliseconds": "{:.2f} ms", "seconds": "{:.1f} s", "mebibytes": "{:.0f} MiB",
}


def row(figure):
    form = FORMS[figure["unit"]].format
    owed = figure.get("owed")
    cells = ["", ""]
    if owed:
        bound = "at least" if owed["bound"] == "atLeast" else "at most"
        aim = f", aim {form(owed['aim'])}" if owed.get("aim") else ""
        cells = [f"{bound} {form(owed['value'])}{aim}", "yes" if figure["isMet"] else "**no**"]
    runs = ", ".join(map(form, figure["runs"])) if len(figure["runs"]) > 1 else ""
    return "| " + " | ".join([str(figure["stage"]), figure["name"], form(figure["median"]), runs, *cells]) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=pathlib.Path, help="what scripts/bench.sh --json printed")
    parser.add_argument("--add", action="append", default=[], type=pathlib.Path, metavar="FILE",
                        help="one more, whose figures stand beside those of the same stage")
    options = parser.parse_args()
    stages = {}
    for path in options.reports:
        figures = json.loads(path.read_text())["figures"]
        for stage in {figure["stage"] for figure in figures}:
            stages[stage] = [figure for figure in figures if figure["stage"] == stage]
    for path in options.add:
        for figure in json.loads(path.read_text())["figures"]:
            stages.setdefault(figure["stage"], []).append(figure)
    rows = [row(figure) for _, figures in sorted(stages.items()) for figure in figures]
    table = "\n".join([MARKS[0], "| stage | what | figure | runs | owed | met |", "| --- | --- | --- | --- | --- | --- |",
                       *rows, MARKS[1]])
    text = DOCUMENT.read_text()
    DOCUMENT.write_text(re.sub(f"{MARKS[0]}.*{MARKS[1]}", lambda _: table, text, flags=re.DOTALL))


if __name__ == "__main__":
    main()
