#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the commands of a page of the documentation, those in ```sh blocks, in a folder where a sweep
# has left results.db. Run by ctest:
#
#   docs_test.sh <wavesim> <root of the tree> <page> <scratch folder>
set -euo pipefail
wavesim=$1 root=$2 page=$3 scratch=$4

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
ln -s "$wavesim" wavesim
PATH=$PWD:$PATH
wavesim sweep "$root/experiments/hello.json" --out results.db --replications 2 \
  --set 'sweep.workload.arrivals.rate=["100 k/s", "200 k/s"]'

sed -n '/^```sh$/,/^```$/{/^```/!p}' "$page" >commands.sh
[[ -s commands.sh ]]
bash -euo pipefail commands.sh >output
cat output
grep -q '^complete|6$' output                       # the states
grep -q '^│ wave  *│ 200 k/s │ [0-9.]* *│$' output  # the value with a swept path as a column
grep -q '^│ wave  *│ 2 *│ [0-9a-f]*' output         # the runs
