#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One seed is one run: whoever built the program, and however it is run.

    scripts/check-determinism.py PROGRAM [TRACE_HASHES...]      compare with what is accepted
    scripts/check-determinism.py --accept PROGRAM

Runs each experiment of determinism.json with the program in all the ways that may not matter: runs one
after the other and side by side, addresses where the kernel puts them and always in the same places,
libm without FMA and AVX2, and under mpirun. Then once with what other compilers and options made of
experiments/points/trace_hashes.cpp (CI gives gcc and clang, Debug and release, with sanitizers and without).
All trace hashes have to be the accepted ones. A case whose "hash" is null counts basic blocks, which are
the compiler's: there each build has to agree with itself.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

LIST = pathlib.Path(__file__).resolve().with_name("determinism.json")
MPIRUN = LIST.with_name("mpirun-here.sh")
ROOT = LIST.parent.parent
WITHOUT_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA"


def output_of(command, **environment):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(f"determinism: {' '.join(command)} failed ({done.returncode}): {done.stderr[-500:]}")
    return done.stdout


def hashes_of(lines):
    """In some lines of JSON, a point each."""
    return [run["trace_hash"] for line in lines.splitlines() for run in json.loads(line)["runs"]]


def fingerprint(hashes):
    if not hashes:
        sys.exit("determinism: no trace hashes in the results")
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest()[:16]


def arguments_of(case):
    arguments = [case["experiment"], "--replications", str(case["replications"])]
    for setting in case.get("set", []):
        arguments += ["--set", setting]
    return arguments


def run(program, case, jobs=2, prefix=(), **environment):
    return fingerprint(hashes_of(output_of([*prefix, program, "run", *arguments_of(case), "--json", "--jobs", str(jobs)],
                                           **environment)))


def run_trace_hashes(program, case):
    settings = [f"run.replications={case['replications']}", *case.get("set", [])]
    return fingerprint(output_of([program, case["experiment"], *settings]).split())


def run_under_mpi(program, case):
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/ranks.db"
        output_of([str(MPIRUN), "-n", "3", program, "sweep", *arguments_of(case), "--out", store])
        return fingerprint(hashes_of(output_of([program, "export", store, "--jsonl"])))


def ways():
    """What may not matter, each with a function of program and case."""
    yield "one after the other", lambda p, c: run(p, c, jobs=1)
    yield "four at once", lambda p, c: run(p, c, jobs=4)
    yield "fixed addresses", lambda p, c: run(p, c, prefix=["setarch", "-R"])
    yield "no FMA", lambda p, c: run(p, c, GLIBC_TUNABLES=WITHOUT_FMA)
    if shutil.which("mpirun"):
        yield "three ranks", run_under_mpi


def builds(program, others, case):
    """What each build found, in all the ways there are for it."""
    yield {way: how(program, case) for way, how in ways()}
    for other in others:
        times = 1 if case["hash"] else 2
        yield {f"{other}, run {i}": run_trace_hashes(other, case) for i in range(1, times + 1)}


def differing(build, accepted):
    """Says which hashes are others than accepted, or than the build's first if none can be."""
    expected = accepted or next(iter(build.values()))
    wrong = {how: hash for how, hash in build.items() if hash != expected}
    source = "accepted" if accepted else "this build's first"
    return [f"{hash} ({how}), {source} is {expected}" for how, hash in wrong.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accept", action="store_true", help="write what the program finds to determinism.json")
    parser.add_argument("program", metavar="PROGRAM", help="wavesim")
    parser.add_argument("others", nargs="*", metavar="TRACE_HASHES", help="that program of another build")
    options = parser.parse_args()
    program, *others = (str(pathlib.Path(p).resolve()) for p in [options.program, *options.others])
    cases = json.loads(LIST.read_text())
    if options.accept:
        for case in cases:
            if case["hash"] is not None:
                case["hash"] = run(program, case)
        LIST.write_text("[\n" + ",\n".join("  " + json.dumps(case) for case in cases) + "\n]\n")
        return
    failed = False
    for case in cases:
        found = list(builds(program, others, case))
        wrong = [line for build in found for line in differing(build, case["hash"])]
        for line in wrong:
            print(f"determinism: {case['experiment']}: {line}", file=sys.stderr)
        if not wrong:
            what = case["hash"] or f"{len(found)} builds, each agrees with itself"
            print(f"determinism: {case['experiment']}: {what}, {sum(map(len, found))} times", flush=True)
        failed |= bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
