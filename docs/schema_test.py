#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Another reader of JSON Schema agrees: every experiment is valid, and slips are not.

    python3 docs/schema_test.py <wavesim> <root of the tree>
"""
import json
import pathlib
import subprocess
import sys

import jsonschema

SLIPS = {
    "a slip in a name": {"run": {"lenght": "1 ms"}},
    "a quantity without its unit": {"run": {"length": "1"}},
    "a bare number": {"run": {"length": 5}},
    "a name that is none": {"system": {"placement": "nik"}},
    "a slip in a variant": {"variants": {"a": {"systm": {}}}},
    "a variant in a variant": {"variants": {"a": {"variants": {}}}},
    "a sweep over nothing": {"sweep": {"system.workers": []}},
    "a slip in a swept path": {"sweep": {"system.worker": [1]}},
    "a swept value that is none": {"sweep": {"system.workers": ["x"]}},
    "a slip in a zip": {"sweep": {"zip": {"system.worker": [1]}}},
    "a slip in a point": {"sweep": {"points": [{"system.worker": 1}]}},
}
# JSON files of these folders that are no experiments.
OTHERS = {"targets.json", "accepted.json", "conclusions.json", "study.json", "package.json", "package-lock.json"}


NO_EXPERIMENTS = {"fuzz_corpus", "calibration"}  # folders


def experiments(root):
    for folder in ("experiments", "docs"):
        for file in sorted((root / folder).rglob("*.json")):
            if file.name not in OTHERS and not NO_EXPERIMENTS.intersection(file.parts):
                yield file


def main():
    wavesim, root = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads(subprocess.run([wavesim, "schema"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    wrong = [f"{file}: {error.message}" for file in experiments(root)
             for error in validator.iter_errors(json.loads(file.read_text()))]
    wrong += [f"{what} is taken for valid" for what, slip in SLIPS.items() if validator.is_valid(slip)]
    if not validator.is_valid({"$schema": "experiment.schema.json", "about": "an editor's"}):
        wrong.append("$schema is refused")
    if wrong:
        sys.exit("\n".join(wrong))


main()
