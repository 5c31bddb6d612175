#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ten simulated minutes of each kind of run: does its memory stay as it is?

Each runs for one simulated minute and for ten, lightly loaded so that it takes minutes and not
hours; the peaks of both may differ by a twentieth. Exit code 1 if one grows, or ends otherwise than well.
"""

import argparse
import json
import pathlib
import sys
import tempfile

from request_cost import run

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
        "system": {"life": {"keeper": {}}},
        "workload": {"arrivals": {"rate": "10 k/s"}},
        "faults": [{"kind": "agent_crash", "at": f"{at} s"} for at in range(1, 59)],
    },
    "calls": {"rpc": {"cores": 4}, "workload": {"arrivals": {"rate": "10 k/s"}}},
    "memory management": {"run": {"measure": "memory"}, "memory": {"tiering": {"threads": 16}}},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="*", metavar="RUN", help="only these: " + ", ".join(RUNS))
    chosen = parser.parse_args().runs or list(RUNS)
    grown = 0
    print("| run | one minute, MiB | ten minutes, MiB | events | CPU, s |\n| --- | --- | --- | --- | --- |")
    for name in chosen:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"about": name, **RUNS[name]}, file)
            file.flush()
            _, _, short = run(PROGRAM, file.name, "60 s")
            result, seconds, long = run(PROGRAM, file.name, "600 s")
        grown += long > MOST * short
        print(f'| {name} | {short / 1024:.1f} | {long / 1024:.1f} | {result["events"]:,} | {seconds:.0f} |', flush=True)
    sys.exit(1 if grown else 0)


if __name__ == "__main__":
    main()
