#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the reference pages from what the program says of itself, or checks that they are up to date.

    python3 docs/reference/generate.py build/release/wavesim
    python3 docs/reference/generate.py build/release/wavesim --check
"""
import difflib
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
MADE = "Made from the program by `python3 docs/reference/generate.py build/release/wavesim`; do not edit.\n"


def output_of(wavesim, *arguments):
    return subprocess.run([wavesim, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def parameters(wavesim):
    return ("# Parameters\n\n" + MADE + "\nEvery value that an experiment can set: `wavesim params PATH` prints those below a "
            "path. Tags: S stated by the\npaper, P published elsewhere, D derived, R recalled, A assumed, C chosen. A value "
            "outside its range is simulated, with a\nnote. `wave.md`, `hardware.md` and `ghost-kernel.md` are the authors' "
            "own notes on the paper, on hardware and on\nghOSt's kernel, not published; the tag says where the number itself "
            "comes from.\n\n" + output_of(wavesim, "params", "--markdown"))


def statistics(wavesim):
    return ("# Statistics\n\n" + MADE + "\nWhat a run counts, after its warm-up: `runs[].statistics` of a result. Those of "
            "RPC and memory management are there\nif the experiment has them.\n\n" + output_of(wavesim, "stats", "--markdown"))


def as_object(node):
    """What describes the members of a part: it may be null, or in a list."""
    choices = [node, *node.get("anyOf", []), node.get("items", {})]
    return next((choice for choice in choices if "properties" in choice), None)


def parts(properties, path=""):
    """Every part of a file: its path, what it is, its presets, and its members that are no parts."""
    for name, node in properties.items():
        inner = as_object(node)
        if inner is None:
            continue
        members = inner["properties"]
        here = path + name + ("[]" if "items" in node else "")
        leaves = [m for m, n in members.items() if as_object(n) is None and m not in ("about", "preset")]
        yield here, node.get("description", ""), members.get("preset", {}).get("enum", []), leaves
        yield from parts(members, here + ".")


def schema(wavesim):
    made = json.loads(output_of(wavesim, "schema"))
    rows = ["| part | what it is | presets | members |", "| --- | --- | --- | --- |"]
    for path, about, presets, leaves in parts(made["properties"]):
        names = [", ".join(f"`{name}`" for name in listed) for listed in (presets, leaves)]
        rows.append(f"| `{path}` | {about.replace('|', chr(92) + '|')} | {names[0]} | {names[1]} |")
    top = [f"- `{name}`: {node.get('description', '')}" for name, node in made["properties"].items()
           if as_object(node) is None]
    return ("# Schema\n\n" + MADE + "\n`wavesim schema` prints the JSON Schema (draft 7) of experiment files, with a "
            "description, unit, range and source for\neach member; [experiment files](../experiments.md#in-an-editor) says how "
            "an editor uses it. The parts of a file:\n\n" + "\n".join(rows) + "\n\nAnd at the top level:\n\n"
            + "\n".join(top) + "\n\nEach part may have `about`, free text.\n")


def commands_in(help_text):
    """The names below `Subcommands:` of a help text."""
    names, inside = [], False
    for line in help_text.splitlines():
        if line.startswith("Subcommands:"):
            inside = True
        elif inside and line.startswith("  ") and line[2:3].strip():
            names.append(line.split()[0])
        elif inside and not line.strip():
            inside = False
    return names


def help_of(wavesim, *command):
    text = output_of(wavesim, *command, "--help")
    lines = "\n".join(line.rstrip() for line in text.replace(str(wavesim), "wavesim").strip().splitlines())
    yield f"{'##' if command else '#'} {' '.join(('wavesim', *command))}\n\n```\n{lines}\n```\n"
    for name in commands_in(text):
        yield from help_of(wavesim, *command, name)


def cli(wavesim):
    first, *others = help_of(wavesim)
    return "# Command line\n\n" + MADE + "\n" + "\n".join([first.replace("# ", "## ", 1), *others])


PAGES = {"parameters.md": parameters, "statistics.md": statistics, "schema.md": schema, "cli.md": cli}


def difference(name, now):
    before = (HERE / name).read_text() if (HERE / name).exists() else ""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), f"docs/reference/{name}", "the program",
                                 lineterm="", n=0)
    return list(lines)[:20]


def main():
    wavesim, *options = sys.argv[1:]
    wrong = []
    for name, make in PAGES.items():
        now = make(wavesim)
        if options == ["--check"]:
            wrong += difference(name, now)
        else:
            (HERE / name).write_text(now)
    if wrong:
        print("\n".join(wrong))
        sys.exit("\nThe pages are not what the program says. Regenerate them:\n"
                 "    python3 docs/reference/generate.py build/release/wavesim")


main()
