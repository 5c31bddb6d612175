#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Feeds a reader with mutations of what it is meant for.
#
#   scripts/fuzz.sh experiments|frames|stack [SECONDS]      default: 60
#
# experiments: those in the tree, read, expanded and checked, but not simulated. frames: headers and
# segments of RPCs. stack: what happens to the program of a stack's core, in any order. An input that
# breaks the reader is left in build/dev/fuzz/<reader>/found.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly reader=${1:-experiments} seconds=${2:-60}
readonly work=build/dev/fuzz/$reader
mkdir -p "$work"/{corpus,found,seeds}

case $reader in
  experiments)
    program=experiments/experiment_fuzz
    options=(-max_len=4096 -dict=sim/json_fuzz.dict experiments/fuzz_corpus)
    find experiments -name '*.json' -size -64k | while read -r file; do
      cp "$file" "$work/seeds/${file//\//_}"  # studies have files of one name
    done
    ;;
  frames)
    program=subsystems/rpc/frame_fuzz
    options=(-max_len=256 subsystems/rpc/protocol/fuzz_corpus)
    ;;
  stack)
    program=subsystems/rpc/stack_fuzz
    options=(-max_len=1024)
    ;;
  *)
    echo "fuzz: no such reader: $reader; try experiments, frames or stack" >&2
    exit 2
    ;;
esac

cmake --preset dev >/dev/null
cmake --build --preset dev --target "$(basename $program)" --parallel "$(nproc)"
"build/dev/$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
  -verbosity=0 -artifact_prefix="$work/found/" "$work/corpus" "${options[@]}" "$work/seeds"
