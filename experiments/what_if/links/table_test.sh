#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A short version of this folder's tables, run by ctest: every link and every step has its number, or
# is refused for the reason that the README gives.
#
#   table_test.sh <wavesim> <this folder>
set -euo pipefail
wavesim=$1 here=$2

out=$(python3 "$here/table.py" "$wavesim" --replications 1 --set run.length='1 ms' \
  --set run.warm_up='1 ms')

fail() {
  printf '%s\n' "$1" "$out"
  exit 1
}

# Three tables of eight links; PCIe has no write-back column, and only PCIe has not.
for link in pcie_gen4 pcie_gen5 pcie_gen6 upi cxl_2 cxl_2_switched cxl_3 nvlink_c2c; do
  [[ $(grep -c "^| $link |" <<<"$out") -eq 3 ]] || fail "expected three rows of $link"
done
[[ $(grep -c 'refused | refused | refused | refused |$' <<<"$out") -eq 6 ]] || fail "expected six rows without WB"
[[ $(grep '^| pcie' <<<"$out" | grep -c refused) -eq 6 ]] || fail "expected WB refused on PCIe only"

# Write-back across PCIe is refused by the program, not by the script.
if "$wavesim" check "$here/write_back.json" --set machine.interconnect=null \
  --set system.placement=nic 2>err; then
  fail "expected WB across PCIe to be refused"
fi
grep -q 'WB is not possible across PCIe' err || fail "expected the reason, found: $(cat err)"
