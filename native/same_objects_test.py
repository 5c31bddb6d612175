#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that programs run the very machine code that is in some archives.

  same_objects_test.py [--differ] [--only-needs ARCHIVE]... --archive ARCHIVE... --program PROGRAM...

Every function of every member of an archive that a program has linked is, byte for byte, the member's; where the linker
fills something in (relocations) is left out. Members may need nothing from elsewhere but the C and C++ libraries.
--differ: succeeds if a program has a function that is not the archive's. Exit code 77 where objects are not ELF x86-64.
"""
import argparse
import collections
import re
import struct
import subprocess
import sys

SKIPPED = 77
FUNCTION, GLOBAL = 2, 1
SYMTAB, RELA = 2, 4
# Bytes that the linker writes; of GOT loads that it relaxes also the instruction before them.
WIDTH = {1: (0, 8), 9: (2, 4), 41: (2, 4), 42: (3, 4)}
OTHER = (0, 4)
# What the C and C++ libraries and the compiler's run time define, and sanitizers'.
LIBRARIES = re.compile(r"(std::|__gnu_cxx::|operator (new|delete)|__cxa|__gxx|_Unwind|__stack_chk|__cxxabi|_GLOBAL_OFFSET|"
                       r"(typeinfo|vtable|typeinfo name|VTT|guard variable|non-virtual thunk) (for|to) (std|__cxxabiv1|__gnu_cxx)::|"
                       r"__(asan|ubsan|tsan|sanitizer|gcov|sancov|dso|tls|assert_fail)|mem(cpy|move|set|cmp|chr)$|str\w+$|abort$|"
                       r"(malloc|free|calloc|realloc)$|(sqrt|exp2?|log2?|pow|cos|sin|floor|ceil|round|lgamma|fmod)f?l?$|__errno|__memcpy|bcmp$)")


class Elf:
    """Sections and symbols of an object or a program."""

    def __init__(self, data):
        if data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", data, 18)[0] != 62:
            print("skipped: no ELF for x86-64")
            sys.exit(SKIPPED)
        self.data = data
        at, = struct.unpack_from("<Q", data, 40)
        size, count = struct.unpack_from("<HH", data, 58)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", data, at + i * size) for i in range(count)]

    def bytes_of(self, index):
        return self.data[self.sections[index][4]:self.sections[index][4] + self.sections[index][5]]

    def symbols(self):
        """Functions that have a name and a size: name, binding, section, value, size."""
        for index, section in enumerate(self.sections):
            if section[1] != SYMTAB:
                continue
            names, table = self.bytes_of(section[6]), self.bytes_of(index)
            for at in range(0, len(table), 24):
                name, info, _, where, value, size = struct.unpack_from("<IBBHQQ", table, at)
                if info & 15 == FUNCTION and size > 0 and where < len(self.sections):
                    yield names[name:names.index(b"\0", name)].decode(), info >> 4, where, value, size

    def filled_in(self, section):
        """Offsets in the section that the linker writes."""
        holes = set()
        for index, other in enumerate(self.sections):
            if other[1] != RELA or other[7] != section:
                continue
            table = self.bytes_of(index)
            for at in range(0, len(table), 24):
                offset, info = struct.unpack_from("<QQ", table, at)
                before, width = WIDTH.get(info & 0xffffffff, OTHER)
                holes.update(range(offset - before, offset + width))
        return holes


def members(archive):
    with open(archive, "rb") as file:
        data = file.read()
    at = 8
    while at < len(data):
        name, size = data[at:at + 16].decode().rstrip(), int(data[at + 48:at + 58])
        if not name.startswith("/") or name[1:].isdigit():
            yield name, data[at + 60:at + 60 + size]
        at += 60 + size + size % 2


def functions(archive):
    """Name -> machine code and what of it the linker fills in. Only those that nobody else may define."""
    found = {}
    for _, data in members(archive):
        elf = Elf(data)
        for name, binding, section, value, size in elf.symbols():
            if binding == GLOBAL:
                holes = elf.filled_in(section)
                found[name] = (elf.bytes_of(section)[value:value + size],
                               [i for i in range(size) if value + i in holes])
    return found


def masked(code, holes):
    code = bytearray(code)
    for i in holes:
        code[i] = 0
    return bytes(code)


def differences(program, expected):
    """Functions of the archive that the program has, and those of them that are other code."""
    with open(program, "rb") as file:
        elf = Elf(file.read())
    same, other = [], []
    for name, _, where, value, size in elf.symbols():
        if name not in expected:
            continue
        section = elf.sections[where]
        code = elf.bytes_of(where)[value - section[3]:value - section[3] + size]
        wanted, holes = expected[name]
        (same if len(code) == len(wanted) and masked(code, holes) == masked(wanted, holes) else other).append(name)
    return same, other


def call(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def foreign_needs(archives):
    """What members need that neither they nor the standard libraries define."""
    defined, needed = set(), collections.defaultdict(set)
    for archive in archives:
        for line in call("nm", "--demangle", archive).splitlines():
            found = re.match(r"[0-9a-f ]{16} ([A-Za-z]) (.*)", line)
            if found and found[1] in "Uw":
                needed[found[2]].add(archive)
            elif found:
                defined.add(found[2])
    return sorted(name for name in needed if name not in defined and not LIBRARIES.search(name))


def check_program(program, expected, least):
    same, other = differences(program, expected)
    print(f"{program}: {len(same)} functions of the archives', {len(other)} that differ")
    for name in other:
        print("  " + call("c++filt", name).strip())
    if len(same) + len(other) < least:
        print(f"  fewer than {least}: this does not show much")
    return len(same) + len(other) >= least, other


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", nargs="+", required=True)
    parser.add_argument("--only-needs", nargs="*", default=[])
    parser.add_argument("--program", nargs="+", required=True)
    parser.add_argument("--differ", action="store_true")
    options = parser.parse_args()
    expected = {}
    for archive in options.archive:
        expected.update(functions(archive))
    found = [check_program(program, expected, 30) for program in options.program]
    if options.differ:
        return 0 if any(other for _, other in found) else 1
    foreign = foreign_needs(options.archive + options.only_needs)
    for name in foreign:
        print("needs from elsewhere: " + name)
    return 1 if foreign or any(not enough or other for enough, other in found) else 0


if __name__ == "__main__":
    sys.exit(main())
