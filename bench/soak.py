#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ten simulated minutes of each kind of run: does its memory stay as it is?

Each runs for one simulated minute and for ten, lightly loaded so that it takes minutes and not
hours; the peaks of both may differ by a twentieth. Exit code 1 if one grows, or ends otherwise than well.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = str(ROOT / "build" / "release" / "wavesim")
MOST = 1.05
RUNS = {
    "requests under FIFO": {"workload": {"arrivals": {"rate": "20 k/s"}}},
    "requests under Shinjuku": {
        "system": {"policy": {"kind": "shinjuku", "slice": "30 us"}},
        "workload": {"service": {"kind": "empirical_bimodal"}, "arrivals": {"rate": "10 k/s"}},
    },
    "agents that die": {
        "system": {"life": {"keeper": True}},
        "workload": {"arrivals": {"rate": "10 k/s"}},
    },
    "calls": {"rpc": {"cores": 4}, "workload": {"arrivals": {"rate": "10 k/s"}}},
    "memory management": {"run": {"measure": "memory"}, "memory": {"tiering": {"threads": 16}}},
}


def peak(experiment, length):
    """Peak memory of a run in MiB, and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "soak.json"
        file.write_text(json.dumps(experiment))
        with tempfile.TemporaryFile() as out:
            child = subprocess.Popen([PROGRAM, "run", str(file), "--json", "--jobs", "1", "--replications", "1",
                                      "--set", f"run.length={length}"], stdout=out, stderr=subprocess.PIPE)
            err = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            if status != 0:
                sys.exit(err.decode())
            out.seek(0)
            return usage.ru_maxrss / 1024, json.loads(out.readline())["runs"][0], usage.ru_utime


def main():
    grown = 0
    print("| run | one minute, MiB | ten minutes, MiB | events | CPU, s |\n| --- | --- | --- | --- | --- |")
    for name, experiment in RUNS.items():
        experiment = {"about": name, **experiment}
        short, _, _ = peak(experiment, "60 s")
        long, run, seconds = peak(experiment, "600 s")
        grown += long > MOST * short
        print(f'| {name} | {short:.1f} | {long:.1f} | {run["events"]:,} | {seconds:.0f} |', flush=True)
    sys.exit(1 if grown else 0)


if __name__ == "__main__":
    main()
