#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link of every Markdown file leads to a file, and its anchor to a heading.

    python3 docs/links_test.py <root of the tree>
"""
import pathlib
import re
import subprocess
import sys

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def pages(root):
    """Those under version control; in a copy without it, all."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if listed.returncode == 0:
        return [root / name for name in listed.stdout.split("\0") if name]
    return [page for page in root.rglob("*.md") if "build" not in page.relative_to(root).parts]


def anchors(text):
    """As GitHub makes them from headings."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", text, re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
    return found


def broken_links(page):
    for target in LINK.findall(CODE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists():
            yield f"{page}: {target}: there is no such file"
        elif anchor and anchor not in anchors(file.read_text()):
            yield f"{page}: {target}: there is no such heading"


def main():
    root = pathlib.Path(sys.argv[1])
    found = pages(root)
    wrong = [line for page in found if page.exists() for line in broken_links(page)]
    if wrong or not found:
        sys.exit("\n".join(wrong or ["no pages found"]))


main()
