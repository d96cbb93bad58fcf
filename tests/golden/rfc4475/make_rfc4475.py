#!/usr/bin/env python3
"""Writes the torture messages of RFC 4475 as .dat files, from messages.txt.

messages.txt holds them in the notation of the RFC's section 2.1, so that what is odd about a
message can be read:
  <allOneLine> ... </allOneLine>       the lines between are one line
  <hex>0D0A</hex>                      these bytes
  <repeat count=10>text</repeat>       text ten times
A message begins at a line `== name: section, subject`; its lines end in CRLF in the .dat file. With
`(no final CRLF)` after the subject its last line ends in nothing.

usage: make_rfc4475.py            writes the .dat files beside this script
       make_rfc4475.py --check    exits 1 when one of them is not what would be written
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEX = re.compile(rb"<hex>([0-9A-F]*)</hex>")
REPEAT = re.compile(rb"<repeat count=(\d+)>(.*?)</repeat>")
HEAD = re.compile(r"== (\w+): ([\d.]+), (.+?)( \(no final CRLF\))?$")


def joined_lines(lines):
    """Undoes allOneLine."""
    joined = None
    for line in lines:
        if line == b"<allOneLine>":
            joined = b""
        elif line == b"</allOneLine>":
            yield joined
            joined = None
        elif joined is not None:
            joined += line
        else:
            yield line


def expand(line):
    line = REPEAT.sub(lambda m: m.group(2) * int(m.group(1)), line)
    return HEX.sub(lambda m: bytes.fromhex(m.group(1).decode()), line)


def messages():
    """Gives name and bytes of each message."""
    name, final_crlf, lines = None, True, []
    for line in (HERE / "messages.txt").read_bytes().split(b"\n") + [b"== end: 0, end"]:
        head = HEAD.match(line.decode("latin-1"))
        if not head:
            lines.append(line)
            continue
        if name:
            # The blank line before the next head belongs to messages.txt.
            text = b"\r\n".join(expand(part) for part in joined_lines(lines[:-1]))
            yield name, text + (b"\r\n" if final_crlf else b"")
        name, final_crlf, lines = head.group(1), not head.group(4), []


def main():
    differing = []
    for name, content in messages():
        path = HERE / f"{name}.dat"
        if "--check" not in sys.argv:
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            differing.append(name)
    if differing:
        sys.exit("not as generated: " + " ".join(differing))


if __name__ == "__main__":
    main()
