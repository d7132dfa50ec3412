#!/usr/bin/env python3
"""Stage 4 of the benchmark: parse and validate from bytes, beside the fastest validators on PyPI.

All take turns on the same records, on one core, in one run: the product (its parser and compiled schemas), orjson with
jsonschema-rs (linear regular expressions), msgspec with constraints, orjson with fastjsonschema. Each picks the schema by the
record's kind, and each tells what is wrong with a record that it refuses: all of it where it can.

Example: scripts/bench-peers.py --rounds 5
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".build" / "bench-venv"
PEERS = ROOT / "Benchmarks" / "Peers"
PINS = PEERS / "requirements.txt"
BENCH = ROOT / ".build" / "release" / "yizhan-bench"
RECORDS = 10_000
PLANTED = RECORDS // 500
OWED = {"bound": "atLeast", "value": 4, "aim": 6}


def enter_venv():
    """Goes on inside .build/bench-venv, made when it is missing or its pins are old."""
    if pathlib.Path(sys.prefix) == VENV:
        return
    python = VENV / "bin" / "python"
    stamp = VENV / "pins"
    if not stamp.exists() or stamp.read_text() != PINS.read_text():
        print("installing the peers from PyPI …", file=sys.stderr)
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True, stdout=subprocess.DEVNULL)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                            "--only-binary", ":all:", "-r", PINS, "typing_extensions"], check=True)
        except (subprocess.CalledProcessError, OSError) as error:
            sys.exit(f"stage 4 is left out: the peers could not be installed ({error}).\n"
                     "Let this machine reach https://pypi.org, or set PIP_INDEX_URL to a mirror; on Debian the package "
                     "python3-venv is needed.")
        stamp.write_text(PINS.read_text())
    os.execv(python, [python, __file__, *sys.argv[1:]])


class Product:
    """The gateway's own way, in a process of its own that waits while others run."""

    name = "yizhan"
    passes = 12

    def __init__(self, records):
        self.process = subprocess.Popen([BENCH, "validate", records], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, passes):
        self.process.stdin.write(b"%d\n" % passes)
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer["accepted"], answer["refused"]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(contestants, rounds):
    """Seconds for one pass, by contestant and round. Whoever disagrees about a record ends the run."""
    for contestant in contestants:
        contestant.run(1)
    seconds = {contestant.name: [] for contestant in contestants}
    for _ in range(rounds):
        for contestant in contestants:
            took, accepted, refused = contestant.run(contestant.passes)
            if (accepted, refused) != (RECORDS - PLANTED, PLANTED):
                sys.exit(f"{contestant.name} accepted {accepted} and refused {refused} records, "
                         f"not {RECORDS - PLANTED} and {PLANTED}: it does not check the same; report this as a defect")
            seconds[contestant.name].append(took / contestant.passes)
    return seconds


def figure(name, unit, runs, owed=None):
    """As the other stages print theirs with --json."""
    median = statistics.median(runs)
    made = {"stage": 4, "name": name, "unit": unit, "median": median, "runs": runs}
    return made if owed is None else {**made, "owed": owed, "isMet": median >= owed["value"]}


def figures(seconds):
    product = seconds["yizhan"]
    best = min((name for name in seconds if name != "yizhan"), key=lambda name: statistics.median(seconds[name]))
    found = [figure(f"records a second, parsed and validated: {name}", "perSecond", [round(RECORDS / run) for run in runs])
             for name, runs in seconds.items()]
    ratios = [round(theirs / ours, 2) for theirs, ours in zip(seconds[best], product)]
    return [*found, figure(f"yizhan to the best of them, {best}", "ratio", ratios, OWED)]


def report(found, versions, size, others, as_json):
    if as_json:
        document = json.loads(others.read_text()) if others else {}
        stages = sorted([*document.get("figures", []), *found], key=lambda one: one["stage"])
        validated = {"count": RECORDS, "meanBytes": size}
        print(json.dumps({**document, "validatedRecords": validated, "figures": stages}, indent=2))
        return
    print(f"\nOn one core, {RECORDS:,} records of {size} bytes in the mean; all accept {RECORDS - PLANTED:,} and refuse "
          f"{PLANTED}. {versions}\n")
    for one in found:
        form = "{:,.0f}" if one["unit"] == "perSecond" else "{:.2f}"
        runs = "  ".join(form.format(run) for run in one["runs"])
        line = f"4  {one['name']:<64}{form.format(one['median']):>12}   ({runs})"
        if "owed" in one:
            owed = one["owed"]
            line += (f"   owed at least {owed['value']:.2f}, aimed at {owed['aim']:.2f}: "
                     f"{'met' if one['isMet'] else 'NOT MET'}")
        print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often all take their turn, 1 to 50. Default: 5")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--after", type=pathlib.Path, metavar="FILE",
                        help="what the other stages printed; with --json both become one document")
    options = parser.parse_args()
    if not 1 <= options.rounds <= 50:
        parser.error("--rounds is 1 to 50")
    if not BENCH.exists():
        sys.exit(f"{BENCH} is not built; start scripts/bench.sh")
    enter_venv()
    sys.path.insert(0, str(PEERS))
    sys.dont_write_bytecode = True
    from validators import contestants, versions

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        records = pathlib.Path(folder) / "records.ndjson"
        subprocess.run([BENCH, "records", records, "--count", str(RECORDS)], check=True)
        lines = records.read_bytes().splitlines()
        product = Product(records)
        seconds = measure([product, *contestants(ROOT / "schemas", lines)], options.rounds)
        product.end()
    report(figures(seconds), versions(), sum(map(len, lines)) // len(lines), options.after, options.json)


if __name__ == "__main__":
    main()
