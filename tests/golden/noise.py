"""What else comes to SIP ports, and a request and its answer in the midst of it."""
import struct
from ipaddress import ip_address

import calls
import frames
from streams import Connection

MS = 1_000_000  # in ns
RANDOM = bytes(range(32))


def stun(kind, attributes=b""):
    """RFC 8489."""
    return struct.pack("!HHI", kind, len(attributes), 0x2112A442) + RANDOM[:12] + attributes


def client_hello(version):
    """The body that RFC 8446 and RFC 9147 have in common but for a cookie in the latter."""
    cookie = b"\0" if version == 0xFEFD else b""
    return struct.pack("!H", version) + RANDOM + b"\0" + cookie + b"\0\2\xc0\x2f" + b"\1\0"


def dtls():
    body = client_hello(0xFEFD)
    handshake = struct.pack("!II", 1 << 24 | len(body), 0) + bytes(1) + \
        len(body).to_bytes(3, "big") + body
    return struct.pack("!BHHHIH", 22, 0xFEFD, 0, 0, 1, len(handshake)) + handshake


def tls():
    body = client_hello(0x0303)
    return struct.pack("!BHHI", 22, 0x0301, 4 + len(body), 1 << 24 | len(body)) + body


def rtp(sequence):
    return struct.pack("!BBHII", 0x80, 8, sequence, 160 * sequence, 0xDEADBEEF) + b"\xd5" * 160


def rtcp():
    """A sender report and a source description in one packet: RFC 3550 section 6.1."""
    report = struct.pack("!BBHIIIIII", 0x80, 200, 6, 0xDEADBEEF, 0xE9000000, 0, 160, 1, 160)
    name = b"\1\5alice\0"
    return report + struct.pack("!BBHI", 0x81, 202, 3, 0xDEADBEEF) + name


def hep(text):
    """Somebody else's agent: HEP3 with SIP in it."""
    chunks = [(1, b"\2"), (2, b"\x11"), (3, ip_address("192.0.2.77").packed),
              (4, ip_address("192.0.2.78").packed), (7, b"\x13\xc4"), (8, b"\x13\xc4"),
              (9, b"\0\0\0\1"), (10, b"\0\0\0\1"), (11, b"\1"), (12, b"\0\0\0\1"), (15, text)]
    body = b"".join(struct.pack("!HHH", 0, kind, 6 + len(value)) + value for kind, value in chunks)
    return b"HEP3" + struct.pack("!H", 6 + len(body)) + body


GET = b"GET / HTTP/1.1\r\nHost: 192.0.2.1:5060\r\n\r\n"
FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
REQUEST = calls.ping(0)[0][3]
# By what it is; no two kinds are there equally often.
OVER_UDP = {
    "keep_alive": [b"\r\n\r\n", b"\r\n", b"\0", b"\0\0\0\0", b"jaK\0", b"jaK", b"\r\n\0", b"",
                   b"\r\n\r\n"],
    "stun": [stun(1), stun(0x0101, bytes.fromhex("002000080001328ee1baa554"))] * 4,
    "dtls": [dtls()],
    "http": [GET, FOUND],
    "json": [b'{"event":"call","from":"sip:alice@example.net"}', b'[{"line":1}]', b'{}'],
    "rtp": [rtp(sequence) for sequence in range(1, 8)],
    "rtcp": [rtcp()] * 4,
    "hep": [hep(REQUEST)] * 5,
}
OVER_TCP = {"tls": [tls()] * 3, "http": [GET]}
SIPS, SIP = 5061, 5060


def udp_records(start_ns):
    """A packet each millisecond. None is a copy of another: each has its own identification."""
    payloads = [payload for kind in OVER_UDP.values() for payload in kind]
    return [(start_ns + i * MS, frames.ethernet(frames.udp(calls.ALICE, calls.PROXY, payload,
                                                           identification=i)))
            for i, payload in enumerate(payloads, 1)]


def tcp_records(start_ns):
    records = []
    for kind, payloads in OVER_TCP.items():
        for payload in payloads:
            number = len(records)
            connection = Connection((calls.ALICE[0], 51000 + number),
                                    (calls.PROXY[0], SIPS if kind == "tls" else SIP))
            connection.open(start_ns + number * MS)
            connection.send(start_ns + (number + 1) * MS, connection.client, payload)
            connection.close(start_ns + (number + 2) * MS)
            records += connection.records
    return records


def all_kinds(start_us):
    messages = calls.ping(start_us)
    records = udp_records(start_us * 1000) + tcp_records(start_us * 1000 + 100 * MS)
    records += [(time_us * 1000 + 500, frames.ethernet(frames.udp(source, destination, text)))
                for time_us, source, destination, text in messages]
    return sorted(records, key=lambda record: record[0]), messages
