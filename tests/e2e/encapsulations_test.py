#!/usr/bin/env python3
"""Whatever a mirror port wraps SIP in, it comes out whole, once, in order, with the time of the
packet that completed it and the innermost addresses: encapsulations_test.py HEPTAP [NAME...].

What must come out is what the captures' generators say; tests/golden/tshark_test.py holds them
against tshark. NAMEs, such as gre, choose captures; all faults are told, not only the first.
"""
import sys

from common import GOLDEN, Collector, Message, replay

sys.path.insert(0, str(GOLDEN))
import make_captures  # noqa: E402
import noise  # noqa: E402

# Lines of the ledger: {capture: {(stage, reason): count}}.
LEDGER = {
    "mirror-copies.pcap": {("duplicates", "mirror_copy"): 4, ("duplicates", "retransmissions"): 3},
    "tcp-lost.pcap": {("tcp", "gaps"): 5},
    "noise.pcap": {("classify", kind): len(payloads) for kind, payloads in noise.OVER_UDP.items()
                   if kind != "rtcp"}
    | {("correlate", "rtcp_unknown_address"): len(noise.OVER_UDP["rtcp"])}
    | {("tcp", f"{kind}_streams"): len(payloads) for kind, payloads in noise.OVER_TCP.items()},
}
# Behind a lost segment a message waits until it is sure that the segment will not come: others
# overtake it. None is late by its own time.
OVERTAKEN = {"tcp-lost.pcap"}


def as_message(expected):
    time_us, (source, source_port), (destination, destination_port), text = expected
    return Message(f"{time_us // 10**6}.{time_us % 10**6:06}", source, source_port, destination,
                   destination_port, text)


def microseconds(message):
    return int(message.time.replace(".", ""))


def first_difference(got, want):
    """gives   nothing, or the first message that is not the one that must come"""
    for number, (one, other) in enumerate(zip(got, want)):
        if one != other:
            return f"message {number}\n   got: {one!r}\n  want: {other!r}"
    if len(got) < len(want):
        return f"nothing comes after {len(got)} messages\n  want: {want[len(got)]!r}"
    return f"too much\n   got: {got[len(want)]!r}" if len(got) > len(want) else ""


def increasing(messages):
    times = [microseconds(message) for message in messages]
    return all(before < after for before, after in zip(times, times[1:]))


def line_of(ledger, stage, reason):
    """gives   how often the stage dropped, absorbed or noted something for this reason"""
    rows = [row for group in ("stages", "streams") for row in ledger.get(group, [])
            if row["name"] == stage]
    return sum(place.get(reason, 0) for row in rows
               for place in (row, row.get("dropped", {}), row.get("absorbed", {})))


def wrong_lines(name, ledger):
    got = {key: line_of(ledger, *key) for key in LEDGER.get(name, {})}
    return {key: f"{count}, not {LEDGER[name][key]}" for key, count in got.items()
            if count != LEDGER[name][key]}


def check(name, expected):
    """gives   what is wrong, or nothing"""
    want = [as_message(message) for message in expected]
    with Collector() as collector:
        ledger = replay(GOLDEN / name, "--to", collector.url, "--quiet").ledger
        collector.stop()
        got = collector.messages()
    if name in OVERTAKEN:
        got.sort(key=microseconds)
    difference = first_difference(got, want)
    if difference:
        return f"{name}: {len(got)} of {len(want)} messages; {difference}"
    if not increasing(got):
        return f"{name}: two messages with one time, or in the wrong order"
    wrong = wrong_lines(name, ledger)
    return f"{name}: the ledger has {wrong}" if wrong else ""


def main():
    chosen = [f"{name}.pcap" for name in sys.argv[2:]]
    captures = make_captures.wrapped_calls()
    assert len(captures) >= 26 and set(chosen) <= set(captures)
    faults = [check(name, expected) for name, (_, expected) in captures.items()
              if not chosen or name in chosen]
    faults = [fault for fault in faults if fault]
    if faults:
        sys.exit("\n".join([*faults, f"{len(faults)} captures are wrong"]))


if __name__ == "__main__":
    main()
