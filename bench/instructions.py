#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether simulating became dearer: instructions for each unit of work, against those accepted.

    bench/instructions.py             compares; exit code 1 if one costs more than is accepted
    bench/instructions.py --accept    writes what it finds to instructions.json

Instructions are callgrind's, the difference of two runs that differ in length only, so that starting
up does not count. They depend on the compiler and hardly on the machine: instructions.json is for the
one that scripts/install-packages.sh installs, and a standard library that finds AVX2.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LIST = pathlib.Path(__file__).with_name("instructions.json")
ROOT = LIST.resolve().parent.parent
TOLERANCE = 0.02  # of which the compiler's own whims take a tenth


def counted(program, case, length):
    """Instructions of a run, and the units of work that it did."""
    settings = [f"run.length={length}", *case.get("set", [])]
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "run", case["experiment"],
               "--json", "--jobs", "1", "--replications", "1"]
    for setting in settings:
        command += ["--set", setting]
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"instructions: {' '.join(command)}: {done.stderr[-500:]}")
        out.seek(0)
        run = json.loads(out.readline())["runs"][0]
    work = run
    for name in case["per"].split("."):
        work = work[name]
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1)), work


def instructions_per_unit(program, case):
    short, long = (counted(program, case, length) for length in case["lengths"])
    return (long[0] - short[0]) / (long[1] - short[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/release/wavesim")
    parser.add_argument("--accept", action="store_true", help="take what is found as what it may cost")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    cases = json.loads(LIST.read_text())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda case: instructions_per_unit(program, case), cases))
    dearer = 0
    for case, now in zip(cases, found):
        accepted = case.get("instructions", now)
        change = now / accepted - 1
        dearer += change > TOLERANCE
        verdict = "DEARER" if change > TOLERANCE else "cheaper: accept it" if change < -TOLERANCE else "as accepted"
        print(f'{case["name"]:32} {now:12,.0f} {accepted:12,.0f} {100 * change:+6.2f} %  {verdict}')
        if options.accept:
            case["instructions"] = round(now)
    if options.accept:
        LIST.write_text("[\n" + ",\n".join("  " + json.dumps(case) for case in cases) + "\n]\n")
        return
    sys.exit(1 if dearer else 0)


if __name__ == "__main__":
    main()
