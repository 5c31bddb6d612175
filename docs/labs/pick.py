#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Of results in JSON lines, the values named: a row for each point, mean and half width of the 95 % interval.

    wavesim run FILE --json | python3 docs/labs/pick.py handover_us decision_ns

With --series: of the first replication, span by span (epochs, in runs of memory management).
"""
import json
import math
import sys


def rounded(number):
    digits = max(0, 3 - math.floor(math.log10(abs(number)))) if number else 0
    return f"{number:.{min(digits, 4)}f}"


def cell(point, name):
    value = point["values"].get(name)
    if value is None:
        return "-"
    half = value["half_width"] or 0
    mean = rounded(value["mean"])
    return mean if half <= abs(value["mean"]) / 1e4 else f"{mean} +-{half:.2g}"


def rows_of_points(points, names):
    yield ["variant", *points[0]["swept"], *names]
    for point in points:
        yield [point["variant"], *point["swept"].values(), *(cell(point, name) for name in names)]


def rows_of_series(points, names):
    yield ["variant", *names]
    for point in points:
        for span in point["runs"][0]["series"]:
            yield [point["variant"], *(rounded(span[name]) for name in names)]


def main():
    names = [name for name in sys.argv[1:] if name != "--series"]
    points = [point for point in map(json.loads, sys.stdin) if "values" in point]
    if not points:
        sys.exit("pick: no points in the input; give it the lines of wavesim run FILE --json")
    rows = list((rows_of_series if "--series" in sys.argv else rows_of_points)(points, names))
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


main()
