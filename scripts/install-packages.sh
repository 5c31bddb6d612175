#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian 12 packages of the named groups; says nothing when none is missing.
#
#   scripts/install-packages.sh [build|test|browser|ci|bench|coverage]...     default: build test
#
# Exits 2, naming the packages, when some are missing and the user may not install them.
set -euo pipefail

# librocksdb is there for `wavesim capture rocksdb`, Open MPI for sweeps on several machines, librsvg for figures as PNG and PDF;
# without them the rest still builds and runs.
build="g++ cmake make ninja-build git libboost-dev libboost-context-dev libboost-graph-dev
       nlohmann-json3-dev libcli11-dev libfmt-dev librandom123-dev libeigen3-dev librocksdb-dev
       libsimgrid-dev libsqlite3-dev libopenmpi-dev openmpi-bin librsvg2-bin"
# Python makes the tables of what-if studies, runs the commands of the pages, and reads the schema as editors do;
# sqlite3 is what users look at results with. Spin searches the models of the protocol.
test="libgtest-dev libgmock-dev librapidcheck-dev python3 python3-jsonschema sqlite3 spin"
# For the test of reports, and heavy; one that is there already, from wherever, will do.
browser=
command -v chromium >/dev/null || browser+=" chromium-headless-shell"
command -v npm >/dev/null || browser+=" nodejs npm"
# Valgrind counts instructions.
ci="ccache clang clang-format clang-tidy libclang-rt-14-dev valgrind"
# ns-3 is one of the engines that the kernel is compared with; SimGrid, another, is installed anyhow.
bench="libbenchmark-dev libns3-dev"
coverage="gcovr"

packages_of() {
  local group
  for group in "$@"; do
    case $group in
      build | test | browser | ci | bench | coverage) echo "${!group}" ;;
      *) echo "install-packages: no such group: $group; try build, test, browser, ci, bench, coverage" >&2; exit 2 ;;
    esac
  done
}

installed() {
  dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^installed //p'
}

missing_of() {
  [[ $# -gt 0 ]] || return 0
  comm -23 <(printf '%s\n' "$@" | sort -u) <(installed "$@" | sort -u)
}

ask_for_them() {
  echo "install-packages: please install, as root: apt-get install ${missing[*]}" >&2
  exit 2
}

choose_how_to_become_root() {
  as_root=()
  [[ $EUID -eq 0 ]] && return
  as_root=(sudo)
  command -v sudo >/dev/null && sudo true || ask_for_them
}

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 \
    -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# A new machine has no package lists, and an old one has lists whose versions are gone; asking for
# new lists first would cost every other machine several seconds.
install_missing() {
  apt install --no-install-recommends "${missing[@]}" >"$log" 2>&1 && return
  apt update >>"$log" 2>&1
  apt install --no-install-recommends "${missing[@]}" >>"$log" 2>&1
}

groups=("$@")
[[ $# -gt 0 ]] || groups=(build test)
wanted=$(packages_of "${groups[@]}")

if ! command -v dpkg-query >/dev/null; then
  echo "install-packages: not a Debian system; going on with what is here" >&2
  exit 0
fi

mapfile -t missing < <(missing_of $wanted)
[[ ${#missing[@]} -eq 0 ]] && exit 0

choose_how_to_become_root
echo "install-packages: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install_missing; then
  cat "$log" >&2
  echo "install-packages: could not install ${missing[*]}" >&2
  exit 1
fi
