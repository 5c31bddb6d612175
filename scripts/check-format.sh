#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says where tracked sources differ from what clang-format makes of them; with --fix, rewrites them.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(--dry-run -Werror)
[[ ${1-} == --fix ]] && mode=(-i)
git ls-files -z -- '*.h' '*.cpp' | xargs -0 --no-run-if-empty clang-format "${mode[@]}"
