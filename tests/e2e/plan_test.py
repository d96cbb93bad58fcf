#!/usr/bin/env python3
"""The capture plan: which message goes to whom, and what is hidden in it, in replays and with HEP as a
source: plan_test.py HEPTAP."""
import os
import re
import socket

import hep3
from common import (HEPTAP, RTCP, SIP, Folder, Process, contains, dropped, equal, eventually,
                    free_port, replay, skip)
from hep_sink import Sink
from rtcp_capture import Sip, audio, capture, description

from frames import ethernet  # of tests/golden, as rtcp_capture has it
from media import A, B, stream

ALICE, BOB, OTHER = ("192.0.2.10", 5060), ("203.0.113.1", 5060), ("192.0.2.77", 5060)
CALL_REPORT, RTP_REPORT = 100, 34
NAMES = ("a", "b", "c")
PASSWORD, KEY, DIGITS = "0a4f113bdeadbeef", "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", "314159265"
COMMON = """
rtcp: {send: true}
rtp: {statistics: true}
calls: {report: true}
plan:
"""


def call(sip, call_id, port, source=ALICE, media=True):
    """INVITE to BYE, with RTP and RTCP between."""
    ends, back = (source, BOB), (BOB, source)
    sip.say(ends, "INVITE sip:bob@example.net SIP/2.0", call_id, "1 INVITE",
            body=description(source[0], audio(port)))
    sip.say(back, "SIP/2.0 200 OK", call_id, "1 INVITE", tags=("a", "b"),
            body=description(BOB[0], audio(port + 2)))
    sip.say(ends, "ACK sip:bob@example.net SIP/2.0", call_id, "1 ACK", tags=("a", "b"))
    if media:
        sip.rtcp((source[0], port + 1), (BOB[0], port + 3))
        here, there = (source[0], port), (BOB[0], port + 2)
        for ends_of_stream, ssrc in (((here, there), A + port), ((there, here), B + port)):
            sip.packets += [(time, ethernet(packet)) for time, packet in
                            stream(*ends_of_stream, ssrc, sip.now_us * 1000)]
        sip.wait(10)
    sip.say(ends, "BYE sip:bob@example.net SIP/2.0", call_id, "2 BYE", tags=("a", "b"))
    sip.say(back, "SIP/2.0 200 OK", call_id, "2 BYE", tags=("a", "b"))


def call_id_of(frame):
    if frame.type != SIP:
        return frame.correlation_id
    return re.search(rb"^Call-ID: (.*)\r$", frame.payload, re.MULTILINE).group(1).decode()


class Planned:
    """A replay under a plan, and what each collector has of it."""

    def __init__(self, folder, sip, plan, flags=()):
        path, config = folder / "calls.pcap", folder / "heptap.yaml"
        path.write_bytes(capture(sip.packets))
        sinks = {name: Sink("tcp") for name in NAMES}
        config.write_text("node: {name: node}\ncollectors:\n" + "".join(
            f"  - {{name: {name}, url: \"{sink.url}\"}}\n" for name, sink in sinks.items()) +
            COMMON + plan)
        done = replay(path, "-c", config, *flags)
        self.frames = {name: sink.frames() for name, sink in sinks.items()}
        self.data = {name: sink.data for name, sink in sinks.items()}
        self.ledger, self.err = done.ledger, done.err
        stages = {row["name"]: row for row in self.ledger["stages"]}
        self.plan, self.encode = stages["plan"], stages["encode"]
        for row in self.ledger["collectors"]:
            frames = self.frames[row["name"]]
            equal(f"frames of {row['name']}", (row["sent"], row["lost"]), (len(frames), {}))
            equal(f"frames of {row['name']} and of others",
                  row["entered"] + row.get("elsewhere", 0), self.encode["left"])

    def calls(self, name, *kinds):
        """gives   how many frames of these types it has of each call"""
        found = {}
        for frame in self.frames[name]:
            if not kinds or frame.type in kinds:
                found[call_id_of(frame)] = found.get(call_id_of(frame), 0) + 1
        return found


