#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows what somebody meets on a fresh Debian 12 machine that has git and make and nothing else:
# in a new chroot, a clone of HEAD, first as a user who may not install packages, then as root.
# Needs root, debootstrap and a Debian mirror; takes the mirror and the way to it from this machine.
#
#   scripts/check-fresh-chroot.sh [MAKE_TARGET]...     default: test paper
#
# The bootstrapped system is kept in $CACHE (default /tmp/wavesim-chroot) and unpacked anew each
# time. What is mounted lives in a mount namespace of its own, which ends with the command.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly cache=${CACHE:-/tmp/wavesim-chroot}
readonly base=$cache/bookworm.tar
targets=("$@")
[[ $# -gt 0 ]] || targets=(test paper)

# Both forms that apt reads: "deb URL suite" lines and "URIs: URL" stanzas.
mirror_of_this_machine() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null || true; } |
    sed -nE 's#^(deb +(\[[^]]*\] +)?|URIs: +)([a-z]+://[^ ]+/debian/?)( .*)?$#\3#p' | sed -n 1p
}

bootstrap() {
  local mirror proxy
  mirror=$(mirror_of_this_machine)
  proxy=$(apt-config dump Acquire::http::Proxy | sed -n 's/^Acquire::http::Proxy "\(.\+\)";$/\1/p')
  mkdir -p "$cache"
  rm -rf "$cache/bootstrap"
  unshare --mount ${proxy:+env http_proxy="$proxy"} debootstrap --variant=minbase --include=ca-certificates,git,make \
    bookworm "$cache/bootstrap" "${mirror:-http://deb.debian.org/debian}" >"$cache/bootstrap.log"
  apt-config dump Acquire >"$cache/bootstrap/etc/apt/apt.conf.d/99acquire"
  tar -C "$cache/bootstrap" -cf "$base.part" .
  mv "$base.part" "$base"
  rm -rf "$cache/bootstrap"
}

# Runs a shell command in the chroot as `user`, in their home, with nothing of this environment.
in_chroot() {
  unshare --mount --pid --fork env -i HOME=/ PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" su --login "$2" --command "$3"' \
    in_chroot "$root" "$1" "$2" </dev/null
}

clone_for() {
  local home=$root$2
  git clone --quiet --no-local . "$home/wavesim"
  chroot "$root" chown -R "$1:" "$2/wavesim"
}

expect_a_clear_refusal() {
  local said status=0
  said=$(in_chroot visitor 'cd wavesim && make test' 2>&1) || status=$?
  echo "$said"
  if [[ $status -eq 0 ]] || ! grep -q 'please install, as root: apt-get install .*cmake' <<<"$said"; then
    echo "check-fresh-chroot: a user who may not install packages was not told which are missing" >&2
    return 1
  fi
}

timed() {
  local start=$SECONDS
  printf '\n==== %s\n' "$*"
  "$@"
  printf '==== %s: %d s\n' "$*" $((SECONDS - start))
}

[[ -f $base ]] || timed bootstrap
root=$(mktemp -d "$cache/run-XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
chmod 755 "$root"
tar -C "$root" -xf "$base"
chroot "$root" useradd --create-home visitor
clone_for visitor /home/visitor
clone_for root /root

timed expect_a_clear_refusal
for target in "${targets[@]}"; do
  timed in_chroot root "cd wavesim && make $target"
done
