#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the tables of this folder's README: links against mitigations.

    python3 experiments/what_if/links/table.py build/release/wavesim

Arguments after the program go to wavesim, as in --set run.length='2 ms'.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
FILES = ["links.json", "write_back.json"]
STEPS = {
    "unoptimised": "none",
    "agent_wb": "agent WB",
    "host_ptes": "and host WC, WT",
    "prestaged": "and prestaged",
    "write_back": "all WB",
    "write_back_prestaged": "and prestaged",
}
# Each gain: what a step does to the one before it.
GAINS = {
    "agent WB": ("agent_wb", "unoptimised"),
    "host WC, WT": ("host_ptes", "agent_wb"),
    "prestage": ("prestaged", "host_ptes"),
    "all of them": ("prestaged", "unoptimised"),
    "host WB instead": ("write_back", "agent_wb"),
    "prestage, all WB": ("write_back_prestaged", "write_back"),
}
# The load of E2, under which a context switch is timed: CPUs out of step, the agent at leisure.
SWITCH = [
    "run.measure=load",
    "workload.arrivals.rate=200 k/s",
    "workload.service.kind=exponential",
    "workload.service.mean=100 us",
]


def measure(wavesim, settings, value, more):
    """The mean of `value` by link and step."""
    found = {}
    for name in FILES:
        command = [wavesim, "run", str(HERE / name), "--json", *more]
        for setting in settings:
            command += ["--set", setting]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        for point in map(json.loads, out.splitlines()):
            if "variant" in point:
                key = point["variant"], point["swept"]["system.preset"]
                found[key] = point["values"][value]["mean"]
    return found


def links(found):
    return dict.fromkeys(link for link, _ in found)


def row(cells):
    print("| " + " | ".join(cells) + " |")


def head(cells):
    row(cells)
    row(["---"] * len(cells))


def print_values(title, found, form):
    print(f"\n{title}\n")
    head(["link", *STEPS.values()])
    for link in links(found):
        row([link, *(form(found[link, s]) if (link, s) in found else "refused" for s in STEPS)])


def print_gains(title, found):
    print(f"\n{title}\n")
    head(["link", *GAINS])
    for link in links(found):
        row([link, *(ratio(found, link, *steps) for steps in GAINS.values())])


def ratio(found, link, step, before):
    if (link, step) not in found or (link, before) not in found:
        return "-"
    return f"{found[link, step] / found[link, before]:.2f}"


def main():
    wavesim, *more = sys.argv[1:]
    saturation = measure(wavesim, [], "saturation_krps", more)
    switch = measure(wavesim, SWITCH, "handover_us", more)
    print_gains("What a step multiplies the saturation throughput by.", saturation)
    print_values("Saturation throughput, thousands of requests a second.", saturation,
                 lambda value: f"{value:.0f}")
    print_values("Context switch, from one thread's stop to the next one's start, in us.", switch,
                 lambda value: f"{value:.2f}")


main()
