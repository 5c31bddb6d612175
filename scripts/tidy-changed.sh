#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy on what changed since a base revision, within a time limit.
#
#   scripts/tidy-changed.sh [BASE]      TIDY_SECONDS=300 (default)
#
# A changed header is looked at through its .cpp. Files that the time does not reach are named; they
# do not fail the check. Without BASE: where this branch left origin/main, or the
# last commit if it has not left it.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly limit=${TIDY_SECONDS:-300}

base_revision() {
  local fork
  fork=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [[ -n $fork && $fork != $(git rev-parse HEAD) ]]; then
    echo "$fork"
  else
    git rev-parse --quiet --verify 'HEAD~1^{commit}' || true
  fi
}

# Not those that only moved, or whose includes did.
changed_since() {
  local record added deleted name
  while IFS= read -r -d '' record; do
    IFS=$'\t' read -r added deleted name <<<"$record"
    # Of a file that moved the old and the new name follow.
    [[ -n $name ]] || { read -r -d '' name && read -r -d '' name; }
    [[ $added$deleted == 00 ]] || echo "$name"
  done < <(git diff -M --numstat -z -I '^#include' "$1" -- '*.h' '*.cpp')
}

# Sources first: a test costs most and is read least.
sources_changed_since() {
  local changed
  changed=$(changed_since "$1" | sed 's/\.h$/.cpp/' | sort -u)
  grep -v '_test\.cpp$' <<<"$changed" || true
  grep '_test\.cpp$' <<<"$changed" || true
}

# Leaves out what has no compile command here: what was deleted, and targets that are not built for
# want of a package.
compiled() {
  local file
  while read -r file; do
    if grep -qF "\"file\": \"$PWD/$file\"" build/tidy/compile_commands.json; then echo "$file"; fi
  done
}

look_at() {
  local left=$((deadline - $(date +%s)))
  if ((left <= 0)); then
    echo "tidy: no time left for $1"
    return
  fi
  local status=0
  timeout "$left" clang-tidy --quiet -p build/tidy "$1" 2>/dev/null || status=$?
  [[ $status -ne 124 ]] || echo "tidy: no time left for $1"
  [[ $status -eq 0 || $status -eq 124 ]]
}

base=${1:-$(base_revision)}
if [[ -z $base ]]; then
  echo "tidy: the history is too short to say what changed; nothing looked at"
  exit 0
fi

cmake --preset tidy >/dev/null
mapfile -t files < <(sources_changed_since "$base" | compiled)
echo "tidy: ${#files[@]} files changed since $(git rev-parse --short "$base")"
[[ ${#files[@]} -gt 0 ]] || exit 0

deadline=$(($(date +%s) + limit))
export deadline
export -f look_at
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -I {} bash -c 'look_at "$1"' _ {}
