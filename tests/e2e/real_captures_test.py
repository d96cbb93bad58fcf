#!/usr/bin/env python3
"""Real captures against the ground truth beside them: real_captures_test.py HEPTAP CAPTURES.

Every SIP message that truth/FILE.sip.tsv lists must arrive, whatever carried it: time, addresses,
ports and all its bytes, and none that it does not list. Where we differ, FILE stands in
real_captures_exceptions.tsv with the numbers of missing and surplus frames and the reason; a row
that is not right any more fails too. From the payload follow Call-ID, method and status; that the
numbers of messages and of each method and status are those of INVENTORY.tsv is checked where no
exception stands.
"""
import collections
import hashlib
import pathlib
import sys

from common import Collector, equal, replay, rows_of, skip

HERE = pathlib.Path(__file__).parent


def expected(truth):
    """(time to the microsecond, addresses and ports, digest) of each message.

    A row is a packet: the datagram, or the segment that completes the message. No segment of these
    captures completes two. A row without a message is what has only the port of SIP.
    """
    if not truth.is_file():  # no SIP in it
        return collections.Counter()
    rows = [row for row in rows_of(truth) if row["n_msgs"] != "0"]
    equal(f"{truth.name}: messages in a packet", {row["n_msgs"] for row in rows} - {"1"}, set())
    return collections.Counter(
        (row["time_epoch"][:-3], row["src"], int(row["sport"]), row["dst"], int(row["dport"]),
         row["payload_sha256"]) for row in rows)


def found(messages):
    return collections.Counter(
        (m.time, m.source, m.source_port, m.destination, m.destination_port,
         hashlib.sha256(m.payload).hexdigest()) for m in messages)


def replayed(path):
    with Collector() as collector:
        replay(path, "--to", collector.url, "--quiet")
        collector.stop()
        return collector.messages()


def start_words(messages):
    """"INVITE:3,ACK:3" and "200:3,404:1" as INVENTORY.tsv writes them, as counters."""
    methods, statuses = collections.Counter(), collections.Counter()
    for message in messages:
        words = message.payload.lstrip(b"\r\n").split(None, 2)
        if words[0].upper() == b"SIP/2.0":
            statuses[words[1].decode()] += 1
        else:
            methods[words[0].decode()] += 1
    return methods, statuses


def counted(text):
    pairs = (pair.rsplit(":", 1) for pair in text.split(",") if pair)
    return collections.Counter({word: int(count) for word, count in pairs})


def check(path, row, exception):
    messages = replayed(path)
    want, got = expected(path.parent / "truth" / f"{path.name}.sip.tsv"), found(messages)
    missing, surplus = (want - got).total(), (got - want).total()
    if (missing, surplus) != exception:
        return (f"{path.name}: {missing} missing, {surplus} too much; {exception} listed, e.g. "
                f"{list((want - got))[:1]} {list((got - want))[:1]}")
    if (missing, surplus) == (0, 0):
        equal(f"{path.name}: methods and status codes", start_words(messages),
              (counted(row["methods"]), counted(row["status_codes"])))
    return ""


def main():
    captures = pathlib.Path(sys.argv[2])
    if not (captures / "INVENTORY.tsv").is_file():
        skip(f"all real captures: none in {captures}")
    exceptions = {row["file"]: (int(row["missing"]), int(row["surplus"]))
                  for row in rows_of(HERE / "real_captures_exceptions.tsv")}
    listed = rows_of(captures / "INVENTORY.tsv")
    rows = [row for row in listed if (captures / row["file"]).is_file()]
    equal("exceptions for captures that nobody lists",
          exceptions.keys() - {row["file"] for row in listed}, set())
    faults = [check(captures / row["file"], row, exceptions.get(row["file"], (0, 0)))
              for row in rows]
    faults = [fault for fault in faults if fault]
    if faults:
        sys.exit("\n".join(faults))
    messages = sum(int(row["sip_msgs"]) for row in rows)
    print(f"{len(rows)} captures, {messages} SIP messages, "
          f"{len(listed) - len(rows)} captures skipped: not there")


if __name__ == "__main__":
    main()
