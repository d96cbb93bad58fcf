#!/usr/bin/env python3
"""Which call RTCP belongs to when media move, pause, fork or begin early, in captures that this script
makes: correlation_test.py HEPTAP."""
import zlib

from common import Folder, dropped, equal
from rtcp_capture import Sip, audio, description, ends_of, replayed

A, A2, B, C = "192.0.2.10", "192.0.2.11", "198.51.100.20", "198.51.100.30"
PROXY = "203.0.113.1"
ALICE, BOB, CAROL, B2BUA = (A, 5060), (B, 5060), (C, 5060), (PROXY, 5060)
OFFER, ANSWER = description(A, audio(40000)), description(B, audio(50000))
BOTH_WAYS = ((A, 40001), (B, 50001)), ((B, 50001), (A, 40001))


class Case(Sip):
    """Calls, and RTCP of which the call is known."""

    def __init__(self):
        super().__init__()
        self.want = []

    def invite(self, call, offer, ends=(ALICE, BOB), number=1, **more):
        self.say(ends, "INVITE sip:bob@example.net SIP/2.0", call, f"{number} INVITE", body=offer,
                 **more)

    def answer(self, call, body="", status=200, ends=(BOB, ALICE), cseq="1 INVITE", tag="b", **more):
        self.say(ends, f"SIP/2.0 {status} Reason", call, cseq, tags=("a", tag), body=body, **more)

    def request(self, method, call, number, body="", ends=(ALICE, BOB), tags=("a", "b"), **more):
        self.say(ends, f"{method} sip:bob@example.net SIP/2.0", call, f"{number} {method}", tags=tags,
                 body=body, **more)

    def call(self, call, offer=OFFER, answer=ANSWER, ends=(ALICE, BOB)):
        self.invite(call, offer, ends)
        self.answer(call, answer, ends=ends[::-1])
        self.request("ACK", call, 1, ends=ends)

    def change(self, call, number, offer, answer=ANSWER):
        """A re-INVITE of the caller."""
        self.invite(call, offer, number=number, tags=("a", "b"))
        self.answer(call, answer, cseq=f"{number} INVITE")
        self.request("ACK", call, number)

    def report(self, call, *flows):
        """RTCP along each of these, all of the same call."""
        for source, destination in flows:
            self.rtcp(source, destination, zlib.crc32(f"{call} {source[0]}".encode()))
            self.want.append((source, destination, call))


def media_that_move(case):
    """The address of before is another call's, ten seconds later."""
    case.call("moved@a")
    case.report("moved@a", *BOTH_WAYS)
    case.change("moved@a", 2, description(A2, audio(41000), version=2))
    case.report("moved@a", ((A2, 41001), (B, 50001)), ((B, 50001), (A2, 41001)))
    case.wait(10)
    case.call("next@a", answer=description(C, audio(60000)), ends=(ALICE, CAROL))
    case.report("next@a", ((A, 40001), (C, 60001)), ((C, 60001), (A, 40001)))
    case.report("moved@a", ((A2, 41001), (B, 50001)))


def media_that_the_callee_moves(case):
    case.call("callee@a")
    case.request("INVITE", "callee@a", 7, description(B, audio(51000), version=2), ends=(BOB, ALICE),
                 tags=("b", "a"))
    case.say((ALICE, BOB), "SIP/2.0 200 OK", "callee@a", "7 INVITE", tags=("b", "a"), body=OFFER)
    case.report("callee@a", ((B, 51001), (A, 40001)), ((A, 40001), (B, 51001)))


def hold(case):
    """Reports go on while nobody speaks (RFC 3264 section 8.4), and when they speak again."""
    case.call("hold@a")
    case.report("hold@a", *BOTH_WAYS)
    for number, (ours, theirs) in enumerate([("sendonly", "recvonly"), ("inactive", "inactive")], 2):
        case.change("hold@a", number, description(A, audio(40000), f"a={ours}", version=number),
                    description(B, audio(50000), f"a={theirs}", version=number))
        case.wait(20)
        case.report("hold@a", *BOTH_WAYS)
    case.change("hold@a", 4, description(A, audio(40000), version=4))
    case.report("hold@a", *BOTH_WAYS)


def hold_in_the_old_way(case):
    """With 0.0.0.0, of which RTCP is the only thing that says where the phone is (RFC 2543)."""
    case.call("zero@a")
    case.change("zero@a", 2, description("0.0.0.0", audio(40000), version=2))
    case.wait(20)
    case.report("zero@a", *BOTH_WAYS)
    case.change("zero@a", 3, description(A, audio(40000), version=3))
    case.wait(20)
    case.report("zero@a", *BOTH_WAYS)


