#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes pages and looks at them in headless Chromium. Run by ctest:
#
#   browser_test.sh <wavesim> <root of the tree> <scratch folder>
#
# Exits 77, which ctest shows as skipped, without Chromium, or without the npm packages that
# scripts/install-npm-packages.sh puts into build/npm.
set -euo pipefail
wavesim=$1 root=$2 scratch=$3
modules=$root/build/npm/node_modules

skip() {
  echo "skipped: there is no $1"
  exit 77
}

CHROMIUM=$(command -v chromium || command -v chromium-headless-shell) || skip chromium
command -v node >/dev/null || skip node
[[ -d $modules/playwright-core ]] || skip "playwright-core; run scripts/install-npm-packages.sh"

# What is inlined is what npm has under the lock's hashes.
for file in dist/uPlot.iife.min.js dist/uPlot.min.css LICENSE; do
  cmp "$modules/uplot/$file" "$root/experiments/report/web/uplot/${file##*/}"
done

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
cat >load.json <<'END'
{"run":{"warm_up":"1 ms","length":"10 ms","replications":2},
 "variants":{"on_host":{"system":{"placement":"host","workers":8}},"wave":{"system":{"workers":8}}},
 "sweep":{"workload.arrivals.rate":["150 k/s","200 k/s","250 k/s","300 k/s","1 M/s"]}}
END
cat >targets.jsonl <<'END'
{"id":"e2.wave.switch_us","what":"a switch","tag":"S","role":"prediction","unit":"us","low":6,"high":7,"value":6.1,"half_width":0.1,"error":0,"verdict":"pass"}
{"id":"e2.onhost.switch_us","what":"a switch","tag":"R","role":"prediction","unit":"us","low":4,"high":5,"value":5.5,"half_width":0.1,"error":0.1,"verdict":"outside"}
{"path":"machine.linux.futex_wait","tag":"A","low":"100 ns","high":"300 ns","ratio":"e3.total_gain","at_default":3,"at_low":2.8,"at_high":3.1}
{"path":"machine.nic.core.uncached_store","tag":"A","low":"30 ns","high":"150 ns","ratio":"e3.total_gain","at_default":3,"at_low":2.2,"at_high":null}
END
"$wavesim" run load.json --json --out load.jsonl
"$wavesim" report load.jsonl -o load.html
"$wavesim" report load.jsonl targets.jsonl -o paper.html
NODE_PATH=$modules CHROMIUM=$CHROMIUM node --test "$root/experiments/report/web/browser_test.cjs"
