"""What collectors need of frames: kamailio's sipcapture with its rtcp_capture, heplify-server with
its metrics and its database, and HOMER's charts. Each rule was found by trying it on them.

faults() judges one frame as it was sent, byte by byte; it knows types 1, 5, 34, 35 and 100.
"""
import json
import re
import sys

import hep3

SIP, RTCP, RTP, PHONE, LOG = 1, 5, 34, 35, 100
ORDER = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0e, 0x11, 0x12,
         0x13, 0x17, 0x18, 0x20, 0x21, 0x0f)
SIZES = {0x01: 1, 0x02: 1, 0x03: 4, 0x04: 4, 0x05: 16, 0x06: 16, 0x07: 2, 0x08: 2, 0x09: 4, 0x0a: 4,
         0x0b: 1, 0x0c: 4, 0x12: 2, 0x17: 1, 0x18: 1, 0x20: 2, 0x21: 2}
ALWAYS = {0x01, 0x02, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0f}  # kamailio counts them
TEXTS = (0x0e, 0x11, 0x13)
LEAST_SIP_BYTES = 33
U8, U16, U32 = (0, 255), (0, 65_535), (0, 4_294_967_295)
PERCENT = (0, 100)
MILLISECONDS = (0, 86_400_000)
COUNT = (0, 1 << 53)  # what a number of JavaScript holds
MOS, R_FACTOR = (1, 5), (0, 127)

SENDER = {"ntp_timestamp_sec": U32, "ntp_timestamp_usec": U32, "octets": U32, "rtp_timestamp": U32,
          "packets": U32}
# heplify-server takes what is above 10,000,000 for 0: a loss below zero must have its sign.
BLOCK = {"source_ssrc": U32, "highest_seq_no": U32, "fraction_lost": U8, "ia_jitter": U32,
         "packets_lost": (-8_388_608, 8_388_607), "lsr": U32, "dlsr": U32}
EXTENDED = {"type": (7, 7), "id": U32, "fraction_lost": U8, "fraction_discard": U8,
            "burst_density": U8, "gap_density": U8, "burst_duration": U16, "gap_duration": U16,
            "round_trip_delay": U16, "end_system_delay": U16}
RTP_WHOLE = {"PARTY": (0, 1), "DIR": (0, 1), "SRC_PORT": U16, "DST_PORT": U16, "TOTAL_PK": COUNT,
             "EXPECTED_PK": COUNT, "PACKET_LOSS": COUNT, "TL_BYTE": COUNT, "OUT_ORDER": COUNT,
             "SSRC_CHG": U32, "CODEC_PT": (0, 127), "CLOCK": U32, "ONE_WAY_RTP": (0, 1)}
RTP_REAL = {"JITTER": MILLISECONDS, "MEAN_JITTER": MILLISECONDS, "MAX_JITTER": MILLISECONDS,
            "DELTA": MILLISECONDS, "MAX_DELTA": MILLISECONDS, "REPORT_TS": U32}
RTP_MAYBE = {"MOS": MOS, "MEAN_MOS": MOS, "MIN_MOS": MOS, "MAX_MOS": MOS, "RFACTOR": R_FACTOR,
             "MEAN_RFACTOR": R_FACTOR, "MIN_RFACTOR": R_FACTOR}
RTP_TYPES = ("PERIODIC", "HANGUP", "FINAL")
# Those that heplify-server looks for in the text of a phone's report, and what each may be.
TOKENS = {"NLR": PERCENT, "JDR": PERCENT, "IAJ": MILLISECONDS, "MOSLQ": MOS, "MOSCQ": MOS}


class Judge:
    """Collects a sentence for each rule that is broken."""

    def __init__(self):
        self.faults = []

    def that(self, holds, fault):
        if not holds:
            self.faults.append(fault)
        return holds

    def numbers(self, where, members, whole=True, optional=False):
        """Members of an object that must be numbers, none of them as text."""
        for key, bounds in members.items():
            if key in where:
                self.that(is_number(where[key], bounds, whole), f"{key} is {where[key]!r}")
            else:
                self.that(optional, f"{key} is missing")


def is_number(value, bounds, whole):
    kinds = int if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and \
        bounds[0] <= value <= bounds[1]


def faults(raw):
    """gives   a sentence for each rule that the frame breaks"""
    judge = Judge()
    try:
        found = hep3.chunks(raw)
        judge_chunks(judge, found)
        if not judge.faults:
            judge_payload(judge, hep3.decode(raw))
    except (hep3.BadFrame, ValueError, KeyError) as error:
        judge.that(False, f"{type(error).__name__}: {error}")
    return judge.faults


def must_keep_rules(frames):
    """Ends the test when one of these frames breaks any; there must be one at least."""
    if not frames:
        sys.exit("no frame to judge")
    for raw in frames:
        if wrong := faults(raw):
            sys.exit(f"a frame breaks rules of collectors: {wrong}\n{raw!r}")


