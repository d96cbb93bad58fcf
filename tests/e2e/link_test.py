#!/usr/bin/env python3
"""The correlation id of calls that go through a B2BUA, whose legs a header links: link_test.py HEPTAP."""
from common import RTCP, SIP, Folder, equal
from rtcp_capture import Sip, audio, description, replayed

A, B, PROXY = "192.0.2.10", "198.51.100.20", "203.0.113.1"
ALICE, BOB, B2BUA = (A, 5060), (B, 5060), (PROXY, 5060)
ICID = "P-Charging-Vector: icid-value={};icid-generated-at=192.0.2.1;orig-ioi=example.net"


def leg(sip, call, ends, media, fields=()):
    """All that one leg has; only its INVITE has the header. media: of both ends, (host, port)."""
    caller, callee = media
    back = ends[::-1]
    bodies = [description(host, audio(port)) for host, port in media]
    sip.say(ends, "INVITE sip:bob@example.net SIP/2.0", call, "1 INVITE", fields=fields, body=bodies[0])
    sip.say(back, "SIP/2.0 100 Trying", call, "1 INVITE")
    sip.say(back, "SIP/2.0 180 Ringing", call, "1 INVITE", ("a", "b"))
    sip.say(back, "SIP/2.0 200 OK", call, "1 INVITE", ("a", "b"), body=bodies[1])
    sip.say(ends, "ACK sip:bob@example.net SIP/2.0", call, "1 ACK", ("a", "b"))
    sip.rtcp((caller[0], caller[1] + 1), (callee[0], callee[1] + 1), ssrc=1)
    sip.rtcp((callee[0], callee[1] + 1), (caller[0], caller[1] + 1), ssrc=2)
    sip.say(back, "INFO sip:alice@example.net SIP/2.0", call, "1 INFO", ("b", "a"))
    sip.say(ends, "SIP/2.0 200 OK", call, "1 INFO", ("b", "a"))
    sip.say(back, "BYE sip:alice@example.net SIP/2.0", call, "2 BYE", ("b", "a"))
    sip.say(ends, "SIP/2.0 200 OK", call, "2 BYE", ("b", "a"))
    sip.rtcp((caller[0], caller[1] + 1), (callee[0], callee[1] + 1), ssrc=1)  # comes late


def legs(of_first=(), of_second=()):
    sip = Sip()
    leg(sip, "leg1@a", (ALICE, B2BUA), ((A, 40000), (PROXY, 30002)), of_first)
    leg(sip, "leg2@a", (B2BUA, BOB), ((PROXY, 30000), (B, 50000)), of_second)
    return sip.packets


def ids(done):
    """Of the frames of each leg, by type: (leg, type) -> all that there are."""
    found = {}
    for frame in done.frames:
        number = "leg1" if A in (frame["src"], frame["dst"]) else "leg2"
        found.setdefault((number, frame["type"]), []).append(frame.get("correlation_id", ""))
    return {key: sorted(set(values)) for key, values in found.items()}


def want(sip1, rtcp1, sip2, rtcp2):
    return {("leg1", SIP): [sip1], ("leg1", RTCP): [rtcp1], ("leg2", SIP): [sip2],
            ("leg2", RTCP): [rtcp2]}


CASES = [
    ("off", "", (), ("X-CID: leg1@a",), want("", "leg1@a", "", "leg2@a")),
    ("of the first leg", "link: X-CID\n", (), ("X-CID: leg1@a",),
     want("", "leg1@a", "leg1@a", "leg1@a")),
    ("any case of the name", "link: x-cid\n", (), ("X-Cid: leg1@a",),
     want("", "leg1@a", "leg1@a", "leg1@a")),
    ("a parameter", "link: [X-CID, P-Charging-Vector:icid-value]\n", (ICID.format("77-ab"),),
     (ICID.format('"77-ab"'),), want("77-ab", "77-ab", "77-ab", "77-ab")),
    ("the first of the list", "link: [X-CID, P-Charging-Vector:icid-value]\n", (ICID.format("77"),),
     (ICID.format("77"), "X-CID: leg1@a"), want("77", "77", "leg1@a", "leg1@a")),
    ("nothing there", "link: X-CID\n", (), ("X-CID:",), want("", "leg1@a", "", "leg2@a")),
    ("hostile", "link: X-CID\n", ('X-CID: a"b\\c\x01d',), ("X-CID: " + "x" * 9000,),
     want("abcd", "abcd", "x" * 255, "x" * 255)),
]


def without_rtcp(folder):
    """Links need no RTCP; it is dropped as ever."""
    done = replayed(folder, "alone", legs((), ("X-CID: leg1@a",)),
                    "rtcp: {send: false}\nlink: X-CID\n")
    equal("alone", ids(done), {("leg1", SIP): [""], ("leg2", SIP): ["leg1@a"]})


def main():
    with Folder() as folder:
        for name, config, of_first, of_second, expected in CASES:
            done = replayed(folder, "legs", legs(of_first, of_second), config)
            equal(f"{name}: frames", len(done.frames), 24)
            equal(f"{name}: correlation ids", ids(done), expected)
        without_rtcp(folder)


if __name__ == "__main__":
    main()
