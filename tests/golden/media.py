"""A call with its media: RTP both ways, of which the caller's loses packets and jitters on its way to
the tap, and RTCP of both ends."""
import struct

import calls
import frames

MS = 1_000_000  # in ns
PACKETS, PTIME_MS, SAMPLES, PCMA = 400, 20, 160, 8
LOST = range(25, PACKETS, 50)  # of the caller: 2 %
JITTER_MS = (0, 4, 1, 6, 2, 5)  # of the caller
FAR_MS = 24  # from the tap to the callee and back
REPORT_EVERY_MS = 2500
NTP_1970 = 2_208_988_800
A, B = 0xA11CE, 0xB0B


def rtp(ssrc, number):
    return struct.pack("!BBHII", 0x80, PCMA, 1000 + number, SAMPLES * number, ssrc) + \
        b"\xd5" * SAMPLES


def stream(source, destination, ssrc, start_ns, lost=(), jitter_ms=(0,)):
    return [(start_ns + (number * PTIME_MS + jitter_ms[number % len(jitter_ms)]) * MS,
             frames.udp(source, destination, rtp(ssrc, number)))
            for number in range(PACKETS) if number not in lost]


def ntp(time_ns):
    """Seconds since 1900, and their fraction."""
    return NTP_1970 + time_ns // 10**9, (time_ns % 10**9 << 32) // 10**9


def middle_bits(time_ns):
    seconds, fraction = ntp(time_ns)
    return (seconds & 0xFFFF) << 16 | fraction >> 16


def sender_report(ssrc, time_ns, number, block):
    """RFC 3550 section 6.4.1, with a source description behind it."""
    report = struct.pack("!BBHIIIIII", 0x81, 200, 12, ssrc, *ntp(time_ns), SAMPLES * number, number,
                         SAMPLES * number)
    name = b"\1\5party\0"
    return report + block + struct.pack("!BBHI", 0x81, 202, 1 + len(name) // 4, ssrc) + name


def block_about(ssrc, number, lost_of_late, lost, jitter, last_sr=0, delay_ms=0):
    return struct.pack("!IB3sIIII", ssrc, lost_of_late * 256 // (REPORT_EVERY_MS // PTIME_MS),
                       lost.to_bytes(3, "big"), 1000 + number, jitter, last_sr,
                       delay_ms * 65536 // 1000)


def reports(caller, callee, start_ns):
    """Each end tells when it got the other's last report: the callee 40 ms after it came."""
    last_b, lost_before = 0, 0
    for after_ms in range(REPORT_EVERY_MS, PACKETS * PTIME_MS, REPORT_EVERY_MS):
        at_a, number = start_ns + after_ms * MS, after_ms // PTIME_MS
        at_b = at_a + (FAR_MS + 40) * MS
        lost = sum(1 for one in LOST if one < number)
        delay_ms = REPORT_EVERY_MS - FAR_MS - 40 if last_b else 0
        about_b = block_about(B, number, 0, 0, 4, last_b, delay_ms)
        about_a = block_about(A, number, lost - lost_before, lost, 25, middle_bits(at_a), 40)
        yield at_a, frames.udp(caller, callee, sender_report(A, at_a, number, about_b))
        yield at_b, frames.udp(callee, caller, sender_report(B, at_b, number, about_a))
        last_b, lost_before = middle_bits(at_b), lost


def call(start_us):
    """(records, messages)"""
    dialog = calls.Dialog(calls.ALICE, calls.BOB, "3ed1-media@192.0.2.10", "alice", "bob", start_us)
    dialog.request("INVITE", body=calls.description(calls.ALICE[0], 40000))
    dialog.answer(180, "INVITE", after_ms=300)
    dialog.answer(200, "INVITE", body=calls.description(calls.BOB[0], 42000), after_ms=2500)
    dialog.request("ACK")
    media_ns = dialog.now_us * 1000 + 5 * MS
    dialog.request("BYE", number=2, after_ms=PACKETS * PTIME_MS + 50)
    dialog.answer(200, "BYE", number=2)
    ends = [(calls.ALICE[0], 40000), (calls.BOB[0], 42000)]
    rtcp_ends = [(host, port + 1) for host, port in ends]
    packets = [(time_us * 1000, frames.udp(source, destination, text))
               for time_us, source, destination, text in dialog.messages]
    packets += stream(*ends, A, media_ns, LOST, JITTER_MS)
    packets += stream(*reversed(ends), B, media_ns + FAR_MS * MS)
    packets += reports(*rtcp_ends, media_ns)
    packets.sort(key=lambda packet: packet[0])
    return [(time_ns, frames.ethernet(packet)) for time_ns, packet in packets], dialog.messages
