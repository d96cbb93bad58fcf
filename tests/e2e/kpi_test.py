#!/usr/bin/env python3
"""The reference's SIP scenarios, as captures, have the reference's KPIs.
usage: kpi_test.py HEPTAP VECTORS"""
import json
import pathlib
import sys

from common import Folder, contains, equal, replay

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
from frames import ethernet, pcap, udp  # noqa: E402

START_NS = 1_700_000_000 * 10**9
APART_NS = 100 * 10**9  # longer than any scenario, and what is waited for behind it
CALLER, CALLEE = "192.0.2.10", "198.51.100.20"
# Where the reference says that a scenario goes on for longer than its messages.
ENDS_MS = {"K06": 32_000, "K12": 42_250}
# The reference's words for ours.
WORDS = {"invites": "requests", "attempts": "requests", "n200": "answered", "answered": "answered",
         "n3xx": "redirected", "user": "user", "auth": "challenged", "isa": "ineffective",
         "timeout": "timed_out", "SER": "ser", "SEER": "seer", "ISA": "isa", "SCR": "scr",
         "ASR": "asr", "ISA_with_timeout": "isa_with_timeout"}


def message(method, status, number, branch, call_id, from_tag, to_tag):
    first = f"SIP/2.0 {status} Reason" if status else f"{method} sip:bob@example.net SIP/2.0"
    tag = f";tag={to_tag}" if to_tag else ""
    return "\r\n".join([
        first, f"Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK{branch}",
        f"From: <sip:alice@example.net>;tag={from_tag}", f"To: <sip:bob@example.net>{tag}",
        f"Call-ID: {call_id}", f"CSeq: {number} {method}", "Content-Length: 0", "", ""]).encode()


def packet(ms, from_caller, text, start_ns, caller):
    ends = (caller, 5060), (CALLEE, 5060)
    source, destination = ends if from_caller else ends[::-1]
    return start_ns + ms * 10**6, ethernet(udp(source, destination, text))


def scenario(name, events, start_ns=START_NS, caller=CALLER):
    for ms, side, _, status, method, number, branch, call, from_tag, to_tag in events:
        text = message(method, status, number, branch, f"{name}-{call}", from_tag, to_tag)
        yield packet(ms, side == "A", text, start_ns, caller)


def clock(ms, start_ns=START_NS):
    """A message of another call: time goes on."""
    text = message("OPTIONS", None, 1, "clock", "clock", "c", "")
    return packet(ms, True, text, start_ns, CALLER)


def kpis(folder, packets, *flags):
    path = folder / "calls.pcap"
    path.write_bytes(pcap(packets))
    done = replay(path, "--json", "--quiet", *flags)
    return json.loads(done.out)["kpi"]


def close(what, got, want):
    if want is None or got is None:
        return equal(what, got, want)
    if abs(got - want) > 0.0005:
        sys.exit(f"{what}: {got}, not {want}")


def agree(what, got, want):
    for mode in ("strict", "collapsed"):
        for word, number in want[mode].items():
            close(f"{what}, {mode} {word}", got["sessions"][mode][WORDS[word]], number)


def times_of(name, got, call):
    """Of one scenario: at most one of each."""
    mean = {key: series["mean_ms"] for key, series in got["times"].items()}
    kinds = {"success": "", "failed": "_failed"}
    for key, time in (("srd", "srd_ms"), ("sdt", "sdt_sig_ms")):
        kind = call.get(key + "_kind")
        is_cancelled = kind == "failed" and key == "srd" and call["outcome"] == 487
        if kind:
            close(f"{name} {key}", mean[key + ("_cancelled" if is_cancelled else kinds[kind])],
                  call[time])
    for key in ("sdr", "snt", "pdd"):
        close(f"{name} {key}", mean[key], call.get(key + "_ms"))
    if not call.get("extra_dialogs"):
        close(f"{name} sdd", mean["sdd"], call.get("sdd_ms"))


def one_by_one(folder, vectors):
    for name, events in scenarios(vectors):
        packets = list(scenario(name, events))
        if name in ENDS_MS:
            packets.append(clock(ENDS_MS[name]))
        got = kpis(folder, packets)["total"]
        want = vectors["expect"][name]
        agree(name, got, want)
        times_of(name, got, want["calls"]["c1"])
        again = sum(transaction["retr"] for transaction in want["tx"])
        equal(f"{name} retransmissions",
              sum(method["retransmissions"] for method in got["methods"].values()), again)


def scenarios(vectors):
    return [(name, scene["events"]) for name, scene in sorted(vectors["scen"].items())]


def in_a_row(vectors, callers=(CALLER,)):
    """One after the other: what ends by a timer ends while others have their messages."""
    packets = []
    for i, (name, events) in enumerate(scenarios(vectors)):
        packets += scenario(name, events, START_NS + i * APART_NS, callers[i % len(callers)])
    return packets + [clock(0, START_NS + len(vectors["scen"]) * APART_NS)]


