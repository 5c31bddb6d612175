#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tries the faults of faults.toml, one at a time, and tells which no test finds.

A copy of the tree is built in build/mutation; nothing of yours is touched. A fault is found by the
tests of the folders in which it could show: the own folder's first, then those above it.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "build" / "mutation"
TREE = WORK / "tree"
BUILD = WORK / "build"

# Which test programs could notice a fault in a folder, in the order in which they are asked.
ABOVE = ["wave_test", "scheduling_test", "rpc_test"]
TESTS = {
    "sim": ["sim_test", "models_pcie_test", *ABOVE],
    "models/pcie": ["models_pcie_test", *ABOVE],
    "models/core": ["models_core_test", "models_interconnect_test", *ABOVE],
    "models/memory": ["models_memory_test", "models_core_test", "models_interconnect_test", *ABOVE],
    "models/interconnect": ["models_interconnect_test", *ABOVE],
    "models/zen3": ["models_zen3_test"],
    "models/ethernet": ["models_ethernet_test", "rpc_test"],
    "models/fabric": ["models_fabric_test", "workloads_test"],
    "subsystems/wave": ABOVE,
    "subsystems/scheduling": ["scheduling_policies_test", "scheduling_test"],
    "subsystems/memory": ["tiering_policies_test", "tiering_test"],
    "subsystems/rpc": ["rpc_protocol_test", "rpc_stack_test", "rpc_test"],
    "workloads": ["workloads_test"],
}
SECONDS = 300  # in which a program of tests ends when there is no fault, many times over


def read_faults():
    return tomllib.loads((HERE / "faults.toml").read_text())["fault"]


def misplaced(faults, root):
    """What is wrong with the list: faults whose text is not there once, and names used twice."""
    wrong = []
    names = [fault["name"] for fault in faults]
    wrong += [f'"{name}": two faults have this name' for name in set(names) if names.count(name) > 1]
    for fault in faults:
        path = root / fault["file"]
        count = path.read_text().count(fault["old"]) if path.exists() else 0
        if count != 1:
            wrong.append(f'"{fault["name"]}": its text occurs {count} times in {fault["file"]}')
    return wrong


def tests_for(file):
    folder = max((f for f in TESTS if file.startswith(f + "/")), key=len)
    return TESTS[folder]


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", **more)


def prepare(jobs):
    TREE.mkdir(parents=True, exist_ok=True)
    archive = subprocess.Popen(["git", "-C", str(ROOT), "archive", "HEAD"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", str(TREE)], stdin=archive.stdout, check=True)
    # An archive's files are as old as its commit: what was built of one with a fault in it would pass for new.
    for file in {fault["file"] for fault in read_faults()}:
        (TREE / file).touch()
    subprocess.run(["cmake", "-S", str(TREE), "-B", str(BUILD), "-G", "Ninja", "-D", "CMAKE_BUILD_TYPE=Debug",
                    "-D", "CMAKE_CXX_FLAGS_DEBUG=-O1"], check=True, stdout=subprocess.DEVNULL)
    wanted = sorted({test for tests in TESTS.values() for test in tests})
    build(wanted, jobs, check=True)
    return {target: program_of(target) for target in wanted}


def build(targets, jobs, check=False):
    done = run(["cmake", "--build", str(BUILD), "--parallel", str(jobs), "--target", *targets])
    if check and done.returncode != 0:
        sys.exit(done.stdout[-4000:])
    return done


def program_of(target):
    return next(p for p in BUILD.rglob(target) if p.is_file())


def first_failure(program):
    """The name of a test that fails, or nothing."""
    try:
        done = run(["timeout", "-s", "KILL", str(SECONDS), str(program), "--gtest_brief=1", "--gtest_fail_fast"],
                   cwd=program.parent)
    except OSError as error:
        sys.exit(str(error))
    if done.returncode == 0:
        return None
    failed = re.search(r"\[  FAILED  \] (\S+)", done.stdout)
    if failed:
        return failed.group(1).rstrip(",")
    return f"{program.name} " + ("does not end" if done.returncode in (-9, 137) else "breaks off")


def attempt(fault, programs, jobs):
    path = TREE / fault["file"]
    text = path.read_text()
    path.write_text(text.replace(fault["old"], fault["new"]))
    try:
        for target in tests_for(fault["file"]):
            done = build([target], jobs)
            if done.returncode != 0:
                return "DOES NOT COMPILE"
            if failure := first_failure(programs[target]):
                return failure
        return None
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only see whether the faults fit the tree")
    parser.add_argument("--only", action="append", metavar="TEXT",
                        help="only faults whose name or file has this in it; may repeat")
    parser.add_argument("--jobs", type=int, default=2, help="for the build")
    options = parser.parse_args()
    faults = read_faults()
    if wrong := misplaced(faults, ROOT):
        sys.exit("faults.toml: " + "\nfaults.toml: ".join(wrong))
    if options.check:
        return print(f"{len(faults)} faults fit the tree")
    wanted = options.only or [""]
    chosen = [f for f in faults if any(text in f["name"] or text in f["file"] for text in wanted)]
    programs = prepare(options.jobs)
    for target, program in programs.items():
        if failure := first_failure(program):
            sys.exit(f"{target} fails without any fault: {failure}")
    found = 0
    print("| fault | file | found by |\n| --- | --- | --- |", flush=True)
    for fault in chosen:
        begin = time.monotonic()
        by = attempt(fault, programs, options.jobs)
        found += by is not None and by != "DOES NOT COMPILE"
        print(f'| {fault["name"]} | {fault["file"]} | {by or "NOBODY"} |', flush=True)
        print(f"{time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    print(f"\n{found} of {len(chosen)} found")


if __name__ == "__main__":
    main()
