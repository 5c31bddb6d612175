#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the ```console blocks of Markdown pages and compares what they print with what the pages say they print.

    python3 docs/console.py build/release docs/labs/1_page_tables/README.md
    python3 docs/console.py build/release docs/labs/1_page_tables/README.md --update

A line that begins with `$ ` is a command; it runs in the root of the tree, with wavesim found in the folder that
is named first. What follows is its output, standard error included; `...` stands for any number of lines. Numbers in
backticks below `## Worked answer` have to occur in some output. --update writes what was printed into the page.
"""
import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"`(-?[0-9][0-9.,]*)`")


def steps(block):
    """Of a block: each command with the output that the page gives."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1] = (found[-1][0] + "\n" + line, [])
        else:
            found[-1][1].append(line)
    return found


def printed_by(command, program_folder):
    path = f"{pathlib.Path(program_folder).resolve()}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env={**os.environ, "PATH": path}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [line.rstrip() for line in done.stdout.splitlines()]


def is_as_expected(printed, expected):
    pattern = "".join(r"(.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def quoted_numbers(page):
    answer = page.partition("## Worked answer")[2]
    return NUMBER.findall(answer)


class Page:
    def __init__(self, path, program_folder):
        self.path = pathlib.Path(path)
        self.text = self.path.read_text()
        self.program_folder = program_folder
        self.outputs = []
        self.wrong = []

    def run(self):
        """The page as it would be with what the commands print now."""
        updated = BLOCK.sub(self.run_block, self.text)
        for number in quoted_numbers(self.text):
            if not any(re.search(rf"(?<![0-9.]){re.escape(number)}(?![0-9])", line) for line in self.outputs):
                self.wrong.append(f"{self.path}: the answer quotes `{number}`, which no command prints")
        return updated

    def run_block(self, match):
        lines = []
        for command, expected in steps(match[1]):
            printed = printed_by(command, self.program_folder)
            self.outputs += printed
            lines.append("$ " + command)
            if is_as_expected(printed, expected):
                lines += expected
            else:
                lines += printed
                difference = "\n".join(difflib.unified_diff(expected, printed, "page", "printed", lineterm="", n=1))
                self.wrong.append(f"{self.path}: $ {command}\n{difference}")
        return "```console\n" + "".join(line + "\n" for line in lines) + "```"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program_folder")
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    wrong = []
    for path in options.pages:
        page = Page(path, options.program_folder)
        updated = page.run()
        if options.update:
            page.path.write_text(updated)
        wrong += page.wrong
    if wrong:
        print("\n\n".join(wrong))
        print(f"\nIf that is right: python3 docs/console.py {options.program_folder} {' '.join(options.pages)} --update,"
              "\nand read what the pages say about it.")
        sys.exit(0 if options.update else 1)


main()
