#!/usr/bin/env python3
"""Conditions of a capture plan as tshark takes them and as heptap does:
plan_filters_test.py HEPTAP PLAN_FILTERS EXPRESSIONS EXCEPTIONS CAPTURES.

The golden captures come too, and made.pcap, which holds plan_messages.

Compared are, for each SIP message that both find alone in its frame, the values of every field that
Wireshark has, and which of the expressions, taken as display filters, it passes. What differs stands
in the exceptions: a capture or *, the expression or `field NAME` or *, and the reason. A row that is
not needed fails, too.
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
from typing import NamedTuple

import plan_messages
import tshark_oracle
from common import Folder, GOLDEN, need, rows_of, skip

HERE = pathlib.Path(__file__).parent
SUFFIXES = (".pcap", ".pcapng", ".cap")
TIMEOUT_S = 120
BETWEEN = "\x1f"
IDENTITY = ["frame.number", "frame.time_epoch", "frame.protocols", "sip.Request-Line",
            "sip.Status-Line", "sip.Call-ID"]
# tshark has these of every header in the frame, heptap only of the innermost packet.
OF_NETWORK = re.compile(r"\b(frame|eth|vlan|ip|ipv6|udp|tcp|sctp)\b(?!-)")
ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


class Message(NamedTuple):
    time: str
    start_line: str
    call_id: str
    is_tunnelled: bool
    matches: set
    values: dict  # of each field, sorted


def output_of(command, env=None):
    done = subprocess.run(command, capture_output=True, check=True, timeout=TIMEOUT_S, env=env)
    return done.stdout.decode("latin-1").split("\n")[:-1]


def fields_of(program):
    """Types of the fields of SIP messages that Wireshark has, too, by their names."""
    theirs = {line.split("\t")[2] for line in output_of(["tshark", "-G", "fields"])
              if line.startswith(("F", "P"))} | {"sip", "sdp", "frame", "eth", "ip", "ipv6", "udp", "tcp", "sctp"}
    ours = dict(line.split("\t") for line in output_of([program, "--fields"]))
    return {name: kind for name, kind in ours.items() if name in theirs}


def shown(text):
    """A value as `tshark -T fields` prints it."""
    text = ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    for character, escape in (("\t", "\\t"), ("\r", "\\r"), ("\n", "\\n")):
        text = text.replace(character, escape)
    return text


def of_kind(kind, values):
    """Of a protocol, only whether it is there; tshark has no values of it. Some numbers it has in
    hexadecimal."""
    if kind == "protocol":
        return ["there"] * bool(values)
    return sorted(str(int(value, 0)) if kind == "number" else value for value in values)


def split(text):
    return text.split(BETWEEN) if text else []


def heptap_messages(program, capture, wanted, fields):
    for line in output_of([program, capture, wanted]):
        time, start_line, call_id, matches, *values = line.split("\t")
        yield Message(time, shown(start_line), shown(call_id), False,
                      {int(number) for number in matches.split(",") if number},
                      {name: of_kind(kind, [shown(value) for value in split(text)])
                       for (name, kind), text in zip(fields.items(), values, strict=True)})


def tshark_matches(path):
    matches = collections.defaultdict(set)
    for line in path.read_text().splitlines():
        frame, number = line.split()
        matches[frame].add(int(number))
    return matches


def tshark_command(capture, fields):
    command = ["tshark", "-n", "-r", str(capture), "-Y", "sip",
               "-X", f"lua_script:{HERE / 'plan_filters.lua'}",
               "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
               "-E", f"aggregator={BETWEEN}"]
    for flag, values in (("-e", fields), ("-o", tshark_oracle.PREFERENCES),
                         ("--enable-heuristic", tshark_oracle.HEURISTICS),
                         ("-d", tshark_oracle.TUNNELS)):
        for value in values:
            command += [flag, value]
    return command


def tshark_messages(capture, expressions, fields):
    """The messages that are alone in their frame, and how many frames have several."""
    names, alone, several = list(dict.fromkeys([*IDENTITY, *fields])), [], 0
    with Folder() as folder:
        env = dict(os.environ, PLAN_FILTERS=str(expressions), PLAN_MATCHES=str(folder / "matches"))
        lines = output_of(tshark_command(capture, names), env)
        matches = tshark_matches(folder / "matches")
    for line in lines:
        row = dict(zip(names, map(split, line.split("\t")), strict=True))
        start_lines = row["sip.Request-Line"] + row["sip.Status-Line"]
        if len(start_lines) != 1 or len(row["sip.Call-ID"]) > 1:
            several += len(start_lines) > 1
            continue
        layers = collections.Counter(row["frame.protocols"][0].split(":"))
        alone.append(Message(
            row["frame.time_epoch"][0], start_lines[0], "".join(row["sip.Call-ID"]),
            layers["ip"] + layers["ipv6"] > 1 or layers["vlan"] > 1 or layers["eth"] > 1,
            matches[row["frame.number"][0]],
            {name: of_kind(kind, row[name]) for name, kind in fields.items()}))
    return alone, several


def pairs(theirs, ours):
    """The same message in both; of messages that cannot be told apart, the first with the first."""
    waiting = collections.defaultdict(collections.deque)
    for message in ours:
        waiting[message[:3]].append(message)
    for message in theirs:
        if waiting[message[:3]]:
            yield message, waiting[message[:3]].popleft()


class Comparison:
    """What one capture has shown."""

    def __init__(self, capture, program, wanted, expressions, fields):
        self.name = capture.name
        self.messages = self.values = 0
        self.different = collections.defaultdict(list)  # by `what` of an exception
        self.held = set()
        lines = expressions.read_text().splitlines()
        ours = list(heptap_messages(program, capture, wanted, fields))
        if not ours:
            self.several = 0
            return
        theirs, self.several = tshark_messages(capture, expressions, fields)
        for tshark, heptap in pairs(theirs, ours):
            self.compare(tshark, heptap, lines)

    def compare(self, tshark, heptap, lines):
        self.messages += 1
        self.held |= heptap.matches
        for number in tshark.matches ^ heptap.matches:
            if not (tshark.is_tunnelled and OF_NETWORK.search(lines[number])):
                self.different[lines[number]].append(
                    (tshark.start_line, number in tshark.matches, number in heptap.matches))
        for name, values in tshark.values.items():
            self.values += len(values)
            is_comparable = not (tshark.is_tunnelled and OF_NETWORK.match(name))
            if is_comparable and values != heptap.values[name]:
                self.different[f"field {name}"].append(
                    (tshark.start_line, values, heptap.values[name]))


def faults_of(comparisons, exceptions):
    """What no exception is for, and exceptions that nothing is for."""
    needed = set()
    for comparison in comparisons:
        for what, examples in comparison.different.items():
            keys = {(comparison.name, what), (comparison.name, "*"), ("*", what)} & exceptions
            needed |= keys
            if not keys:
                line, theirs, ours = examples[0]
                yield (f"{comparison.name}: {what}: {len(examples)} messages, such as {line}:\n"
                       f"    tshark {theirs}\n    heptap {ours}")
    names = {comparison.name for comparison in comparisons} | {"*"}
    for capture, what in sorted(exceptions - needed):
        if capture in names:
            yield f"the exception is not needed: {capture}: {what}"


def main():
    need("tshark")
    program, expressions, table = sys.argv[2], *map(pathlib.Path, sys.argv[3:5])
    captures = [path for folder in (pathlib.Path(sys.argv[5]), GOLDEN)
                for path in sorted(folder.glob("*")) if path.name.endswith(SUFFIXES)]
    if not pathlib.Path(sys.argv[5]).is_dir():
        skip(f"there are no captures in {sys.argv[5]}")
    fields = fields_of(program)
    with Folder() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        made = folder / "made.pcap"
        plan_messages.write_capture(made)
        wanted = folder / "wanted"
        wanted.write_text(expressions.read_text() + "".join(f"field {name}\n" for name in fields))
        comparisons = list(pool.map(
            lambda path: Comparison(path, program, wanted, expressions, fields), [made, *captures]))
    exceptions = {(row["capture"], row["what"]) for row in rows_of(table)}
    faults = list(faults_of(comparisons, exceptions))
    if faults:
        sys.exit("\n".join(faults))
    count = len(expressions.read_text().splitlines())
    print(f"{sum(bool(each.messages) for each in comparisons)} captures with "
          f"{sum(each.messages for each in comparisons)} messages, and "
          f"{sum(each.several for each in comparisons)} frames with several, left out: {count} "
          f"expressions, {count - len(set().union(*(each.held for each in comparisons)))} of which "
          f"never hold; {len(fields)} fields, {sum(each.values for each in comparisons)} values; "
          f"{len(exceptions)} exceptions")


if __name__ == "__main__":
    main()
