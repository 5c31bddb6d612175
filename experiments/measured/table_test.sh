#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# No value of this folder has moved, and docs/validity.md shows what the simulator says today.
#
#   table_test.sh <wavesim> <this folder>
set -euo pipefail
wavesim=$1 here=$2

"$wavesim" regress "$here" --baseline "$here/accepted.json"
"$wavesim" regress "$here" --markdown | grep -E '^\| [a-z0-9]+\.' >rows
while IFS= read -r row; do
  grep -qxF -- "$row" "$here/../../docs/validity.md" ||
    { printf 'not in docs/validity.md: %s\n' "$row"; exit 1; }
done <rows
