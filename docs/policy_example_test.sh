#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The two pieces of code of writing_a_policy.md, compiled and run.
#
#   policy_example_test.sh <compiler> <root of the tree>
set -euo pipefail
compiler=$1 root=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Each piece begins with a comment that names its file.
awk -v folder="$folder" '/^```cpp/ { getline; file = folder "/" $2; next } /^```/ { file = "" } file { print >file }' \
  "$root/docs/writing_a_policy.md"
"$compiler" -std=c++20 -Wall -Wextra -Werror -I "$root" "$folder/lifo_test.cpp" -o "$folder/lifo_test"
"$folder/lifo_test"
