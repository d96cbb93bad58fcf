"""SIP over SCTP (RFC 9260, RFC 4168): chunks bundled and fragmented, streams, a TSN that comes
twice."""
import struct
from ipaddress import ip_address
from typing import NamedTuple

import frames
from bursts import bursts, connections, in_order

MS = 1_000_000  # in ns
GAP_NS, AFTERWARDS_NS, ANSWER_NS = 3_000, 20_000, 40_000
DATA, INIT, INIT_ACK, SACK, SHUTDOWN, SHUTDOWN_ACK = 0, 1, 2, 3, 7, 8
COOKIE_ECHO, COOKIE_ACK, SHUTDOWN_COMPLETE = 10, 11, 14
END, BEGIN, UNORDERED = 1, 2, 4
WRAPPING = (2**32 - 3, 2**32 - 6)  # the first TSN of each side


def crc32c(data):
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sctp(source, destination, tag, chunks, **fields):
    """The packet; the checksum is the one number in it that begins with its lowest octet."""
    head = struct.pack("!HHI", source[1], destination[1], tag)
    check = struct.pack("<I", crc32c(head + b"\0\0\0\0" + chunks))
    return frames.ip(ip_address(source[0]), ip_address(destination[0]), 132, head + check + chunks,
                     **fields)


def chunk(kind, flags=0, value=b""):
    size = 4 + len(value)
    return struct.pack("!BBH", kind, flags, size) + value + b"\0" * (-size % 4)


class Step(NamedTuple):
    """How the next `count` messages of one side are sent."""
    count: int = 1
    fragments: int = 1  # of each message, TSNs
    order: tuple = (0,)  # of the packets; more than one: a chunk in each
    protocol: int = 0  # the payload protocol identifier
    flags: int = 0
    has_sack: bool = False  # in front of the data
    is_repeated: bool = False  # the first chunk, when all has come


STEPS = [Step(), Step(2), Step(fragments=3, order=(0, 1, 2)), Step(is_repeated=True),
         Step(has_sack=True, protocol=4242),
         Step(fragments=3, order=(2, 1, 0), is_repeated=True),
         Step(fragments=2), Step(flags=UNORDERED), Step(fragments=3, order=(0, 0, 1, 2))]


class Association:
    """records and messages as those of streams.Connection."""

    def __init__(self, number, client, server):
        self.client, self.server = client, server
        self.tags = {client: 0x1000 + number, server: 0x2000 + number}
        self.tsn = dict(zip((client, server), WRAPPING))
        self.ordered = {client: [0, 0], server: [0, 0]}  # next number of each stream
        self.records, self.messages, self.identification, self.stream = [], [], 0, 0

    def other(self, side):
        return self.server if side == self.client else self.client

    def packet(self, time_ns, source, chunks, tag=None):
        other = self.other(source)
        self.identification += 1
        self.records.append((time_ns, frames.ethernet(sctp(
            source, other, self.tags[other] if tag is None else tag, chunks,
            identification=self.identification))))

    def initial(self, side):
        return struct.pack("!IIHHI", self.tags[side], 65536, 2, 2, self.tsn[side])

    def open(self, time_ns):
        cookie = b"taste"
        parameter = struct.pack("!HH", 7, 4 + len(cookie)) + cookie
        for i, (side, chunks) in enumerate([
                (self.client, chunk(INIT, 0, self.initial(self.client))),
                (self.server, chunk(INIT_ACK, 0, self.initial(self.server) + parameter)),
                (self.client, chunk(COOKIE_ECHO, 0, cookie)), (self.server, chunk(COOKIE_ACK))]):
            self.packet(time_ns + i * GAP_NS, side, chunks, 0 if i == 0 else None)

    def sack(self, side):
        last = (self.tsn[self.other(side)] - 1) % 2**32
        return chunk(SACK, 0, struct.pack("!IIHH", last, 65536, 0, 0))

    def close(self, time_ns):
        last = (self.tsn[self.server] - 1) % 2**32
        for i, (side, chunks) in enumerate([
                (self.client, chunk(SHUTDOWN, 0, struct.pack("!I", last))),
                (self.server, chunk(SHUTDOWN_ACK)), (self.client, chunk(SHUTDOWN_COMPLETE))]):
            self.packet(time_ns + i * GAP_NS, side, chunks)

    def data(self, source, text, step):
        """Chunks of a message; messages take turns on the two streams."""
        self.stream ^= 1
        is_ordered = not step.flags & UNORDERED
        number = self.ordered[source][self.stream] if is_ordered else 0
        self.ordered[source][self.stream] += is_ordered
        size = -(-len(text) // step.fragments)
        for i in range(step.fragments):
            flags = step.flags | BEGIN * (i == 0) | END * (i == step.fragments - 1)
            head = struct.pack("!IHHI", self.tsn[source], self.stream, number, step.protocol)
            self.tsn[source] = (self.tsn[source] + 1) % 2**32
            yield chunk(DATA, flags, head + text[i * size:(i + 1) * size])

    def deliver(self, time_ns, source, texts, step):
        front = self.sack(source) if step.has_sack else b""
        chunks = [piece for text in texts for piece in self.data(source, text, step)]
        packets = [b"".join(chunks)] if step.order == (0,) else [chunks[i] for i in step.order]
        for before, packet in enumerate(reversed(packets)):
            self.packet(time_ns - before * GAP_NS, source, front + packet)
        if step.is_repeated:
            self.packet(time_ns + AFTERWARDS_NS, source, chunks[0])
        other = self.other(source)
        self.packet(time_ns + ANSWER_NS, other, self.sack(other))
        self.messages += [(time_ns // 1000 + i, source, other, text)
                          for i, text in enumerate(texts)]


def all_calls(messages):
    made = connections(messages, Association)
    for association in made.values():
        association.open(messages[0][0] * 1000 - 10 * MS)
    for time_ns, source, destination, texts, step in bursts(messages, STEPS):
        made[frozenset((source, destination))].deliver(time_ns, source, texts, step)
    for association in made.values():
        association.close(messages[-1][0] * 1000 + 10 * MS)
    return in_order(made.values())