def direct_media(case):
    """Both legs of a B2BUA have the addresses of the phones: the younger one has the media, all of
    them."""
    case.invite("leg1@a", OFFER, (ALICE, B2BUA))
    case.invite("leg2@a", OFFER, (B2BUA, BOB))
    case.answer("leg2@a", ANSWER, ends=(BOB, B2BUA))
    case.answer("leg1@a", ANSWER, ends=(B2BUA, ALICE))
    for _ in range(3):
        case.report("leg2@a", *BOTH_WAYS)
        case.wait(5)


def relayed_media(case):
    """Each leg has an address of the B2BUA, and media of its own."""
    case.invite("inner1@a", OFFER, (ALICE, B2BUA))
    case.invite("inner2@a", description(PROXY, audio(30000)), (B2BUA, BOB))
    case.answer("inner2@a", ANSWER, ends=(BOB, B2BUA))
    case.answer("inner1@a", description(PROXY, audio(30002)), ends=(B2BUA, ALICE))
    case.report("inner1@a", ((A, 40001), (PROXY, 30003)), ((PROXY, 30003), (A, 40001)))
    case.report("inner2@a", ((PROXY, 30001), (B, 50001)), ((B, 50001), (PROXY, 30001)))


def early_media(case):
    """The announcement is not the phone's that answers."""
    case.invite("early@a", OFFER)
    case.answer("early@a", description(C, audio(60000)), 183, tag="c")
    case.report("early@a", ((C, 60001), (A, 40001)), ((A, 40001), (C, 60001)))
    case.answer("early@a", ANSWER)
    case.report("early@a", *BOTH_WAYS)


def early_media_that_stay(case):
    """The 200 says nothing new, and so has no SDP."""
    case.invite("stay@a", OFFER)
    case.answer("stay@a", ANSWER, 183)
    case.report("stay@a", *BOTH_WAYS)
    case.answer("stay@a")
    case.wait(20)
    case.report("stay@a", *BOTH_WAYS)


def forks(case):
    """Both answer; the caller takes the first and ends the other."""
    case.invite("fork@a", OFFER)
    case.answer("fork@a", ANSWER, tag="b")
    case.answer("fork@a", description(C, audio(60000)), ends=(CAROL, ALICE), tag="c")
    case.report("fork@a", *BOTH_WAYS, ((C, 60001), (A, 40001)), ((A, 40001), (C, 60001)))
    case.request("BYE", "fork@a", 2, ends=(ALICE, CAROL), tags=("a", "c"))
    case.say((CAROL, ALICE), "SIP/2.0 200 OK", "fork@a", "2 BYE", tags=("a", "c"))
    case.wait(60)
    case.report("fork@a", *BOTH_WAYS)


def offers_in_prack_and_update(case):
    """The INVITE has no offer: it comes with the 183, its answer with the PRACK."""
    case.invite("prack@a", "")
    case.answer("prack@a", ANSWER, 183, fields=("Require: 100rel", "RSeq: 1"))
    case.request("PRACK", "prack@a", 2, OFFER, fields=("RAck: 1 1 INVITE",))
    case.say((BOB, ALICE), "SIP/2.0 200 OK", "prack@a", "2 PRACK", tags=("a", "b"))
    case.report("prack@a", *BOTH_WAYS)
    case.request("UPDATE", "prack@a", 3, description(A2, audio(41000), version=2))
    case.say((BOB, ALICE), "SIP/2.0 200 OK", "prack@a", "3 UPDATE", tags=("a", "b"),
             body=description(B, audio(51000), version=2))
    case.answer("prack@a")
    case.report("prack@a", ((A2, 41001), (B, 51001)), ((B, 51001), (A2, 41001)))


def offer_in_the_answer(case):
    """The INVITE has none: the 200 offers, the ACK answers."""
    case.invite("late@a", "")
    case.answer("late@a", ANSWER)
    case.request("ACK", "late@a", 1, OFFER)
    case.report("late@a", *BOTH_WAYS)


def a_part_of_a_body(case):
    place = "<?xml version=\"1.0\"?><presence/>"
    body = "\r\n".join(["--x", "Content-Type: application/pidf+xml", "", place, "--x",
                        "Content-Type: application/sdp", "", OFFER, "--x--", ""])
    case.invite("part@a", body, kind="multipart/mixed;boundary=x")
    case.answer("part@a", ANSWER)
    case.report("part@a", *BOTH_WAYS)


CASES = [media_that_move, media_that_the_callee_moves, hold, hold_in_the_old_way, direct_media,
         relayed_media, early_media, early_media_that_stay, forks, offers_in_prack_and_update,
         offer_in_the_answer, a_part_of_a_body]


def main():
    with Folder() as folder:
        for make in CASES:
            case = Case()
            make(case)
            done = replayed(folder, make.__name__, case.packets)
            equal(f"{make.__name__}: reports and their calls",
                  [(*ends_of(frame), frame["correlation_id"]) for frame in done.reports()], case.want)
            equal(f"{make.__name__}: nothing is lost", dropped(done.ledger, "correlate"), {})


if __name__ == "__main__":
    main()