def judge_chunks(judge, found):
    order = list(found)
    judge.that(order == [kind for kind in ORDER if kind in found] and set(found) <= set(ORDER),
               f"chunks {order}")
    for kind in ALWAYS - set(found):
        judge.that(False, f"no chunk {kind:#x}")
    judge.that({0x03, 0x04} <= set(found) or {0x05, 0x06} <= set(found), "no addresses")
    for kind, size in SIZES.items():
        judge.that(len(found.get(kind, bytes(size))) == size, f"the size of chunk {kind:#x}")
    for kind in TEXTS:
        judge.that(is_harmless(found.get(kind, b"x")), f"the text of chunk {kind:#x}")
    if 0x20 in found:
        judge.that(100 <= hep3.number(found[0x20]) <= 500, "the MOS of chunk 0x20")


def is_harmless(text):
    """A bad one loses everything that heplify-server stores at the same time."""
    return re.fullmatch(r'[^"\\\x00-\x1f\x7f]+', text.decode(errors="ignore")) is not None and \
        text == text.decode(errors="ignore").encode()


def judge_payload(judge, frame):
    if frame.type == SIP:
        judge.that(len(frame.payload) >= LEAST_SIP_BYTES, "SIP that heplify-server takes for none")
        return
    # Both collectors drop what has no correlation id or no payload.
    judge.that(frame.correlation_id, "no correlation id")
    judge.that(frame.payload, "no payload")
    if frame.type == LOG:
        judge_log(judge, frame.payload.decode())
    elif frame.type in JUDGES:
        judge.that(frame.payload.isascii() and frame.payload.decode().isprintable(),
                   "a byte that is no printable ASCII")
        JUDGES[frame.type](judge, parse(frame.payload.decode()), frame)
    else:
        judge.that(False, f"type {frame.type}")


def parse(text):
    value = json.loads(text, object_pairs_hook=without_duplicates, parse_constant=not_a_number)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


def without_duplicates(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError(f"a key is there twice: {[key for key, _ in pairs]}")
    return dict(pairs)


def not_a_number(text):
    raise ValueError(f"{text} is no JSON")


def judge_rtcp(judge, report, _):
    judge.numbers(report, {"ssrc": U32, "type": (200, 207), "report_count": U32})
    kind = report.get("type")
    judge.that(kind in (200, 201, 202, 207), "a type that HOMER shows nothing of")
    judge.that(("sender_information" in report) == (kind == 200), "sender_information, type 200")
    if "sender_information" in report:
        judge.numbers(report["sender_information"], SENDER)
    blocks = report.get("report_blocks")
    if judge.that(isinstance(blocks, list), "report_blocks is no list"):
        judge.that(len(blocks) == report.get("report_count"), "report_count")
        judge.that(kind != 202 or not blocks, "type 202 of what is a report")
        for block in blocks:
            judge.numbers(block, BLOCK)
    if "report_blocks_xr" in report:
        judge.numbers(report["report_blocks_xr"], EXTENDED)
    judge.numbers(report, {"sdes_ssrc": U32}, optional="sdes_information" not in report)


def judge_rtp(judge, report, frame):
    judge.numbers(report, RTP_WHOLE)
    judge.numbers(report, RTP_REAL, whole=False)
    judge.numbers(report, RTP_MAYBE, whole=False, optional=True)
    judge.that(report.get("TYPE") in RTP_TYPES, "TYPE")
    judge.that(re.fullmatch("0x[0-9A-F]{8}", report.get("SSRC", "")), "SSRC")
    for key in ("CORRELATION_ID", "RTP_SIP_CALL_ID"):
        judge.that(report.get(key) == frame.correlation_id, f"{key} is not the correlation id")
    judge.that((report.get("SRC_IP"), report.get("SRC_PORT"), report.get("DST_IP"),
                report.get("DST_PORT")) == (frame.source, frame.source_port, frame.destination,
                                            frame.destination_port), "not the frame's addresses")


def judge_phone(judge, report, frame):
    keys = ("TOTAL_PK", "EXPECTED_PK", "PACKET_LOSS", "JITTER", "DELTA", "MOS")
    judge.numbers(report, {key: COUNT for key in keys}, whole=False)
    known = {name: scanned(frame.payload.decode(), name) for name in TOKENS}
    known = {name: text for name, text in known.items() if text is not None}
    judge.that(known, "heplify-server finds no figure in it")
    for name, text in known.items():
        low, high = TOKENS[name]
        judge.that(low <= float(text) <= high, f"heplify-server reads {name} as {text}")


def scanned(text, name):
    """The first in the text, as heplify-server finds it."""
    found = re.search(rf"{name}=([^ \t\r\n;]*)", text)
    return found.group(1) if found else None


def judge_log(judge, text):
    judge.that("\0" not in text, "a NUL")
    if text.startswith("{"):
        parse(text)


JUDGES = {RTCP: judge_rtcp, RTP: judge_rtp, PHONE: judge_phone}
