#!/bin/sh
# usage: man_page_test.sh HEPTAP MAN_PAGE
# The man page has the subcommands and flags that `heptap --help` and `heptap SUBCOMMAND --help` have,
# no more and no fewer, and formats without a warning (with mandoc and man, whichever are there).
set -eu
heptap=$1
page=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0

# Sorted flags of `heptap ARGUMENTS --help`: the first word of the lines that begin with a dash.
flags_of_help() {
  "$heptap" "$@" --help | awk '$1 ~ /^-/ { print $1 }' | tr ',' '\n' | sort -u
}

# Sorted flags of a part of the page, `heptap` being what stands before the first subcommand.
flags_of_page() { # PART
  awk -v want="$1" '
    BEGIN { part = "heptap" }
    $1 == ".Ss" { part = substr($0, 5) }
    $1 == ".Sh" && part != "heptap" { part = "" }
    $1 == ".It" && part == want {
      for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1)
    }' "$page" | sort -u
}

same() { # WHAT
  [ -s "$dir/help" ] || { echo "$1: the help has none"; status=1; }
  diff "$dir/help" "$dir/page" >"$dir/diff" && return
  echo "$1: help (<) and man page (>) differ"
  cat "$dir/diff"
  status=1
}

# Those of a subcommand that has some of its own stand for it: `plan fields`.
subcommands_of_help() {
  "$heptap" "$@" --help | awk '/^Subcommands:/ { on = 1; next } on && NF { print $1 }'
}

for subcommand in $(subcommands_of_help); do
  below=$(subcommands_of_help "$subcommand")
  [ -n "$below" ] || echo "$subcommand"
  for name in $below; do echo "$subcommand $name"; done
done | sort >"$dir/help"
awk '$1 == ".Ss" { print substr($0, 5) }' "$page" | sort >"$dir/page"
same subcommands
cp "$dir/help" "$dir/subcommands"

flags_of_help >"$dir/help"
flags_of_page heptap >"$dir/page"
same "flags of heptap"

while read -r subcommand; do
  # Help is said once for all.
  # shellcheck disable=SC2086 # two words
  flags_of_help $subcommand | grep -vxe -h -e --help >"$dir/help"
  flags_of_page "$subcommand" >"$dir/page"
  same "flags of $subcommand"
done <"$dir/subcommands"

if command -v mandoc >/dev/null; then
  mandoc -T lint -W warning "$page" || status=1
fi
if command -v man >/dev/null; then
  said=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings --local-file "$page" 2>&1 >/dev/null)
  [ -z "$said" ] || { echo "$said"; status=1; }
fi
exit $status
