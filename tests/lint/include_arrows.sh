#!/bin/sh
# The house has one-way doors: agent -> {proto, transport, config}, which do not know each other.
# usage: include_arrows.sh TREE    exits 1 and names each forbidden include
set -eu
cd "$1"
status=0

forbid() { # FOLDER PATTERN WHY
  found=$(grep -rnE --include='*.hpp' --include='*.cpp' "$2" "$1" 2>/dev/null || true)
  [ -z "$found" ] && return 0
  printf '%s: %s\n%s\n' "$1" "$3" "$found"
  status=1
}

forbid proto '#include "(agent|transport|config|tests)/' 'proto includes only proto'
forbid transport '#include "(agent|proto|config|tests)/' 'transport includes only transport'
forbid config '#include "(agent|proto|transport|tests)/' 'config includes only config'
forbid agent '#include "tests/' 'the program includes no tests'
forbid proto '#include <(boost/asio|boost/beast|pcap|spdlog|yaml-cpp|sys/socket|thread|mutex)' \
  'proto knows no sockets, threads, logs or capture'
forbid proto 'system_clock|steady_clock' 'proto knows no clock'
for folder in agent transport config; do
  forbid $folder '#include <osip' 'libosip2 lives in proto/sip'
done
exit $status
