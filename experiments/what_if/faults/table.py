#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the tables of this folder's README: what each fault costs, and what the limit changes.

    python3 experiments/what_if/faults/table.py build/release/wavesim

Arguments after the program go to wavesim, as in --replications 1.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
# Column: value, what divides it.
COLUMNS = {
    "p99 before, us": ("before_p99_us", 1),
    "p99 during, us": ("during_p99_us", 1),
    "p99 after, us": ("after_p99_us", 1),
    "k/s before": ("before_krps", 1),
    "k/s during": ("during_krps", 1),
    "noticed, ms": ("detected_us", 1000),
    "next decides, ms": ("blackout_us", 1000),
    "without agent, ms": ("without_agent_us", 1000),
    "felt for, ms": ("recovered_us", 1000),
    "most in system": ("most_since_count", 1),
}


def points(wavesim, name, more):
    command = [wavesim, "run", str(HERE / name), "--json", *more]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [point for point in map(json.loads, out.splitlines()) if "variant" in point]


def cell(values, name, divisor):
    if name not in values:
        return "-"
    return f"{values[name]['mean'] / divisor:.{1 if divisor == 1 else 2}f}"


def table(title, first, rows):
    print(f"\n{title}\n")
    print("| " + " | ".join([first, *COLUMNS]) + " |")
    print("| " + " | ".join(["---"] * (len(COLUMNS) + 1)) + " |")
    for name, values in rows:
        print("| " + " | ".join([name, *(cell(values, *c) for c in COLUMNS.values())]) + " |")


def main():
    wavesim, *more = sys.argv[1:]
    table("What goes wrong, with a limit of 20 ms.", "fault",
          [(p["variant"], p["values"]) for p in points(wavesim, "faults.json", more)])
    table("A hang, and the watchdog's limit.", "agent, limit",
          [(", ".join(p["swept"].values()), p["values"])
           for p in points(wavesim, "watchdog.json", more)])


main()