def who_gets_what(folder):
    """send, drop, continue, unmatched, node_suffix, count and log."""
    sip = Sip()
    call(sip, "one", 20000)
    call(sip, "two", 21000, source=OTHER)
    sip.say((ALICE, BOB), "OPTIONS sip:bob@example.net SIP/2.0", "ping", "1 OPTIONS")
    plan = """
  unmatched: drop
  rules:
    - {name: pings, when: 'sip.Method == "OPTIONS"', drop: true, count: pings, log: true}
    - {name: copy, when: sip, send: [c], next: continue, node_suffix: "-all"}
    - {name: one, when: 'sip.Call-ID == "one"', send: [a], node_suffix: "-one"}
    - {name: rtcp, when: 'udp.port in {20001, 21001}', send: [b]}
"""
    got = Planned(folder, sip, plan)
    equal("SIP of the first call", got.calls("a", SIP), {"one": 5})
    equal("and nothing else", got.calls("a"), {"one": 5})
    equal("SIP of all", got.calls("c"), {"one": 5, "two": 5})
    equal("RTCP", {frame.type for frame in got.frames["b"]}, {RTCP})
    equal("nodes", {name: {frame.node_name for frame in got.frames[name]} for name in NAMES},
          {"a": {"node-one"}, "b": {"node"}, "c": {"node-all", "node-one"}})
    equal("dropped", (dropped(got.ledger, "plan")["dropped"]), 1)
    contains("reports are for no rule", dropped(got.ledger, "plan"), "unmatched")
    for line in (r"  pings +1 matched, 0 sent, 1 dropped\n", r"  copy +10 matched, 10 sent, 0 dr",
                 r"  one +5 matched, 5 sent, 0 dropped\n", r"  counter pings: 1\n",
                 r"pings: OPTIONS sip:bob@example.net SIP/2.0 from 192.0.2.10:5060 to .*ping"):
        equal(f"{line} in {got.err}", bool(re.search(line, got.err)), True)
    quiet = Planned(folder, sip, plan, ["--quiet"])
    equal("rules when it is to be quiet", "matched" in quiet.err, False)


def whole_calls(folder):
    """A call that is dropped takes its media and reports with it; a sample keeps calls whole."""
    sip = Sip()
    for number in range(16):
        call(sip, f"call{number}", 20000 + 10 * number, source=ALICE if number else OTHER)
    scope = '{{name: other, when: sip.Call-ID == "call0", drop: true, scope: {}}}'
    every = Planned(folder, sip, "  rules: [{name: none, when: tcp, drop: true}]\n")
    whole = every.calls("a")
    equal("every call has RTCP, reports of RTP and one of the call", all(
        set(every.calls("a", kind)) == set(whole) for kind in (SIP, RTCP, RTP_REPORT, CALL_REPORT)),
          True)
    got = Planned(folder, sip, "  rules: [" + scope.format("call") + "]\n")
    want = {call_id: count for call_id, count in whole.items() if call_id != "call0"}
    for name in NAMES:
        equal("what is there of calls that are not dropped", got.calls(name), want)
    got = Planned(folder, sip, "  rules: [" + scope.format("dialog") + "]\n")
    equal("SIP of the dialog", got.calls("a", SIP).get("call0", 0), 0)
    equal("reports of the dialog's call", "call0" in got.calls("a", RTP_REPORT), True)
    equal("RTCP of the dialog's call", "call0" in got.calls("a", RTCP), True)
    got = Planned(folder, sip, "  rules: [{name: s, sample: 1/4, send: [b]}]\n")
    kept = got.calls("b")
    equal("some calls are kept, not all", 0 < len(kept) < 16, True)
    equal("they are whole", kept, {call_id: whole[call_id] for call_id in kept})
    equal("nobody else", (got.frames["a"], got.frames["c"]), ([], []))
    others = got.plan["entered"] - sum(kept.values())
    equal("the others", dropped(got.ledger, "plan"), {"sampled": others})


