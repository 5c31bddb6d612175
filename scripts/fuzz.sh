#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Feeds a reader with mutations of what it is meant for.
#
#   scripts/fuzz.sh READER [SECONDS]      default: 60
#   scripts/fuzz.sh all [SECONDS]         each of them, as many at once as there are cores
#
# json: what all files are made of. experiments, machines: files, read, expanded and checked, but not simulated. recordings: captures of
# operations and of pages, traces of arrivals. policies: what a library of a policy shows and is given.
# records: what agents saw and did. frames: headers and segments of RPCs. stack: what happens to the
# program of a stack's core, in any order. An input that breaks the reader is left in
# build/dev/fuzz/<reader>/found.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly readers="json experiments machines recordings policies records frames stack"
readonly reader=${1:-experiments} seconds=${2:-60}

# Copies files of the tree into the reader's seeds, with `prefix` before each.
seed_with() { # <prefix> <file>...
  local prefix=$1 file
  shift
  for file in "$@"; do
    { printf '%s' "$prefix"; cat "$file"; } >"$seeds/${file//\//_}" # studies have files of one name
  done
}

small_json() { find "$1" -name '*.json' -size -64k; }

choose() {
  case $1 in
    json)
      program=sim/json_fuzz
      options=(-max_len=4096 -dict=sim/json_fuzz.dict sim/fuzz_corpus)
      ;;
    experiments)
      program=experiments/experiment_fuzz
      options=(-max_len=4096 -dict=sim/json_fuzz.dict experiments/fuzz_corpus)
      seed_with '' $(small_json experiments)
      ;;
    machines)
      program=experiments/machine_fuzz
      options=(-max_len=2048 -dict=sim/json_fuzz.dict experiments/fuzz_corpus/machines)
      ;;
    recordings)
      program=workloads/recordings_fuzz
      options=(-max_len=4096 -dict=sim/json_fuzz.dict workloads/fuzz_corpus)
      ;;
    policies)
      program=experiments/policy_fuzz
      options=(-max_len=512 experiments/fuzz_corpus/policies)
      ;;
    records)
      program=subsystems/wave/record_fuzz
      options=(-max_len=1024 subsystems/wave/agent/fuzz_corpus)
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
      echo "fuzz: no such reader: $1; try ${readers// /, } or all" >&2
      exit 2
      ;;
  esac
}

build() {
  cmake --preset dev >/dev/null
  cmake --build --preset dev --target "$@" --parallel "$(nproc)"
}

run() {
  local work=build/dev/fuzz/$1 seeds=build/dev/fuzz/$1/seeds
  mkdir -p "$work"/{corpus,found,seeds}
  choose "$1"
  "build/dev/$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="$work/found/" "$work/corpus" "${options[@]}" "$seeds" 2>&1 |
    sed "s/^/fuzz $1: /"
}

if [[ $reader == all ]]; then
  build {json,experiment,machine,policy,recordings,record,frame,stack}_fuzz
  export -f run choose seed_with small_json
  export seconds readers
  xargs -n 1 -P "$(nproc)" bash -c 'set -euo pipefail; run "$0"' <<<"$readers"
else
  seeds=$(mktemp -d) && choose "$reader" && rm -r "$seeds"
  build "$(basename "$program")"
  run "$reader"
fi
