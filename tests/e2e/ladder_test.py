#!/usr/bin/env python3
"""One call of a capture, drawn: ladder_test.py HEPTAP."""
import pathlib
import sys

from common import GOLDEN, HEPTAP, Folder, contains, equal, replay, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
from calls import Dialog, description  # noqa: E402
from frames import ethernet, pcap, udp  # noqa: E402

DEMO = GOLDEN / "demo.pcap"
CALL = "77aa-cancelled@198.51.100.20"
START_US = 1_700_000_000_000_000
DRAWN = """\
Call-ID 77aa-cancelled@198.51.100.20, 2026-01-05 (UTC)

                        198.51.100.20:5060             192.0.2.10:5060
10:00:20.020    +0.000           |- INVITE (audio PCMA) ----->|
10:00:20.140    +0.120           |<------- 180 Ringing -------|
10:00:28.140    +8.000           |- CANCEL ------------------>|
10:00:28.160    +0.020           |<--------- 200 OK ----------|
10:00:28.180    +0.020           |<- 487 Request Terminated --|
10:00:28.200    +0.020           |- ACK --------------------->|
"""


def hostile(call_id):
    """A call whose texts try to reach the terminal, each message twice."""
    call = Dialog(("192.0.2.10", 5060), ("192.0.2.20", 5060), call_id, "alice", "bob", START_US)
    body = description("192.0.2.10", 4000).replace("audio", "audio\x1b]0;owned\x07")
    call.request("INVITE", body=body)
    call.answer(486, "INVITE")
    texts = [(time, one, other, text.replace(b"Busy Here", b"Busy\x9b31m \xff\xe2\x80\xae"))
             for time, one, other, text in call.messages]
    return pcap([(time * 1000 + again * 10**9, ethernet(udp(one, other, text, identification=again)))
                 for again in (1, 2) for time, one, other, text in texts])


def main():
    done = replay("--ladder", CALL, "--quiet", DEMO)
    equal("the ladder", done.out, DRAWN)
    equal("from a pipe", replay("--ladder", CALL, "--quiet", "-", stdin=DEMO.read_bytes()).out, DRAWN)

    missing = replay("--ladder", "no\x1b[2J such", "--quiet", DEMO, expect=1)
    equal("nothing is drawn", missing.out, "")
    contains("it says why", missing.err, "no message has the Call-ID no.[2J such")
    equal("only without collectors", run(HEPTAP, "replay", "--ladder", "x", "--to", "udp://a:1",
                                         DEMO).status, 2)

    with Folder() as folder:
        (folder / "x.pcap").write_bytes(hostile("hostile@a"))
        text = replay("--ladder", "hostile@a", "--quiet", folder / "x.pcap").out
    contains("its answer", text, "486 Busy.31m ..")
    contains("what was sent again", text, "~~> sent again")
    equal("control characters", [c for c in text if c != "\n" and not c.isprintable()], [])


if __name__ == "__main__":
    main()
