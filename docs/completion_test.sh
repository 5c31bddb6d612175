#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `wavesim completion bash` completes, in a bash.
#
#   completion_test.sh <wavesim>
set -uo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
touch mine.json
mkdir other

"$program" completion bash >completion || exit 1
source completion || exit 1

# completes <what is there, word by word, the last is being typed> <expected among the answers, or none>
completes() {
  local expected=${!#}
  COMP_WORDS=(wavesim "${@:1:$#-1}")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _wavesim "$program"
  answers=" ${COMPREPLY[*]-} "
  if [[ $expected == none ]]; then
    [[ $answers == '  ' ]] && return
  elif [[ $answers == *" $expected "* ]]; then
    return
  fi
  echo "expected $expected after: ${COMP_WORDS[*]}; found:$answers"
  exit 1
}
does_not_offer() {
  [[ $answers != *" $1 "* ]] || { echo "did not expect $1 in:$answers"; exit 1; }
}

completes ru run
does_not_offer check
completes '' capture
completes capture '' rocksdb
completes capture rocksdb --op --operation
completes run --j --jobs
does_not_offer --markdown
completes run '' mine.json
completes run '' other
completes run mine.json --jobs '' none
completes run mine.json --out mi mine.json
completes report mi mine.json
completes merge mi mine.json
completes regress ot other
does_not_offer mine.json
completes params machine.nic.core.cl machine.nic.core.clock
completes run mine.json --set system.wor system.workers=
does_not_offer run
completes run mine.json --set system.placement '=' host
completes run mine.json --set system.placement = h host
does_not_offer nic
completes run mine.json --set system.placement = nic
completes completion z zsh
completes run mine.json --set system.workers = '' none
# A word that is a command's name is one only where a command is expected.
completes run check --see --seed
