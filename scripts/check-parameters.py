#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every parameter does something: moved alone, it changes some result of some experiment.

    scripts/check-parameters.py PROGRAM             all of them
    scripts/check-parameters.py PROGRAM machine     those below a path

parameters.json lists the experiments that are asked, shortened to milliseconds; for some parameters which values are
tried; and why the silent ones are. A parameter goes to the ends of its range, to values near its default and to its
other names, until the trace hash or a value of a run is another. Who is found silent without a reason, or has a
reason and is not silent, is printed; then the exit code is 1.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

LIST = pathlib.Path(__file__).resolve().with_name("parameters.json")
ROOT = LIST.parent.parent
SOME_FAILED = 5  # points; the others are there
LONGEST = 60  # seconds of a run
SILENT, REFUSED = "silent", "refused"


class Case:
    """An experiment, and what it says when nothing is moved."""

    def __init__(self, program, spec):
        self.name = " ".join([spec["experiment"], *spec.get("set", [])])
        self.command = [program, "run", spec["experiment"], "--json", "--jobs", "1"]
        for variant in spec.get("variants", []):
            self.command += ["--variant", variant]
        self.settings = ["run.replications=1", *spec.get("set", [])]
        begin = time.monotonic()
        self.base = self.run()
        self.seconds = time.monotonic() - begin
        if isinstance(self.base, str):
            sys.exit(f"parameters: {self.name}: {self.base}")

    def run(self, *settings):
        """What the runs found, or why there is nothing."""
        command = list(self.command)
        for setting in [*self.settings, *settings]:
            command += ["--set", setting]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  timeout=LONGEST)
        except subprocess.TimeoutExpired:
            return "takes too long"
        if done.returncode not in (0, SOME_FAILED):
            return done.stderr.strip().splitlines()[-1]
        points = [point for point in map(json.loads, done.stdout.splitlines()) if "runs" in point]
        return [(point["values"], [run["trace_hash"] for run in point["runs"]]) for point in points]

    def says_otherwise(self, setting):
        """Whether it does when something is set; or that it cannot be set, in some points at least."""
        found = self.run(setting)
        return REFUSED if len(found) != len(self.base) or isinstance(found, str) else found != self.base

    def setting(self, path, value):
        """That moves `path` to `value`. What the case sweeps is swept over that; of an element of a list all of the
        list is set, with the rest as the case has it. None: the case has no such list."""
        own = dict(setting.split("=", 1) for setting in self.settings)
        if "sweep." + path in own:
            return f"sweep.{path}={json.dumps([value])}"
        if "[]." not in path:
            return f"{path}={value}"
        list_path, field = path.split("[].")
        if list_path not in own:
            return None
        first, *others = json.loads(own[list_path])
        return f"{list_path}={json.dumps([{**first, field: value}, *others])}"


def near(parameter):
    """Half as much again, and two thirds of it, in the default's unit."""
    number = re.match(r"([0-9.e+-]+)(.*)", parameter.get("default", ""))
    if not number or float(number[1]) == 0:
        return
    whole = parameter["type"] == "whole number"
    for factor in (1.5, 0.67):
        value = float(number[1]) * factor
        yield f"{max(1, round(value)) if whole else f'{value:g}'}{number[2]}"


def values_of(parameter):
    default = parameter.get("default", "")
    if "|" in parameter["type"]:
        values = parameter["type"].split("|")
    elif parameter["type"] == "true or false":
        values = ["true", "false"]
    else:
        values = [*reversed(parameter["range"].split(" .. ")), *near(parameter)] if "range" in parameter else []
    return [value for value in values if value != default]


def common(one, other):
    """How many names two paths have in common from the left."""
    return len(os.path.commonprefix([one.split("."), other.split(".")]))


class Search:
    def __init__(self, program, spec):
        self.spec = spec
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self.cases = list(pool.map(lambda case: Case(program, case), spec["cases"]))
        self.heard = {}  # by parameter: the case that it changed

    def likely_first(self, path):
        """The cases, those first that heard of a parameter with a similar path, then short ones."""
        similar = {}
        for other, case in self.heard.copy().items():
            similar[case] = max(similar.get(case, 0), common(path, other))
        return sorted(self.cases, key=lambda case: (-similar.get(case, 0), case.seconds))

    def ask(self, parameter):
        """What of which experiment changed, or that nothing did."""
        path = parameter["path"]
        values = self.spec["values"].get(path) or values_of(parameter)
        answers = set()
        for case in self.likely_first(path):
            for setting in filter(None, (case.setting(path, value) for value in values)):
                answer = case.says_otherwise(setting)
                if answer is True:
                    self.heard[path] = case
                    return f"{setting} in {case.name}"
                answers.add(answer)
        return SILENT if False in answers else REFUSED


def parameters_of(program, spec):
    """All of them, of which those that the list names have to be some."""
    done = subprocess.run([program, "params", "--json"], capture_output=True, text=True, check=True)
    parameters = json.loads(done.stdout)
    unknown = {*spec["values"], *spec["silent"]} - {parameter["path"] for parameter in parameters}
    if unknown:
        sys.exit(f"parameters: {LIST.name} names what does not exist: {', '.join(sorted(unknown))}")
    return parameters


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--verbose", action="store_true", help="say of each what it changes")
    parser.add_argument("program", metavar="PROGRAM", help="wavesim")
    parser.add_argument("below", nargs="*", metavar="PATH", help="only what lies below one of these")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    spec = json.loads(LIST.read_text())
    parameters = [parameter for parameter in parameters_of(program, spec)
                  if not options.below or parameter["path"].startswith(tuple(options.below))]
    search = Search(program, spec)
    reasons = spec["silent"]
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for parameter, answer in zip(parameters, pool.map(search.ask, parameters)):
            path, is_silent = parameter["path"], answer in (SILENT, REFUSED)
            if is_silent != (path in reasons):
                wrong += 1
                print(f"parameters: {path}: {answer}, and parameters.json "
                      f"{'does not say why' if is_silent else 'calls it silent'}", file=sys.stderr, flush=True)
            elif options.verbose:
                print(f"parameters: {path}: {reasons.get(path, answer)}", flush=True)
    print(f"parameters: {len(parameters)} asked, {sum(p['path'] in reasons for p in parameters)} of them silent for a reason")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
