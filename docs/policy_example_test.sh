#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The pieces of code of writing_a_policy.md: the test is compiled and run, and so is the library, with the page's
# commands.
#
#   policy_example_test.sh <compiler> <root of the tree> <wavesim>
set -euo pipefail
compiler=$1 root=$2 wavesim=$3
page=$root/docs/writing_a_policy.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Each piece begins with a comment that names its file.
awk -v folder="$folder" '/^```cpp/ { getline; file = folder "/" $2; next } /^```/ { file = "" } file { print >file }' \
  "$page"
cd "$folder"
"$compiler" -std=c++20 -Wall -Wextra -Werror -I "$root" lifo_test.cpp -o lifo_test
./lifo_test

build=$(grep '^c++ ' "$page")
eval "${build/#c++/\"\$compiler\"} -I \"\$root\" -Wall -Wextra -Werror"
run=$(grep -m 1 '^wavesim run .* --policy' "$page")
[[ $run == 'wavesim run experiments/hello.json --policy ./lifo.so' ]] || { echo "another command: $run"; exit 1; }
"$wavesim" run "$root/experiments/hello.json" --policy ./lifo.so --replications 1 --set run.length=1ms --json >out
grep -q '"build":{"name":"lifo","version":"1.0"' out || { echo 'not the page'"'"'s policy'; cat out; exit 1; }
