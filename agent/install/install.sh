#!/bin/sh
# Installs the Sublet agent from the market at @MARKET@, or brings an installed one up to date.
#
#   curl -fsSL @MARKET@/install.sh | sudo sh -s -- CODE [--simulate FILE | --simulate-if-no-gpu] [--no-start]
#
# CODE is the one-time code of the page "List a machine"; without it an enrolled machine only gets the newest agent.
# It lays out /opt/sublet-agent (program), /var/lib/sublet-agent (identity, journal, rentals), a systemd service where
# systemd runs, and a link in /usr/local/bin. "sublet-agent uninstall" takes all of it away. PREFIX=/some/folder puts
# everything below that folder, without a service.

set -eu
umask 022

MARKET='@MARKET@'
# What this market serves, with its SHA-256.
SUMS='
@SUMS@
'

say() { printf '%s\n' "$*" >&2; }
die() {
  say "Sublet: $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

fetch() {
  if have curl; then
    curl -fsSL --proto '=http,https' --retry 2 -o "$2" "$1"
  elif have wget; then
    wget -q -O "$2" "$1"
  else
    die 'neither curl nor wget is here. Install one of them and run this line again.'
  fi || die "$1 could not be downloaded. Check that this machine reaches the market, and run this line again."
}

sum_of() {
  if have sha256sum; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif have shasum; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  elif have openssl; then
    openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  else
    die 'no program here computes SHA-256 (sha256sum, shasum or openssl). Install coreutils and run this line again.'
  fi
}

stated_sum() { printf '%s' "$SUMS" | while read -r sum name; do [ "$name" != "$1" ] || printf '%s' "$sum"; done; }

# Downloads a piece of this market's to a file, and goes on only when it is what the market states.
bring() {
  wanted=$(stated_sum "$1")
  [ -n "$wanted" ] || return 1
  fetch "$MARKET/downloads/$1" "$2"
  [ "$(sum_of "$2")" = "$wanted" ] || die "$1 arrived damaged (its SHA-256 is wrong). Run this line again; if it happens again, tell the operators of $MARKET."
}

new_enough() { [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 24 ] 2>/dev/null; }

# The Node.js of this machine when it is new enough, else the market's own.
bring_node() {
  if have node && new_enough "$(command -v node)"; then
    node=$(command -v node)
    say "Using Node.js $("$node" -p process.versions.node) of this machine."
    return
  fi
  if ls /lib/ld-musl-* >/dev/null 2>&1 && ! ls /lib*/ld-linux-* /lib/*/ld-linux-* >/dev/null 2>&1; then
    die 'this Linux has musl instead of glibc, and the market has no Node.js for it. Install Node.js 24 or newer and run this line again.'
  fi
  say 'Bringing Node.js from the market …'
  bring "node-linux-$arch.gz" "$work/node.gz" ||
    die "the market has no Node.js for $arch. Install Node.js 24 or newer (https://nodejs.org) and run this line again."
  gzip -dc "$work/node.gz" >"$work/node" || die 'the downloaded Node.js could not be unpacked. Is the disk full?'
  chmod 0755 "$work/node"
  new_enough "$work/node" || die 'the downloaded Node.js does not run on this machine. Install Node.js 24 or newer and run this line again.'
  node=
}

write_launcher() {
  cat >"$work/sublet-agent" <<'LAUNCHER'
#!/bin/sh
# Starts the Sublet agent with the Node.js it was installed with.
SUBLET_AGENT_HOME=$(dirname -- "$(readlink -f -- "$0")")
SUBLET_AGENT_DIR=${SUBLET_AGENT_DIR:-${SUBLET_AGENT_HOME%/opt/sublet-agent}/var/lib/sublet-agent}
export SUBLET_AGENT_HOME SUBLET_AGENT_DIR
node=$SUBLET_AGENT_HOME/node
[ -x "$node" ] || node=$(cat -- "$SUBLET_AGENT_HOME/node-path")
exec "$node" --disable-warning=ExperimentalWarning "$SUBLET_AGENT_HOME/agent.mjs" "$@"
LAUNCHER
  chmod 0755 "$work/sublet-agent"
}

write_unit() {
  mkdir -p "$(dirname "$unit")"
  cat >"$unit" <<'UNIT'
[Unit]
Description=Sublet agent: rents out this machine's GPUs
After=network-online.target docker.service
Wants=network-online.target

[Service]
ExecStart=/opt/sublet-agent/sublet-agent run
Restart=always
RestartSec=5
TimeoutStopSec=30

[Install]
WantedBy=multi-user.target
UNIT
}

main() {
  code=
  start=yes
  case ${1-} in
  '' | --no-start | --simulate | --simulate-if-no-gpu) ;;
  *[!A-Za-z0-9_-]*) die 'that is not an enrolment code. Copy the whole line from the page "List a machine".' ;;
  *)
    code=$1
    shift
    ;;
  esac
  simulate=
  recording=
  while [ $# -gt 0 ]; do
    case $1 in
    --no-start) start=no ;;
    --simulate-if-no-gpu) simulate=if-no-gpu ;;
    --simulate)
      [ $# -ge 2 ] || die '--simulate needs the name of a file.'
      simulate=file
      recording=$2
      shift
      ;;
    *) die "\"$1\" is not understood here." ;;
    esac
    shift
  done

  prefix=${PREFIX:-}
  [ "$(uname -s)" = Linux ] || die 'the agent runs on Linux only.'
  case $(uname -m) in
  x86_64 | amd64) arch=x64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) die "the agent runs on x86_64 and aarch64, not on $(uname -m)." ;;
  esac
  [ -n "$prefix" ] || [ "$(id -u)" = 0 ] || die "this needs root: curl -fsSL $MARKET/install.sh | sudo sh -s -- CODE"

  home=$prefix/opt/sublet-agent
  state=$prefix/var/lib/sublet-agent
  unit=$prefix/etc/systemd/system/sublet-agent.service
  link=$prefix/usr/local/bin/sublet-agent
  if [ -z "$code" ] && [ ! -f "$state/identity.json" ]; then
    die 'give the enrolment code of the page "List a machine" at the end of the line.'
  fi

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  say "Installing the Sublet agent from $MARKET …"
  bring_node
  bring agent.mjs "$work/agent.mjs" || die "$MARKET serves no agent."
  write_launcher

  mkdir -p "$home" "$(dirname "$link")"
  # Each by a rename within the folder: a running agent keeps the file that it has open.
  place agent.mjs
  place sublet-agent
  if [ -z "$node" ]; then
    place node
    rm -f "$home/node-path"
  else
    printf '%s\n' "$node" >"$home/node-path"
    rm -f "$home/node"
  fi
  ln -sfn "$home/sublet-agent" "$link"

  if [ -f "$state/identity.json" ]; then
    say 'This machine is enrolled already; its agent is up to date now.'
  else
    enrol
  fi
  [ "$start" = yes ] || return 0
  launch
}

place() {
  cp "$work/$1" "$home/.$1.new"
  chmod 0755 "$home/.$1.new"
  mv -f "$home/.$1.new" "$home/$1"
}

enrol() {
  case $simulate in
  if-no-gpu) set -- --simulate-if-no-gpu ;;
  file) set -- --simulate "$recording" ;;
  *) set -- ;;
  esac
  "$home/sublet-agent" enrol --market "$MARKET" --code="$code" "$@" </dev/null ||
    die 'the machine could not be enrolled (see above). Mend that and run this line again; a used code needs a new one.'
}

launch() {
  if [ -z "$prefix" ] && [ -d /run/systemd/system ]; then
    write_unit
    systemctl daemon-reload
    systemctl enable sublet-agent.service >/dev/null 2>&1
    systemctl restart sublet-agent.service
    say 'The agent runs as the service sublet-agent, also after a restart. Its log: journalctl -fu sublet-agent'
  else
    say 'systemd does not run here, so the agent runs in the foreground: Ctrl-C ends it, and it must be started again'
    say "after a restart of the machine, by: $home/sublet-agent run"
    rm -rf "$work"
    exec "$home/sublet-agent" run </dev/null
  fi
}

# Nothing happens before the last line has arrived.
main "$@"
