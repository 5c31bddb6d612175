#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# This folder's tables with one replication, run by ctest: every row has its numbers, and what the README
# says of each fault holds.
#
#   table_test.sh <wavesim> <this folder>
set -euo pipefail
wavesim=$1 here=$2

out=$(python3 "$here/table.py" "$wavesim" --replications 1)

fail() {
  printf '%s\n' "$1" "$out"
  exit 1
}
# column <row> <number>: the fault's name is column 1.
column() { grep "^| $1 |" <<<"$out" | awk -F' *[|] *' -v c="$(($2 + 1))" '{ print $c }'; }
# A dash, or an empty cell, is no number, and none of these is true of it.
is_number() { [[ $1 =~ ^[0-9]+([.][0-9]+)?$ ]]; }
at_least() { is_number "$1" && is_number "$2" && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 >= b + 0) }'; }
at_most() { is_number "$1" && is_number "$2" && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 <= b + 0) }'; }
for nothing in - '' 'no value'; do
  ! at_least "$nothing" 0 && ! at_most "$nothing" 1 || fail "expected no comparison with '$nothing' to hold"
done

for fault in crash crash_no_fallback hang hang_no_fallback slow garbage upgrade msix_lost msix_lost_no_nudge \
  msix_lost_renotified stall_1ms stall_50ms stall_1s \
  stall_1s_timeout_10ms stall_1s_no_nudge; do
  [[ $(grep -c "^| $fault |" <<<"$out") -eq 1 ]] || fail "expected a row of $fault"
done
[[ $(grep -c '^| \(host\|nic\), ' <<<"$out") -eq 10 ]] || fail "expected ten rows of limits"

# A hang is noticed when a thread has waited for the limit, by two looks later; a crash much sooner.
at_least "$(column hang 7)" 20 && at_most "$(column hang 7)" 23 || fail "a hang is noticed after 20 to 23 ms"
at_most "$(column crash 7)" 1 || fail "a crash is noticed within 1 ms"
# A link that stands still for a second holds the host up for the completion timeout, 50 ms.
at_most "$(column stall_1s 3)" 55000 || fail "a stall of a second costs about 50 ms"
at_least "$(column stall_1s 6)" 290 || fail "requests are answered while the link stands still"
# The fair class serves the load meanwhile: only without it is throughput lost to a second millisecond.
at_least "$(column crash_no_fallback 3)" "$(column crash 3)" || fail "expected the fair class to help"
