"""What two mirror sessions show of one INVITE and its retransmissions: everything twice."""
import calls
import frames
from gre import erspan_2
from tunnels import in_ip, wire

MS = 1_000_000  # in ns
TRANSMITTED_MS = (0, 500, 1500, 3500)  # RFC 3261 section 17.1.1.2, T1 = 500 ms
COPY_LATER_NS = 300_000
OTHER_MACS = bytes.fromhex("02000000000402000000000b")


def copies(start_us):
    """The copy has been routed: another VLAN, other addresses of the link, one hop less. Of every
    second transmission it comes in an ERSPAN session."""
    text = calls.answered(calls.ALICE, calls.BOB, "c0c0-copies@192.0.2.10", start_us)[0][3]
    records, messages = [], []
    for i, after_ms in enumerate(TRANSMITTED_MS):
        time_ns = start_us * 1000 + after_ms * MS
        first, second = (frames.udp(calls.ALICE, calls.BOB, text, identification=700 + i, hops=hops)
                         for hops in (64, 63))
        copy = frames.ethernet(second, [(0x8100, 7)], addresses=OTHER_MACS)
        records.append((time_ns, frames.ethernet(first, [(0x8100, 42)])))
        records.append((time_ns + COPY_LATER_NS,
                        wire(in_ip(47, erspan_2(copy))) if i % 2 else copy))
        messages.append((time_ns // 1000, calls.ALICE, calls.BOB, text))
    return records, messages
