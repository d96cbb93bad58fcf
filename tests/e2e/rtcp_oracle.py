"""RTCP of a capture in the eyes of tshark, and of a HEP frame, in the same words."""
import json
from collections import namedtuple

from common import tshark

Report = namedtuple("Report", "time_us source source_port destination destination_port type ssrc "
                              "packets source_ssrc fraction_lost lost highest_seq jitter lsr dlsr")
FIELDS = ("frame.time_epoch", "ip.src", "udp.srcport", "ip.dst", "udp.dstport", "rtcp.pt",
          "rtcp.senderssrc", "rtcp.sender.packetcount", "rtcp.ssrc.identifier",
          "rtcp.ssrc.fraction", "rtcp.ssrc.cum_nr", "rtcp.ssrc.ext_high", "rtcp.ssrc.jitter",
          "rtcp.ssrc.lsr", "rtcp.ssrc.dlsr")
BLOCK = ("source_ssrc", "fraction_lost", "packets_lost", "highest_seq_no", "ia_jitter", "lsr",
         "dlsr")


FILTER = "rtcp.pt in {200, 201, 202, 207} && !icmp && !icmpv6"
DESCRIPTION = 202
TYPES = (200, 201, 207, DESCRIPTION)  # which of its packets a compound is called by, if it has one


def numbers(text):
    return [int(word, 0) for word in text.split(",") if word]


def reports_in(recording):
    """Each compound that there is a JSON of, with its first block; not what ICMP quotes."""
    return [as_report(row) for row in tshark(recording, FILTER, *FIELDS, occurrence="a")]


def as_report(row):
    seconds, fraction = row[0].split(".")
    kinds = numbers(row[5])
    kind = next(kind for kind in TYPES if kind in kinds)
    sender, packets, *block = [next(iter(numbers(text)), None) for text in row[6:]]
    if kind == DESCRIPTION:  # with BYE or alone: whom it describes is in the field of a block
        sender, block = block[0], [None] * len(block)
    return Report(int(seconds) * 1_000_000 + int(fraction[:6]), row[1], int(row[2]), row[3],
                  int(row[4]), kind, sender, packets, *block)


def report_of(frame):
    value = json.loads(frame.payload)
    block = (value["report_blocks"] or [{}])[0]
    packets = value.get("sender_information", {}).get("packets")
    return Report(frame.time_us, frame.source, frame.source_port, frame.destination,
                  frame.destination_port, value["type"], value["ssrc"], packets,
                  *(block.get(key) for key in BLOCK))
