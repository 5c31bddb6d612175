#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the tables of this folder's README, links against mitigations, and may draw its figure.

    python3 experiments/what_if/links/table.py build/release/wavesim [--figure]

Other arguments after the program go to wavesim, as in --set run.length='2 ms'.
"""
import json
import pathlib
import subprocess
import sys
import types

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import figure  # noqa: E402

FILES = ["links.json", "write_back.json"]
# A step is a preset of the system, and how many loads the agent's core runs ahead.
NONE = ("unoptimised", "0")
AGENT_WB = ("agent_wb", "0")
HOST_PTES = ("host_ptes", "0")
PRESTAGED = ("prestaged", "0")
WB = ("write_back", "0")
WB_PRESTAGED = ("write_back_prestaged", "0")
WB_AHEAD = ("write_back", "8")
WB_AHEAD_PRESTAGED = ("write_back_prestaged", "8")
STEPS = {
    NONE: "none",
    AGENT_WB: "agent WB",
    HOST_PTES: "and host WC, WT",
    PRESTAGED: "and prestaged",
    WB: "all WB",
    WB_PRESTAGED: "and prestaged",
    WB_AHEAD: "all WB, ahead",
    WB_AHEAD_PRESTAGED: "and prestaged",
}
# Each gain: what a step does to the one before it.
GAINS = {
    "agent WB": (AGENT_WB, NONE),
    "host WC, WT": (HOST_PTES, AGENT_WB),
    "prestage": (PRESTAGED, HOST_PTES),
    "all of them": (PRESTAGED, NONE),
    "all WB": (WB, AGENT_WB),
    "prestage, all WB": (WB_PRESTAGED, WB),
    "all WB, ahead": (WB_AHEAD, AGENT_WB),
    "prestage, all WB, ahead": (WB_AHEAD_PRESTAGED, WB_AHEAD),
}
# The load of E2, under which a context switch is timed: CPUs out of step, the agent at leisure.
SWITCH = [
    "run.measure=load",
    "workload.arrivals.rate=200 k/s",
    "workload.service.kind=exponential",
    "workload.service.mean=100 us",
]


# What the figure shows: as much as PCIe allows, and as much as coherent links allow.
SHOWN = {
    **{STEPS[step]: step for step in (NONE, AGENT_WB, HOST_PTES, PRESTAGED)},
    "all WB, prestaged": WB_PRESTAGED,
    "the same, ahead": WB_AHEAD_PRESTAGED,
}
FIGURE = {"title": "Saturation throughput over links and mitigations", "x": "link",
          "y": "saturation throughput, k/s"}


def measure(wavesim, settings, value, more):
    """The mean of `value` by link and step, and its half width."""
    found = {}
    for name in FILES:
        command = [wavesim, "run", str(HERE / name), "--json", *more]
        for setting in settings:
            command += ["--set", setting]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        for point in map(json.loads, out.splitlines()):
            if "variant" in point:
                swept = point["swept"]
                ahead = swept.get("system.agent.loads_ahead", "0")
                key = point["variant"], (swept["system.preset"], ahead)
                of = point["values"][value]
                found[key] = of["mean"], of["half_width"] or 0
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
        row([link, *(form(found[link, s][0]) if (link, s) in found else "refused" for s in STEPS)])


def print_gains(title, found):
    print(f"\n{title}\n")
    head(["link", *GAINS])
    for link in links(found):
        row([link, *(ratio(found, link, *steps) for steps in GAINS.values())])


def ratio(found, link, step, before):
    if (link, step) not in found or (link, before) not in found:
        return "-"
    return f"{found[link, step][0] / found[link, before][0]:.2f}"


def draw(found):
    values = {(link, name): found.get((link, step)) for link in links(found) for name, step in SHOWN.items()}
    table = types.SimpleNamespace(rows=list(links(found)), columns=list(SHOWN), values=values)
    (HERE / "figure.svg").write_text(figure.draw(table, FIGURE))


def main():
    wavesim, *more = sys.argv[1:]
    wants_figure = "--figure" in more
    more = [argument for argument in more if argument != "--figure"]
    saturation = measure(wavesim, [], "saturation_krps", more)
    switch = measure(wavesim, SWITCH, "handover_us", more)
    print_gains("What a step multiplies the saturation throughput by.", saturation)
    print_values("Saturation throughput, thousands of requests a second.", saturation,
                 lambda value: f"{value:.0f}")
    print_values("Context switch, from one thread's stop to the next one's start, in us.", switch,
                 lambda value: f"{value:.2f}")
    if wants_figure:
        draw(saturation)


main()
