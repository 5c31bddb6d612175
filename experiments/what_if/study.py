#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a what-if study of this folder: prints the tables of its README, draws its figure, or checks the tables.

    python3 experiments/what_if/study.py build/release/wavesim experiments/what_if/pcie
    python3 experiments/what_if/study.py build/release/wavesim experiments/what_if/pcie --figure
    python3 experiments/what_if/study.py build/release/wavesim experiments/what_if/pcie --check

A study's study.json says which value of which experiment is in which column. --check runs a shorter
version of it and compares each cell that it finds with the one in the README, to the study's tolerance.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import figure  # noqa: E402

SOME_FAILED = 5  # wavesim's exit code when points failed: that is an answer, too


class Study:
    def __init__(self, wavesim, folder, short=False):
        self.wavesim = wavesim
        self.folder = pathlib.Path(folder)
        self.spec = json.loads((self.folder / "study.json").read_text())
        self.short = self.spec["check"] if short else {}
        self.points = {}  # of each file that was run

    def run(self, name):
        """The points of one experiment; run once, however many tables look at it."""
        if name not in self.points:
            experiment = json.loads((self.folder / name).read_text())
            for path, values in self.short.get("sweep", {}).items():
                if path in experiment["sweep"]:
                    experiment["sweep"][path] = values
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump(experiment, file)
                file.flush()
                self.points[name] = self.run_file(file.name)
        return self.points[name]

    def run_file(self, path):
        command = [self.wavesim, "run", path, "--json"]
        for setting in self.short.get("set", []):
            command += ["--set", setting]
        out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if out.returncode not in (0, SOME_FAILED):
            sys.exit(out.stderr)
        return [point for point in map(json.loads, out.stdout.splitlines()) if "variant" in point]

    def tables(self):
        return [Table(self, spec) for spec in self.spec["tables"]]


class Table:
    """Rows are the values that one path is swept over; a column is a value of a variant."""

    def __init__(self, study, spec):
        self.title = spec["title"]
        self.rows_are = spec["rows_are"]
        self.digits = spec.get("digits", 0)
        self.columns = spec["columns"]
        points = study.run(spec["file"])
        self.rows = list(dict.fromkeys(point["swept"][spec["rows"]] for point in points))
        self.values = {}
        for row in self.rows:
            here = [point for point in points if point["swept"][spec["rows"]] == row]
            for name, column in self.columns.items():
                self.values[row, name] = self.cell(here, column)

    def cell(self, points, column):
        """Mean and half width; nothing where there is no such value."""
        value = self.measured(points, column, column["variant"])
        if value is None or "over" not in column:
            return value
        return ratio(value, self.measured(points, column, column["over"]))

    @staticmethod
    def measured(points, column, variant):
        where = column.get("where", {}).items()
        point = next((point for point in points if point["variant"] == variant
                      and all(point["swept"][path] == value for path, value in where)), None)
        if point is None or "error" in point or (point["unstable"] and not column.get("overload")):
            return None
        value = point["values"].get(column["value"])
        scale = column.get("times", 1)
        return value and (value["mean"] * scale, (value["half_width"] or 0) * scale)

    def text(self, row, name):
        value = self.values[row, name]
        if value is None:
            return "-"
        mean, half = (f"{number:.{self.columns[name].get('digits', self.digits)}f}" for number in value)
        return mean if float(half) == 0 else f"{mean} +- {half}"

    def markdown(self):
        cells = [[self.rows_are, *self.columns], ["---"] * (len(self.columns) + 1)]
        cells += [[row, *(self.text(row, name) for name in self.columns)] for row in self.rows]
        return "\n".join([self.title, "", *("| " + " | ".join(row) + " |" for row in cells), ""])


def ratio(value, base):
    """Of two independent means; None if there is nothing to divide by."""
    if base is None:
        return None
    quotient = value[0] / base[0]
    return quotient, quotient * math.hypot(value[1] / value[0], base[1] / base[0])


def tables_of(readme):
    """The cells of a README's tables, by the title before each, the row, and the column."""
    cells, title, head = {}, None, None
    for line in readme.splitlines():
        if not line.startswith("|"):
            title, head = line or title, None
            continue
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if head is None:
            head = row
        elif set(row[0]) != {"-"}:
            cells.update({(title, row[0], name): cell for name, cell in zip(head[1:], row[1:])})
    return cells


def differs(found, expected, tolerance):
    """Whether a cell of a short run is not what the README says, as far as a short run can tell: by more than the
    tolerance, which is a part of the value, and the README's own interval."""
    if "-" in (found, expected):
        return found != expected
    half_width = float(expected.split(" +- ")[1]) if " +- " in expected else 0
    found, expected = (float(text.split(" ")[0]) for text in (found, expected))
    return abs(found - expected) > tolerance * abs(expected) + half_width


def check(study):
    """What is not as the README says, a line each."""
    readme = tables_of((study.folder / "README.md").read_text())
    default = study.short["tolerance"]
    wrong = []
    for table, spec in zip(study.tables(), study.spec["tables"]):
        tolerance = spec.get("tolerance", default)
        for row in table.rows:
            for name in table.columns:
                found, expected = table.text(row, name), readme.get((table.title, row, name))
                if expected is None:
                    wrong.append(f"no cell in README.md for: {table.title} / {row} / {name}")
                elif differs(found, expected, tolerance):
                    wrong.append(f"{table.title} / {row} / {name}: README.md has {expected}, a short run {found}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wavesim")
    parser.add_argument("folder")
    parser.add_argument("--figure", action="store_true", help="also draw figure.svg")
    parser.add_argument("--check", action="store_true", help="compare a short run with README.md")
    options = parser.parse_args()
    study = Study(options.wavesim, options.folder, short=options.check)
    if options.check:
        wrong = check(study)
        if wrong:
            sys.exit("\n".join([*wrong, f"If that is right: print the tables again by {__file__} "
                                f"{options.wavesim} {options.folder}, and read the answer again."]))
        return
    tables = study.tables()
    print("\n".join(table.markdown() for table in tables))
    if options.figure:
        spec = study.spec["figure"]
        (study.folder / "figure.svg").write_text(figure.draw(tables[spec.get("table", 0)], spec))


main()
