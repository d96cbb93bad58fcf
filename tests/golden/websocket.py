"""SIP over WebSocket (RFC 7118): frames masked and not, several in a segment, cut, fragmented and
compressed, with control frames between."""
import base64
import hashlib
from typing import NamedTuple

from bursts import bursts, connections, in_order
from deflate import Deflater
from streams import Connection, first_last, pieces, whole

MS = 1_000_000  # in ns
HTTP_PORT = 8088
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
COMPRESSED = 0x40


def frame(opcode, payload, mask=b"", is_last=True, is_compressed=False):
    """RFC 6455 section 5.2; no message here needs the longest form of the length."""
    size = len(payload)
    form, extra = (size, b"") if size < 126 else (126, size.to_bytes(2, "big"))
    head = bytes([is_last << 7 | COMPRESSED * is_compressed | opcode, bool(mask) << 7 | form])
    if mask:
        payload = bytes(octet ^ mask[i % 4] for i, octet in enumerate(payload))
    return head + extra + mask + payload


def opening(host, number, extension):
    """The request and the response of RFC 6455 section 1.3."""
    key = base64.b64encode(bytes([number] * 16)).decode()
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    common = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Protocol: sip"]
    if extension:
        common.append("Sec-WebSocket-Extensions: " + extension)
    request = ["GET /ws HTTP/1.1", f"Host: {host}:{HTTP_PORT}", *common,
               f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    response = ["HTTP/1.1 101 Switching Protocols", *common,
                "Sec-WebSocket-Accept: " + base64.b64encode(digest).decode()]
    return ["\r\n".join([*lines, "", ""]).encode() for lines in (request, response)]


class Step(NamedTuple):
    """How the next `count` messages of one side are sent."""
    count: int
    cuts: object = whole
    opcode: int = TEXT
    fragments: int = 1  # of each message
    has_ping: bool = False  # behind the first frame
    is_plain: bool = False  # even where compression was agreed on


def in_head(size):
    """The first cuts are within the head of the frame."""
    return [(0, 1), (1, 3), (3, 7), (7, size)]


STEPS = [Step(1), Step(3, has_ping=True), Step(1, fragments=3, has_ping=True), Step(1, in_head),
         Step(1, opcode=BINARY), Step(2, pieces, fragments=2), Step(1, is_plain=True),
         Step(2, first_last)]


class Side:
    """What one side does to its messages."""

    def __init__(self, is_client, deflater=None):
        self.is_client, self.deflater, self.count = is_client, deflater, 0

    def frame(self, opcode, payload, **bits):
        """RFC 6455 section 5.3: every frame of the client has a mask of its own."""
        self.count += 1
        mask = bytes([0x5A, 0xA5, self.count, 0x3C]) if self.is_client else b""
        return frame(opcode, payload, mask, **bits)

    def frames(self, texts, step):
        """Data and messages for Connection.send()."""
        data, messages = b"", []
        is_compressed = self.deflater is not None and not step.is_plain
        for number, text in enumerate(texts):
            start = len(data)
            payload = self.deflater.message(text) if is_compressed else text
            size = -(-len(payload) // step.fragments)
            for i in range(step.fragments):
                data += self.frame(CONTINUATION if i else step.opcode,
                                   payload[i * size:(i + 1) * size],
                                   is_last=i == step.fragments - 1,
                                   is_compressed=is_compressed and i == 0)
                if step.has_ping and number == i == 0:
                    data += self.frame(PING, b"there?")
            messages.append((start, len(data), text))
        return data, messages


class Web(Connection):
    """A connection whose client is who spoke first, and whose server listens on HTTP_PORT."""

    def __init__(self, number, source, destination, extension=""):
        super().__init__((source[0], 50900 + number), (destination[0], HTTP_PORT))
        self.number, self.extension = number, extension
        self.of_host = {source[0]: self.client, destination[0]: self.server}
        self.sides = {end: Side(end == self.client, self.deflater(end == self.client))
                      for end in (self.client, self.server)}

    def deflater(self, is_client):
        word = "client" if is_client else "server"
        return Deflater(word + "_no_context_takeover" not in self.extension) \
            if self.extension else None

    def upgrade(self, time_ns):
        self.open(time_ns)
        request, response = opening(self.server[0], self.number, self.extension)
        self.send(time_ns + MS, self.client, request)
        self.send(time_ns + 2 * MS, self.server, response)

    def deliver(self, time_ns, source, texts, step):
        sender, other = self.of_host[source[0]], self.other(self.of_host[source[0]])
        data, messages = self.sides[sender].frames(texts, step)
        self.send(time_ns, sender, data, messages, step.cuts)
        if step.has_ping:
            self.send(time_ns + 100_000, other, self.sides[other].frame(PONG, b"there?"))

    def end(self, time_ns):
        for i, side in enumerate((self.client, self.server)):
            code = (1000).to_bytes(2, "big") + b"bye"
            self.send(time_ns + i * MS, side, self.sides[side].frame(CLOSE, code))
        self.close(time_ns + 2 * MS)


def all_calls(messages, extensions=("",), is_late=False):
    """extensions: of one connection after the other. is_late: the capture begins behind the
    handshakes, with the first octet of a frame on each side."""
    made = connections(messages, lambda number, *ends: Web(
        number, *ends, extensions[number % len(extensions)]))
    start_ns = messages[0][0] * 1000
    if not is_late:
        for web in made.values():
            web.upgrade(start_ns - 10 * MS)
    steps = [step for step in STEPS
             if not is_late or (step.cuts is not first_last and step.opcode == TEXT)]
    for time_ns, source, destination, texts, step in bursts(messages, steps):
        made[frozenset((source, destination))].deliver(time_ns, source, texts, step)
    for web in made.values():
        web.end(messages[-1][0] * 1000 + 10 * MS)
    return in_order(made.values())


def deflated(messages):
    return all_calls(messages, ("permessage-deflate",
                                "permessage-deflate; server_no_context_takeover"))