def limits(folder):
    """Each address has its own."""
    sip = Sip()
    for number in range(5):
        for source in (ALICE, OTHER):
            sip.now_us -= 99_000
            sip.say((source, BOB), "OPTIONS sip:bob@example.net SIP/2.0", f"{source[0]}-{number}",
                    "1 OPTIONS")
    got = Planned(folder, sip, "  rules: [{name: flood, limit: 2, limit_by: ip.src, send: [a]}]\n")
    for source in (ALICE, OTHER):
        equal("of each address", sum(frame.source == source[0] for frame in got.frames["a"]), 2)
    equal("the others", dropped(got.ledger, "plan"), {"limited": 6})
    equal("by the rule", bool(re.search(r"flood +10 matched, 4 sent, 6 dropped   \(6 limited\)",
                                        got.err)), True)


def secret_message(sip, call_id="a secret call@192.0.2.10"):
    sip.say((ALICE, BOB), "INVITE sip:secretcallee@example.net SIP/2.0", call_id.replace(" ", "-"),
            "1 INVITE", fields=(
                'Authorization: Digest username="secretcaller", realm="r", nonce="n", '
                f'uri="sip:x", response="{PASSWORD}"',
                "P-Asserted-Identity: <sip:secretcaller@example.net>"),
            body=description(ALICE[0], audio(30000), extra=(
                f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}",)))
    sip.say((ALICE, BOB), "INFO sip:bob@example.net SIP/2.0", call_id.replace(" ", "-"), "2 INFO",
            body=f"Signal={DIGITS}\r\nDuration=160\r\n", kind="application/dtmf-relay")


SECRETS = ("secretcaller", "secretcallee", PASSWORD, KEY, "Signal=3")
MASK = "mask: {users: hash, credentials: true, keys: true, digits: true}"
MASK_RULES = """
  mask_key_file: %s
  rules:
    - {name: clear, send: [a], next: continue}
    - {name: masked, send: [b], %s}
"""


def mask_key(folder):
    path = folder / "key"
    path.write_text("0123456789abcdef0123456789abcdef\n")
    path.chmod(0o644)
    return path


def must_be_masked(clear, masked):
    """Frames of the same messages, and no secret in any byte of those that are masked."""
    equal("frames", len(masked), len(clear))
    for here, there in zip(clear, masked):
        equal("Call-ID", call_id_of(there), call_id_of(here))
        equal("correlation id", there.correlation_id, here.correlation_id)
        head, body = there.payload.split(b"\r\n\r\n", 1)
        equal("Content-Length", int(re.search(rb"Content-Length: (\d+)", head).group(1)), len(body))


def masks(folder):
    sip = Sip()
    secret_message(sip)
    got = Planned(folder, sip, MASK_RULES % (mask_key(folder), MASK))
    equal("for nobody else", got.frames["c"], [])
    must_be_masked([frame for frame in got.frames["a"] if frame.type == SIP],
                   [frame for frame in got.frames["b"] if frame.type == SIP])
    for secret in SECRETS:
        equal(f"{secret} is in the clear for one", secret.encode() in got.data["a"], True)
        equal(f"{secret} is hidden from the other", secret.encode() in got.data["b"], False)
    equal("copies", got.encode["joined"], got.plan["left"])


def relayed(folder):
    """Frames of others are routed, dropped and masked; what nobody can read is not sent where it is to
    be masked."""
    listen = f"tcp://127.0.0.1:{free_port(socket.SOCK_STREAM)}"
    sinks = {name: Sink("tcp") for name in NAMES}
    sip = Sip()
    secret_message(sip)
    sip.say((ALICE, BOB), "OPTIONS sip:bob@example.net SIP/2.0", "ping", "1 OPTIONS")
    path, config = folder / "sent.pcap", folder / "between.yaml"
    path.write_bytes(capture(sip.packets))
    rules = MASK_RULES % (mask_key(folder), MASK) + "  unmatched: drop\n"
    rules = rules.replace("  rules:\n", "  rules:\n"
                          "    - {name: pings, when: 'sip.Method == \"OPTIONS\"', drop: true}\n")
    config.write_text("collectors:\n" + "".join(
        f"  - {{name: {name}, url: \"{sink.url}\"}}\n" for name, sink in sinks.items()) +
        f"hep: [{{listen: \"{listen}\"}}]\nhttp: {{listen: \"off\"}}\nsecurity: {{user: nobody}}\n"
        "plan:\n" + rules)
    with Process(HEPTAP, "run", "-c", config) as agent:
        eventually("the source listens", lambda: "HEP is received" in agent.err or agent.ended())
        replay(path, "--to", listen, "--node-name", "sender")
        send_frame(listen, SIP, b"no SIP at all: secretcallee")
        send_frame(listen, CALL_REPORT, b"a log of secretcallee")
        send_frame(listen, CALL_REPORT, REPORT)
        eventually("all has come", lambda: all(
            len(hep3.split(sinks[name].data)[0]) >= count for name, count in (("a", 5), ("b", 3)))
            or agent.ended())
        agent.stop()
        said = agent.err
    frames = {name: sink.frames() for name, sink in sinks.items()}
    readable = [frame for frame in frames["a"] if b"Call-ID" in frame.payload]
    equal("in the clear, with what nobody can read", (len(readable), len(frames["a"])), (2, 5))
    must_be_masked(readable, [frame for frame in frames["b"] if frame.type == SIP])
    (report,) = [frame.payload for frame in frames["b"] if frame.type == CALL_REPORT]
    equal("the report of a call", (len(report), report[:28]), (len(REPORT), REPORT[:28]))
    equal("for nobody else", frames["c"], [])
    for secret in SECRETS:
        equal(f"{secret} is in the clear for one", secret.encode() in sinks["a"].data, True)
        equal(f"{secret} is hidden from the other", secret.encode() in sinks["b"].data, False)
    contains("the ledger of run", said, "\n  adds up\n")
    contains("the ledger of run", said, "6 (6 of sources) = 5 left + 1 dropped")
    contains("the ledger of run", said, "2 unmaskable")


# As another heptap would send it.
REPORT = (b'{"call_id":"one@192.0.2.10","from":"secretcaller@example.net","to":"secretcallee@example.net",'
          b'"source":"192.0.2.10:5060","destination":"203.0.113.1:5060","opened_by":"INVITE"}')


def send_frame(listen, kind_of_payload, payload):
    def chunk(kind, value):
        return b"\0\0" + kind.to_bytes(2, "big") + (6 + len(value)).to_bytes(2, "big") + value
    body = b"".join((chunk(1, b"\2"), chunk(2, b"\x11"), chunk(3, bytes([192, 0, 2, 10])),
                     chunk(4, bytes([203, 0, 113, 1])), chunk(7, b"\x13\xc4"), chunk(8, b"\x13\xc4"),
                     chunk(9, (1_700_000_000).to_bytes(4, "big")), chunk(10, bytes(4)),
                     chunk(11, bytes([kind_of_payload])), chunk(12, bytes(4)),
                     chunk(15, payload)))
    port = int(listen.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"HEP3" + (6 + len(body)).to_bytes(2, "big") + body)


def main():
    with Folder() as folder:
        os.chmod(folder.name, 0o755)
        who_gets_what(folder)
        whole_calls(folder)
        limits(folder)
        masks(folder)
        if os.geteuid() != 0:
            skip("heptap run needs CAP_NET_RAW")
        relayed(folder)


if __name__ == "__main__":
    main()
