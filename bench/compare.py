#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the kernel and its peers on the same work and prints one table of both.

Rounds of all engines are interleaved, so that a slow minute of the machine hits all of them, and
the table holds medians: nanoseconds of CPU time per entry run, and how many times the kernel is
faster than each peer.
"""
import argparse
import json
import pathlib
import statistics
import subprocess

ENGINES = ["kernel", "plain", "textbook", "ns3", "simgrid"]


def run(program, arguments):
    """One round of one engine: nanoseconds by benchmark."""
    out = subprocess.run(
        [program, "--benchmark_format=json", f"--benchmark_min_time={arguments.seconds}",
         f"--benchmark_filter={arguments.filter}"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    if not out.strip():  # the filter leaves nothing
        return {}
    return {b["name"]: 1e9 / b["items_per_second"] for b in json.loads(out)["benchmarks"]}


def measure(arguments):
    """Medians over all rounds: nanoseconds by benchmark by engine."""
    programs = {e: arguments.build / "bench" / f"bench_{e}" for e in ENGINES}
    programs = {e: p for e, p in programs.items() if p.exists()}
    rounds = {e: {} for e in programs}
    for _ in range(arguments.rounds):
        for engine, program in programs.items():
            for name, ns in run(program, arguments).items():
                rounds[engine].setdefault(name, []).append(ns)
    return {e: {n: statistics.median(v) for n, v in by_name.items()} for e, by_name in rounds.items()}


def cell(peer, kernel):
    return "" if peer is None else f"{peer:.1f} ({peer / kernel:.1f}x)"


def print_table(results):
    peers = [e for e in results if e != "kernel"]
    print("| work | kernel |", " | ".join(peers), "|")
    print("| --- " * (len(peers) + 2) + "|")
    for name, kernel in results["kernel"].items():
        cells = [cell(results[p].get(name), kernel) for p in peers]
        print(f"| {name} | {kernel:.1f} |", " | ".join(cells), "|")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="per benchmark and round")
    parser.add_argument("--filter", default=".", help="a regular expression on names")
    print_table(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
