#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Searches every state of the protocol's models with Spin.

  check.py [small|large|all] [--jobs N]     default: small

Exit code 0: what should hold does, and what should fail fails as expected. 77: there is no Spin here.
"""
import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


def checks():
    for line in (FOLDER / "checks.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            size, model, search, switches, expected, _ = (part.strip() for part in line.split("|"))
            yield size, model, search, switches.split(), expected


def call(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def search(size, model, how, switches, expected):
    """What the search prints."""
    with tempfile.TemporaryDirectory() as folder:
        for source in FOLDER.glob("*.pml"):
            shutil.copy(source, folder)
        said = call(["spin"] + ["-D" + s for s in switches] + ["-a", model + ".pml"], folder)
        # A counterexample is found soon, and the time goes into the compiler.
        optimise = "-O2" if size == "large" else "-O0"
        kind = ["-DNP", "-DNFAIR=4"] if how == "ends" else ["-DSAFETY"]
        kind += ["-DREVERSE"] if how == "back" else []
        memory = ["-DCOLLAPSE"] if size == "large" else []
        said += call(["gcc", optimise, "-w", "-o", "pan", "pan.c"] + kind + memory, folder)
        options = ["-m500000", "-w26" if size == "large" else "-w18"] + (["-l", "-f"] if how == "ends" else [])
        return said + call(["./pan"] + options, folder)


def verdict(said, expected):
    if "errors: " not in said:
        return "no search: " + said.strip()[-300:]
    if "max search depth too small" in said or "out of memory" in said:
        return "not all states were searched"
    found = re.search(r"^pan:1: (.*)$", said, re.MULTILINE)
    if expected == "holds":
        return found and "fails: " + found[1]
    if not found:
        return "should fail, and holds"
    return None if expected in found[1] else "fails otherwise: " + found[1]


def figure(pattern, said):
    found = re.search(pattern, said)
    return float(found[1]) if found else 0


def report(check):
    start = time.monotonic()
    said = search(*check)
    wrong = verdict(said, check[4])
    print(f"{'FAILED' if wrong else 'ok':6} {check[1]:14} {' '.join(check[3]):60} "
          f"{'holds' if check[4] == 'holds' else 'fails':6} "
          f"{figure(r'([0-9.e+]+) states, stored', said):12,.0f} states, depth "
          f"{figure(r'depth reached ([0-9]+)', said):6,.0f}, {figure(r'([0-9.]+)	total actual', said):6,.0f} MB, "
          f"{time.monotonic() - start:5.1f} s", flush=True)
    if wrong:
        print("       " + wrong, flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", nargs="?", choices=["small", "large", "all"], default="small")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not shutil.which("spin") or not shutil.which("gcc"):
        print("skipped: no spin or no gcc here; scripts/install-packages.sh test")
        return SKIPPED
    wanted = [c for c in checks() if options.size in (c[0], "all")]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        fine = list(pool.map(report, wanted))
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
