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


def offers_that_are_refused(case):
    """Both ends want to move at once, and then one alone: nobody does (RFC 3261 section 14.1)."""
    case.call("refused@a")
    moved = description(A2, audio(41000), version=2)
    case.invite("refused@a", moved, number=2, tags=("a", "b"))
    case.request("INVITE", "refused@a", 7, description(B, audio(51000), version=2), ends=(BOB, ALICE),
                 tags=("b", "a"))
    case.answer("refused@a", status=491, cseq="2 INVITE")
    case.say((ALICE, BOB), "SIP/2.0 491 Request Pending", "refused@a", "7 INVITE", tags=("b", "a"))
    case.request("UPDATE", "refused@a", 3, moved)
    case.answer("refused@a", status=488, cseq="3 UPDATE")
    case.wait(20)
    case.call("other@a", description(A2, audio(41000)), description(C, audio(60000)), (ALICE, CAROL))
    case.report("other@a", ((C, 60001), (A2, 41001)), ((A2, 41001), (C, 60001)))
    case.report("refused@a", *BOTH_WAYS)


def media_that_go_away_and_come_back(case):
    """The port is 0 in between (RFC 3264 section 8.2), and another one afterwards."""
    case.call("gone@a")
    case.change("gone@a", 2, description(A, audio(0), version=2), description(B, audio(0), version=2))
    case.wait(20)
    case.change("gone@a", 3, description(A, audio(42000), version=3),
                description(B, audio(52000), version=3))
    case.report("gone@a", ((A, 42001), (B, 52001)), ((B, 52001), (A, 42001)))


def early_media_of_another_port(case):
    """The 200 has another description than the 183 of the same phone: what it should not have."""
    case.invite("port@a", OFFER)
    case.answer("port@a", ANSWER, 183)
    case.report("port@a", *BOTH_WAYS)
    case.answer("port@a", description(B, audio(51000), version=2))
    case.wait(20)
    case.report("port@a", ((B, 51001), (A, 40001)), ((A, 40001), (B, 51001)))


def third_party_call_control(case):
    """Who controls takes the offer of one call to the other (RFC 3725 section 4.1)."""
    case.invite("flow1@a", "", (B2BUA, ALICE))
    case.answer("flow1@a", OFFER, ends=(ALICE, B2BUA))
    case.invite("flow2@a", OFFER, (B2BUA, BOB))
    case.answer("flow2@a", ANSWER, ends=(BOB, B2BUA))
    case.request("ACK", "flow2@a", 1, ends=(B2BUA, BOB))
    case.request("ACK", "flow1@a", 1, ANSWER, ends=(B2BUA, ALICE))
    case.report("flow2@a", *BOTH_WAYS)


def ports_that_the_next_call_has_again(case):
    """While late reports of the call before are still its own."""
    case.call("before@a")
    case.report("before@a", *BOTH_WAYS)
    case.request("BYE", "before@a", 2)
    case.answer("before@a", cseq="2 BYE")
    case.report("before@a", *BOTH_WAYS)
    case.call("after@a")
    case.report("after@a", *BOTH_WAYS)


def a_part_of_a_body(case):
    place = "<?xml version=\"1.0\"?><presence/>"
    body = "\r\n".join(["--x", "Content-Type: application/pidf+xml", "", place, "--x",
                        "Content-Type: application/sdp", "", OFFER, "--x--", ""])
    case.invite("part@a", body, kind="multipart/mixed;boundary=x")
    case.answer("part@a", ANSWER)
    case.report("part@a", *BOTH_WAYS)


CASES = [media_that_move, media_that_the_callee_moves, hold, hold_in_the_old_way, direct_media,
         relayed_media, third_party_call_control, early_media, early_media_that_stay,
         early_media_of_another_port, forks, offers_in_prack_and_update, offer_in_the_answer,
         offers_that_are_refused, media_that_go_away_and_come_back,
         ports_that_the_next_call_has_again, a_part_of_a_body]


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
