#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Saturation as threads grow, with FIFO and with a policy whose decisions take longer the more threads there are:

    python3 experiments/what_if/metered/threads.py build/release/wavesim build/release/policies/least_served.so

prints the table of the README. --check runs a shorter version and looks at what must hold of it.
"""
import json
import pathlib
import subprocess
import sys

EXPERIMENT = pathlib.Path(__file__).parent / "threads.json"
SHORT = ["--set", "run.length=2ms", "--set", "run.warm_up=1ms", "--set", "run.replications=1",
         "--set", "sweep.workload.threads=[50, 800]"]


def saturation(wavesim, options):
    """By variant and threads, in thousands of requests a second."""
    out = subprocess.run([wavesim, "run", EXPERIMENT, "--json", *options], check=True, stdout=subprocess.PIPE, text=True)
    points = map(json.loads, out.stdout.splitlines())
    return {(p["variant"], int(p["swept"]["workload.threads"])): p["values"]["saturation_krps"]["mean"] for p in points}


def table(fifo, least_served):
    yield "| threads | fifo, declared | fifo, metered | least_served, declared | least_served, metered |"
    yield "| --- | --- | --- | --- | --- |"
    for threads in sorted({threads for _, threads in fifo}):
        cells = [of[cost, threads] for of in (fifo, least_served) for cost in ("declared", "metered")]
        yield f"| {threads} | " + " | ".join(f"{cell:.0f}" for cell in cells) + " |"


def check(fifo, least_served):
    few, many = 50, 800
    # Declared costs do not see what a policy does; metered ones do.
    assert least_served["declared", many] > 0.9 * fifo["declared", many]
    assert fifo["metered", many] > 0.9 * fifo["declared", many]
    assert least_served["metered", few] > 0.4 * fifo["metered", few]
    assert least_served["metered", many] < 0.5 * least_served["metered", few]


def main():
    wavesim, library = sys.argv[1:3]
    short = SHORT if "--check" in sys.argv else []
    fifo, least_served = saturation(wavesim, short), saturation(wavesim, [*short, "--policy", library])
    print("\n".join(table(fifo, least_served)))
    if short:
        check(fifo, least_served)


main()
