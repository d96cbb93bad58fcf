#!/usr/bin/env python3
"""Each rule of hep_rules.py finds the frame that breaks it, and only that:
hep_rules_test.py HEPTAP."""
import copy
import ipaddress
import json
import struct

from common import equal
from hep_rules import faults

CALL_ID = "a84b4c76e66710@pc33.example.com"
RTCP = {"sender_information": {"ntp_timestamp_sec": 3908988800, "ntp_timestamp_usec": 1 << 31,
                               "rtp_timestamp": 160000, "packets": 1000, "octets": 160000},
        "ssrc": 305419896, "type": 200, "report_count": 1,
        "report_blocks": [{"source_ssrc": 2596069104, "fraction_lost": 3, "packets_lost": -1,
                           "highest_seq_no": 66534, "ia_jitter": 18, "lsr": 1, "dlsr": 65536}]}
RTP = {"CORRELATION_ID": CALL_ID, "RTP_SIP_CALL_ID": CALL_ID, "TYPE": "PERIODIC", "PARTY": 0,
       "DIR": 0, "SSRC": "0x2A3B4C5D", "SSRC_CHG": 0, "CODEC_PT": 0, "CLOCK": 8000,
       "SRC_IP": "192.0.2.10", "SRC_PORT": 49170, "DST_IP": "198.51.100.20", "DST_PORT": 30000,
       "TOTAL_PK": 490, "EXPECTED_PK": 500, "PACKET_LOSS": 10, "TL_BYTE": 78400, "OUT_ORDER": 0,
       "JITTER": 4.2, "MEAN_JITTER": 4.0, "MAX_JITTER": 6.1, "DELTA": 20.0, "MAX_DELTA": 61.3,
       "REPORT_TS": 1709633710.5, "ONE_WAY_RTP": 0, "MOS": 4.159}
PHONE = {"vqText": "NLR=1.25;IAJ=4;MOSLQ=4.2;", "TOTAL_PK": 0, "EXPECTED_PK": 0, "PACKET_LOSS": 0,
         "JITTER": 4, "DELTA": 0, "MOS": 4.2}


def chunks(kind, payload, call_id=CALL_ID):
    address = {3: "192.0.2.10", 4: "198.51.100.20"}
    return {1: b"\2", 2: b"\x11", **{key: ipaddress.ip_address(text).packed
                                     for key, text in address.items()},
            7: struct.pack(">H", 49170), 8: struct.pack(">H", 30000), 9: bytes(4), 10: bytes(4),
            11: bytes([kind]), 12: bytes(4), 0x11: call_id.encode(), 15: payload}


def frame(parts):
    body = b"".join(struct.pack(">HHH", 0, kind, len(value) + 6) + value
                    for kind, value in parts.items())
    return b"HEP3" + struct.pack(">H", len(body) + 6) + body


def as_text(value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def changed(value, path, new):
    """new     None: the member is taken away"""
    value = copy.deepcopy(value)
    *way, last = path
    inner = value
    for key in way:
        inner = inner[key]
    if new is None:
        del inner[last]
    else:
        inner[last] = new
    return value


def payloads():
    """(type, payload, whether it keeps the rules)"""
    yield from ((5, RTCP, True), (34, RTP, True), (35, PHONE, True), (100, b"a line", True),
                (100, {"a": 1}, True), (1, b"x" * 33, True))
    block = ("report_blocks", 0)
    for path, new in (((*block, "packets_lost"), 16_777_215), ((*block, "packets_lost"), "7"),
                      ((*block, "ia_jitter"), None), ((*block, "dlsr"), 1.5), (("type",), 202),
                      (("type",), 201), (("report_count",), 2), (("report_blocks",), None),
                      (("sender_information",), None), (("ssrc",), True),
                      (("sender_information", "packets"), "1000"), (("sdes_information",), [])):
        yield 5, changed(RTCP, path, new), False
    for key, new in (("MOS", 5.1), ("MOS", "4.1"), ("DELTA", None), ("JITTER", -1), ("SSRC", "12"),
                     ("TOTAL_PK", 4.5), ("CORRELATION_ID", "other"), ("SRC_PORT", 1), ("TYPE", ""),
                     ("SRC_IP", "192.0.2.11"), ("PACKET_LOSS", None)):
        yield 34, changed(RTP, (key,), new), False
    yield 34, changed(RTP, ("MOS",), None), True
    for key, new in (("vqText", "NLR=1.25"), ("vqText", ""), ("vqText", "MOSLQ=0;"), ("MOS", None)):
        yield 35, changed(PHONE, (key,), new), False
    yield from ((5, b'{"ssrc":1,"ssrc":1}', False), (5, b"[]", False), (34, b"NaN", False),
                (5, as_text(RTCP) + b"\n", False), (100, b'{"a":1,', False), (100, b"", False),
                (100, b"a\0", False), (1, b"x" * 32, False), (99, b"x", False))


def broken_frames():
    good = chunks(5, as_text(RTCP))
    yield "no type", {kind: value for kind, value in good.items() if kind != 11}
    yield "payload not last", {15: good[15], **{k: v for k, v in good.items() if k != 15}}
    yield "no correlation id", {kind: value for kind, value in good.items() if kind != 0x11}
    for text in (b"", b'a"b', b"a\\b", b"a\0", b"\xff", b"a\r\n"):
        yield f"correlation id {text!r}", {**good, 0x11: text}
    yield "compressed", {**good, 0x10: b"x"}
    yield "short port", {**good, 7: b"x"}
    yield "a million microseconds", {**good, 10: struct.pack(">I", 1_000_000)}


def main():
    for kind, payload, keeps in payloads():
        found = faults(frame(chunks(kind, as_text(payload))))
        equal(f"type {kind}, {payload}: {found}", not found, keeps)
    for what, parts in broken_frames():
        equal(what, bool(faults(frame(parts))), True)
    good = frame(chunks(5, as_text(RTCP)))
    for size in range(len(good)):
        equal(f"the first {size} bytes", bool(faults(good[:size])), True)


if __name__ == "__main__":
    main()