def all_together(folder, vectors):
    got = kpis(folder, in_a_row(vectors))
    equal("one carrier", "carriers" in got, False)
    agree("all", got["total"], vectors["all"])
    sessions = got["total"]["sessions"]
    close("NER", sessions["collapsed"]["ner"], 81.818)
    equal("completed", sessions["strict"]["completed"], 6)
    equal("ACD of", got["total"]["times"]["acd"]["count"], 7)
    equal("BYEs without response", got["total"]["events"]["bye_timeout"], 1)


def by_carrier(folder, vectors):
    """Each by the prefix that holds it best; together they are the whole."""
    config = folder / "heptap.yaml"
    config.write_text("kpi:\n  carriers:\n"
                      "    - {name: wide, prefixes: 10.0.0.0/8}\n"
                      "    - {name: narrow, prefixes: [10.1.0.0/16, \"2001:db8::/32\"]}\n")
    got = kpis(folder, in_a_row(vectors, ("10.9.0.1", "10.1.0.1", CALLER)), "-c", config)
    agree("all carriers", got["total"], vectors["all"])
    rows = {row["carrier"]: row["sessions"] for row in got["carriers"]}
    names = [name for name, _ in scenarios(vectors)]
    for i, carrier in enumerate(("wide", "narrow", "default")):
        want = sum(vectors["expect"][name]["strict"]["invites"] for name in names[i::3])
        equal(f"INVITEs of {carrier}", rows[carrier]["strict"]["requests"], want)


def registrations(folder):
    def flow(name, start_ns, *steps):
        for ms, number, status in steps:
            text = message("REGISTER", status, number, f"{name}{number}", name, "a",
                           "r" if status else "")
            yield packet(ms, not status, text, start_ns, CALLER)
    again = [(ms, 1, None) for ms in (0, 500, 1500, 3500, *range(7500, 31_501, 4000))]
    flows = {"RG1": [(0, 1, None), (25, 1, 401), (40, 2, None), (70, 2, 200)],
             "RG2": [(0, 1, None), (20, 1, 401), (35, 2, None), (60, 2, 403)],
             "RG3": again, "RG4": [(0, 1, None), (15, 1, 503)],
             "RG5": [(0, 1, None), (12, 1, 200)]}
    packets = []
    for i, (name, steps) in enumerate(flows.items()):
        packets += flow(name, START_NS + i * APART_NS, *steps)
    got = kpis(folder, packets)["total"]
    equal("registrations", got["registers"]["collapsed"]["requests"], 5)
    close("IRA", got["registers"]["collapsed"]["ira"], 60)
    close("strict IRA", got["registers"]["strict"]["ira"], 42.857)
    rrd = got["times"]["rrd"]
    equal("RRD", (rrd["count"], rrd["min_ms"], rrd["mean_ms"], rrd["max_ms"]), (2, 12, 41, 70))
    equal("REGISTERs that came again", got["methods"]["REGISTER"]["retransmissions"], 10)


def post_dial_delay(folder, vectors):
    """K02 has a 183 without SDP, then a 180."""
    config = folder / "pdd.yaml"
    packets = list(scenario("K02", vectors["scen"]["K02"]["events"]))
    for mode, want in (("any", 200), ("ringing", 400), ("early_media", 400)):
        config.write_text(f"kpi: {{post_dial_delay: {mode}}}\n")
        close(f"PDD, {mode}", kpis(folder, packets, "-c", config)["total"]["times"]["pdd"]["mean_ms"],
              want)


def as_text(folder, vectors):
    path = folder / "text.pcap"
    path.write_bytes(pcap(in_a_row(vectors)))
    lines = [line.split() for line in replay(path, "--quiet").out.splitlines()]
    contains("the ratios in text", lines,
             "all, strict 13 7 58.333 66.667 7.692 46.154 53.846 69.231".split())
    contains("the ratios in text", lines,
             "all, collapsed 11 7 63.636 72.727 9.091 54.545 63.636 81.818".split())


def limits(folder, vectors):
    """More calls than are followed: the oldest make room, and are told of."""
    config = folder / "small.yaml"
    config.write_text("kpi: {max_calls: 1024}\n")
    packets = []
    for i in range(3000):
        packets += scenario(f"K01-{i}", vectors["scen"]["K01"]["events"][:1], START_NS + i * 1000)
    got = kpis(folder, packets, "-c", config)["total"]["sessions"]["collapsed"]
    equal("attempts without end", (got["requests"], got["unfinished"]), (0, 3000))


def main():
    vectors = json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
    with Folder() as folder:
        one_by_one(folder, vectors)
        all_together(folder, vectors)
        by_carrier(folder, vectors)
        registrations(folder)
        post_dial_delay(folder, vectors)
        as_text(folder, vectors)
        limits(folder, vectors)


if __name__ == "__main__":
    main()
