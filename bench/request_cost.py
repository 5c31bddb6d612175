#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one simulated request costs the computer: instructions, agenda entries, nanoseconds, memory.

Every figure but the memory is the difference of two runs that differ in length only, so that
starting up and warming up do not count. Instructions are callgrind's and hardly depend on the
machine; without valgrind that row is left out. Times are medians of CPU times.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

from instructions import instructions_per_unit

WAVE_16 = pathlib.Path(__file__).with_name("wave_16.json")


def run(program, experiment, length):
    """One run: its result, its CPU seconds and its peak memory in KiB."""
    command = [program, "run", experiment, "--json", "--jobs", "1", "--replications", "1", "--set", f"run.length={length}"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        out.seek(0)
        err.seek(0)
        if status != 0:
            raise SystemExit(err.read().decode())
        result = json.loads(out.readline())["runs"][0]
        return result, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def completed(result):
    return result["statistics"]["requests"]["completed"]


def instructions_per_request(arguments):
    case = {"experiment": str(arguments.experiment.resolve()), "lengths": ["8 ms", "18 ms"],
            "per": "statistics.requests.completed"}
    return instructions_per_unit(str(pathlib.Path(arguments.program).resolve()), case)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="build/release/wavesim")
    parser.add_argument("--experiment", type=pathlib.Path, default=WAVE_16,
                        help="one variant, one replication")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--short", type=int, default=100, metavar="MS", help="simulated")
    parser.add_argument("--long", type=int, default=500, metavar="MS", help="simulated")
    arguments = parser.parse_args()

    rounds = [[run(arguments.program, arguments.experiment, f"{ms} ms") for ms in (arguments.short, arguments.long)]
              for _ in range(arguments.rounds)]
    (short, _, short_memory), (long, _, long_memory) = rounds[0]
    seconds = statistics.median(b[1] - a[1] for a, b in rounds)
    requests = completed(long) - completed(short)
    entries = long["events"] - short["events"]
    simulated = (arguments.long - arguments.short) / 1e3

    try:
        print(f"instructions per request      {instructions_per_request(arguments):10,.0f}")
    except FileNotFoundError:
        print("instructions per request      valgrind is not installed")
    print(f"entries per request           {entries / requests:10.2f}")
    print(f"nanoseconds per request       {seconds * 1e9 / requests:10,.0f}")
    print(f"nanoseconds per entry         {seconds * 1e9 / entries:10,.0f}")
    print(f"simulated per CPU second      {simulated / seconds:10.2f}")
    print(f"peak memory at {arguments.short:5} ms, MiB  {short_memory / 1024:10.1f}")
    print(f"peak memory at {arguments.long:5} ms, MiB  {long_memory / 1024:10.1f}")


if __name__ == "__main__":
    main()
