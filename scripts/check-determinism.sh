#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One seed is one run: runs an experiment twice with each given program, and fails unless all trace
# hashes are equal.
#
#   scripts/check-determinism.sh EXPERIMENT PROGRAM...
set -euo pipefail

hash_of() {
  local hash
  hash=$("$1" run "$experiment" --json | sed -n 's/.*"trace_hash": *"\{0,1\}\([0-9a-zA-Z]*\).*/\1/p')
  [[ -n $hash ]] || { echo "determinism: $1 printed no trace_hash for $experiment" >&2; exit 1; }
  paste -sd ' ' <<<"$hash"
}

experiment=$1
shift
hashes=()
for program in "$@" "$@"; do
  hash=$(hash_of "$program")
  echo "determinism: $program: $hash"
  hashes+=("$hash")
done
if [[ $(printf '%s\n' "${hashes[@]}" | sort -u | wc -l) -ne 1 ]]; then
  echo "determinism: the hashes of $experiment differ" >&2
  exit 1
fi
