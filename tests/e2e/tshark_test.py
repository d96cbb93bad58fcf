#!/usr/bin/env python3
"""Every capture as tshark reads it and as heptap does: tshark_test.py HEPTAP CAPTURES.

Compared are the SIP messages by transport, method or status, and Call-ID, and the RTCP packets by
type. The golden captures come too: no capture of others has WebSocket or SCTP. What only one of the
two finds stands in tshark_exceptions.tsv, with its numbers and the reason; `what` may end in *. A
row that is not right any more fails, too.
"""
import collections
import pathlib
import re
import sys

import tshark_oracle
from common import GOLDEN, Collector, equal, need, replay, rows_of

HERE = pathlib.Path(__file__).parent
SUFFIXES = (".pcap", ".pcapng", ".cap", ".pcap.gz", ".pcapng.gz")
TYPE_SIP = 1
TRANSPORTS = {17: "udp", 6: "tcp", 132: "sctp"}


def header(head, names):
    """The value of the first such header field, folded lines and all."""
    match = re.search(rf"^(?:{names})[ \t]*:((?:.|\n[ \t])*)", head, re.IGNORECASE | re.MULTILINE)
    return " ".join(match.group(1).split()) if match else ""


def sip_key(frame):
    """The message as tshark_oracle.sip_keys() names it."""
    payload = bytes.fromhex(frame["payload_hex"]) if "payload_hex" in frame \
        else frame["payload"].encode()
    head = payload.decode(errors="replace").lstrip("\r\n").split("\r\n\r\n", 1)[0]
    start, status = head.split(None, 2)[:2]
    if start.upper() == "SIP/2.0":
        start = status + "/" + header(head, "CSeq").split(" ")[-1]
    return f"{TRANSPORTS[frame['ip_protocol']]} {start} {header(head, 'Call-ID|i')}"


def rtcp_counts(ledger):
    stage = next(stage for stage in ledger["stages"] if stage["name"] == "classify")
    return {f"rtcp {name}": stage.get(f"rtcp_{name}", 0)
            for name in tshark_oracle.RTCP_TYPES.values()}


def found(path):
    with Collector() as collector:
        ledger = replay(path, "--to", collector.url, "--quiet").ledger
        collector.stop()
        messages = [frame for frame in collector.lines() if frame["type"] == TYPE_SIP]
    return collections.Counter(map(sip_key, messages)) + collections.Counter(rtcp_counts(ledger))


def take(counts, what):
    """Removes what an exception is about, and gives how many that were."""
    keys = [key for key in counts
            if key == what or what.endswith("*") and key.startswith(what[:-1])]
    return sum(counts.pop(key) for key in keys)


def compare(name, theirs, ours, exceptions):
    """A line for each difference that is not listed, and for each row that is not right."""
    missing, surplus, faults = theirs - ours, ours - theirs, []
    for row in exceptions:
        got = (take(missing, row["what"]), take(surplus, row["what"]))
        if got != (int(row["only_tshark"]), int(row["only_heptap"])) or got == (0, 0):
            faults.append(f"{name}: {row['what']}: only tshark {got[0]}, only heptap {got[1]}; "
                          f"{row['only_tshark']} and {row['only_heptap']} listed")
    for who, counts in (("tshark", missing), ("heptap", surplus)):
        faults += [f"{name}: {key}: only {who}, {count} times" for key, count in counts.items()]
    return faults


def sip_count(counts):
    return sum(count for key, count in counts.items() if not key.startswith("rtcp "))


def check_oracle(inventory, found_by_tshark, exceptions):
    """An oracle gone blind would agree with anything: it must find what INVENTORY.tsv lists."""
    if not inventory.is_file():
        print(f"the golden captures only: there is no {inventory}")
        return
    listed = {row["file"]: int(row["sip_msgs"]) for row in rows_of(inventory)}
    there = listed.keys() & found_by_tshark.keys()
    equal("messages that tshark finds", {name: sip_count(found_by_tshark[name]) for name in there},
          {name: listed[name] for name in there})
    equal("exceptions for captures that nobody lists",
          {row["file"] for row in exceptions} - listed.keys() - found_by_tshark.keys(), set())


def main():
    need("tshark")
    captures = pathlib.Path(sys.argv[2])
    paths = {path.name: path for folder in (GOLDEN, captures) for path in sorted(folder.rglob("*"))
             if path.name.endswith(SUFFIXES)}
    exceptions, found_by_tshark, faults = rows_of(HERE / "tshark_exceptions.tsv"), {}, []
    for name, path in paths.items():
        found_by_tshark[name] = tshark_oracle.found(path)
        faults += compare(name, found_by_tshark[name], found(path),
                          [row for row in exceptions if row["file"] == name])
    check_oracle(captures / "INVENTORY.tsv", found_by_tshark, exceptions)
    if faults:
        sys.exit("\n".join(faults))
    every = sum(found_by_tshark.values(), collections.Counter())
    print(f"{len(paths)} captures, in which tshark finds {sip_count(every)} SIP messages and "
          f"{every.total() - sip_count(every)} RTCP packets; {len(exceptions)} exceptions")


if __name__ == "__main__":
    main()
