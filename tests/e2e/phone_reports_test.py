#!/usr/bin/env python3
"""What phones report in SIP of their calls, sent once more as JSON of HEP payload type 35:
phone_reports_test.py HEPTAP."""
import json
import pathlib
import random

from common import SIP, Folder, dropped, equal
from rtcp_capture import Sip, audio, description, ends_of, ethernet, replayed

from frames import tcp  # of tests/golden, as rtcp_capture has it

VQ = 35
VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
PHONE, SERVER = ("192.0.2.10", 5060), ("203.0.113.1", 5060)
SEND = "vq: {send: true}\n"
KINDS = ("application/vq-rtcpxr", "application/vq-rtcp", "Application/VQ-RTCPXR;charset=utf-8")


def bodies():
    """name -> text of the samples of phones, and the Call-ID that each names."""
    vectors = json.loads((VECTORS / "vq_vectors.json").read_text())
    return {name: (one["body"], one["expect"]["callID"]) for name, one in vectors.items()}


def publish(sip, body, method="PUBLISH", kind=KINDS[0]):
    sip.say((PHONE, SERVER), f"{method} sip:quality@example.net SIP/2.0", "publish@a", f"1 {method}",
            fields=("Event: vq-rtcpxr",), body=body, kind=kind)


def over_tcp(packets, piece=700):
    """The same messages on one connection, in segments of at most so many octets."""
    sequence, out = 1, []
    for time_ns, frame in packets:
        payload = frame[14 + 20 + 8:14 + int.from_bytes(frame[16:18], "big")]
        for at in range(0, len(payload), piece):
            part = payload[at:at + piece]
            out.append((time_ns + at * 1000, ethernet(tcp(PHONE, SERVER, sequence, part))))
            sequence += len(part)
    return out


def tokens(report):
    """As heplify-server finds them in the text."""
    return dict(part.split("=") for part in report["vqText"].split(";") if part)


def the_sample_of_the_rfc(report):
    equal("figures of the text", tokens(report),
          {"NLR": "1.25", "JDR": "0.5", "IAJ": "4", "MOSLQ": "4.2", "MOSCQ": "4.1"})
    equal("kind", (report["report"], report["final"], report["reporter"]), ("session", 1, PHONE[0]))
    equal("what it received", (report["local"]["lossPct"], report["local"]["rttMs"],
                               report["local"]["codec"]["name"], report["remote"]["mosLq"]),
          (1.25, 85, "PCMU", 4.4))


def samples(folder, carried):
    """Of phones: each message as it came, and behind it its report under the Call-ID in it."""
    sip, want = Sip(), []
    for number, (body, call_id) in enumerate(bodies().values()):
        publish(sip, body, ("PUBLISH", "NOTIFY", "OPTIONS")[number % 3], KINDS[number % 3])
        want.append(call_id)
    done = replayed(folder, "samples", carried(sip.packets), SEND)
    reports = done.of_type(VQ)
    equal("types", [frame["type"] for frame in done.frames], [SIP, VQ] * len(want))
    equal("calls", [frame["correlation_id"] for frame in reports], want)
    equal("messages", [frame.get("correlation_id", "") for frame in done.of_type(SIP)],
          [""] * len(want))
    for message, report in zip(done.of_type(SIP), reports):
        equal("ends and time", (*ends_of(report), report["time"]), (PHONE, SERVER, message["time"]))
        equal("its call", json.loads(report["payload"])["callId"], report["correlation_id"])
    the_sample_of_the_rfc(json.loads(reports[0]["payload"]))
    equal("ledger", dropped(done.ledger, "phones"), {})


def off(folder):
    sip = Sip()
    publish(sip, bodies()["VQ1"][0])
    done = replayed(folder, "off", sip.packets, "")
    equal("only the message", [frame["type"] for frame in done.frames], [SIP])


