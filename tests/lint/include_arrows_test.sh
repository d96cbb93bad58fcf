#!/bin/sh
# A tree with one wrong include must be refused, and a clean one accepted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/proto" "$tree/transport" "$tree/config" "$tree/agent"
echo '#include "proto/bytes.hpp"' >"$tree/agent/good.cpp"
sh "$here/include_arrows.sh" "$tree"
for pair in 'proto agent/x' 'transport proto/x' 'config transport/x' 'agent tests/x'; do
  # shellcheck disable=SC2086 # two words on purpose
  set -- $pair
  echo "#include \"$2.hpp\"" >"$tree/$1/bad.cpp"
  if sh "$here/include_arrows.sh" "$tree" >/dev/null; then
    echo "accepted $1 -> $2"
    exit 1
  fi
  rm "$tree/$1/bad.cpp"
done
