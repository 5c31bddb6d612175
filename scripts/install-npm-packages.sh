#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the npm packages of the browser test into build/npm, exactly those of package-lock.json, whose
# hashes npm checks. No package runs a script of its own. The build needs none of them.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly web=experiments/report/web target=build/npm

cmp -s "$web/package-lock.json" "$target/installed-lock.json" && exit 0
mkdir -p "$target"
cp "$web"/package.json "$web"/package-lock.json "$target"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel=error
cp "$web/package-lock.json" "$target/installed-lock.json"