def linked(folder):
    """The report of a leg that a header links to another."""
    sip = Sip()
    call_id = bodies()["VQ1"][1]
    sip.say((PHONE, SERVER), "INVITE sip:bob@example.net SIP/2.0", call_id, "1 INVITE",
            fields=("X-CID: leg1@a",), body=description(PHONE[0], audio(49170)))
    publish(sip, bodies()["VQ1"][0])
    done = replayed(folder, "linked", sip.packets, SEND + "link: X-CID\n")
    equal("its correlation id", [frame["correlation_id"] for frame in done.of_type(VQ)], ["leg1@a"])


def statistics_of_a_bye(folder):
    """They ride in the message, which HOMER reads itself."""
    sip = Sip()
    for number, field in enumerate(("X-RTP-Stat: PS=1433;OS=229280;PR=1522;PL=3,1;JI=23,2;DL=20,18,31",
                                    "P-RTP-Stat: PS=326,OS=52160,PR=318,PL=0,JI=0,LA=0,DU=7",
                                    "X-RTP-Stat: " + ";=" * 3000)):
        sip.say((PHONE, SERVER), "BYE sip:bob@example.net SIP/2.0", f"bye{number}@a", "2 BYE",
                ("a", "b"), fields=(field,))
    done = replayed(folder, "bye", sip.packets, SEND)
    equal("nothing but messages", [frame["type"] for frame in done.frames], [SIP] * 3)
    equal("ledger", dropped(done.ledger, "phones"), {})


HOSTILE = [
    ("", {}),  # no body at all
    ("\r\n\r\n", {"unreadable": 1}),
    ("VQ", {"unreadable": 1}),
    ("\0" * 3000, {"unreadable": 1}),
    ("VQSessionReport: CallTerm\r\n", {"no_call_id": 1}),
    ("VQSessionReport: CallTerm\r\nCallID: \"\\\"\r\n", {"no_call_id": 1}),
    ("VQSessionReport: CallTerm\r\nCallID: " + "x" * 5000 + "\r\n", {"no_call_id": 1}),
    ("VQSessionReport: CallTerm\r\nCallID: one@a\r\n" +
     "LocalAddr: IP=[[[[ PORT=99999999 SSRC=0xzz\r\n" * 500, {}),
    ("VQSessionReport: CallTerm\r\nCallID: one@a\r\nLocalMetrics:\r\nQualityEst:MOSLQ=1e999 MOSCQ=-5 "
     "RLQ=nan\r\nx-\"}{[]: \"\\\x01\r\n", {}),
]


def hostile(folder):
    """Messages go on whatever is in them; what goes on as JSON is JSON."""
    for number, (body, want) in enumerate(HOSTILE):
        sip = Sip()
        publish(sip, body)
        done = replayed(folder, "hostile", sip.packets, SEND)
        equal(f"hostile {number}: ledger", dropped(done.ledger, "phones"), want)
        equal(f"hostile {number}: messages", len(done.of_type(SIP)), 1)
        equal(f"hostile {number}: reports", len(done.of_type(VQ)), 0 if want or not body else 1)
        for frame in done.of_type(VQ):
            json.loads(frame["payload"])


def damaged(folder):
    """A good report with octets changed, a thousand times."""
    chance, sip = random.Random(6035), Sip()
    for _ in range(1000):
        body = list(bodies()["VQ1"][0])
        for _ in range(chance.randrange(1, 12)):
            body[chance.randrange(len(body))] = chr(chance.randrange(1, 127))
        publish(sip, "".join(body))
    done = replayed(folder, "damaged", sip.packets, SEND)
    equal("messages", len(done.of_type(SIP)), 1000)
    lost = sum(dropped(done.ledger, "phones").values())
    equal("reports", len(done.of_type(VQ)), 1000 - lost)
    for frame in done.of_type(VQ):
        json.loads(frame["payload"])
        equal("a correlation id", bool(frame["correlation_id"]), True)


def main():
    with Folder() as folder:
        samples(folder, lambda packets: packets)
        samples(folder, over_tcp)
        off(folder)
        linked(folder)
        statistics_of_a_bye(folder)
        hostile(folder)
        damaged(folder)


if __name__ == "__main__":
    main()
