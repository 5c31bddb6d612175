#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manual page names every command, and its text is what groff takes without a warning, where there is a groff.
#
#   man_test.sh <wavesim>
set -euo pipefail
page=$("$1" man)
for command in run sweep check regress 'capture rocksdb' completion man; do
  grep -qF ".SS \\fBwavesim $command\\fR" <<<"$page" || { echo "no section about $command"; exit 1; }
done
grep -qF '\fB\-\-replications\fR \fIN\fR' <<<"$page" || { echo "no option --replications"; exit 1; }
if command -v groff >/dev/null; then
  warnings=$(groff -man -Tutf8 -ww -z <<<"$page" 2>&1)
  [[ -z $warnings ]] || { echo "$warnings"; exit 1; }
fi
