#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How what a simulated request costs grows with CPUs and with threads: a table for docs/performance.md.

Instructions are callgrind's, the difference of two lengths of run: other work of the machine does not
show. Wave with one agent on the NIC, every mitigation on.
"""

import argparse
import concurrent.futures
import os

from instructions import ROOT, counted

WAVE_16 = "bench/wave_16.json"
CPUS = [2, 4, 8, 16, 32, 64, 128, 240]
GENERATORS = 4
THREADS = [16, 100, 1000, 10_000, 60_000]


def with_cpus(cpus):
    """As busy as at E4's saturation, until one agent is what is busy."""
    return [f"system.workers={cpus}", f"workload.arrivals.rate={min(60 * cpus, 960)} k/s",
            "machine.host.threads_per_core=2"]


def with_threads(threads):
    capacity = max(256, 1 << (threads // GENERATORS).bit_length())  # each announces its threads at once
    enter = max(2, threads // 1500)  # ms, in which all of them have entered
    return [f"workload.threads={threads}", f"system.queue_capacity={capacity}", f"run.warm_up={enter} ms"]


def cost(program, settings, lengths=("4 ms", "9 ms")):
    case = {"experiment": WAVE_16, "set": settings, "per": "statistics.requests.completed"}
    (few, fewer), (many, more) = (counted(program, case, length) for length in lengths)
    return (many - few) / (more - fewer)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "release" / "wavesim"))
    program = parser.parse_args().program
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for what, numbers, settings in [("CPUs", CPUS, with_cpus), ("threads", THREADS, with_threads)]:
            print(f"| {what} | instructions per request |\n| --- | --- |", flush=True)
            for n, instructions in zip(numbers, pool.map(lambda n: cost(program, settings(n)), numbers)):
                print(f"| {n:,} | {instructions:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
