"""TCP connections as a mirror port sees them, and which packet completes which message."""
import frames
from frames import ACK, FIN, PSH, RST, SYN

GAP_NS, AFTERWARDS_NS, ANSWER_NS = 3_000, 20_000, 40_000


def whole(size):
    return [(0, size)]


def pieces(size, of=60):
    return [(at, min(at + of, size)) for at in range(0, size, of)]


def first_last(size):
    """Out of order: what completes everything is where it begins."""
    third = size // 3
    return [(third, 2 * third), (2 * third, size), (0, third)]


def cut_again(size):
    """Sent again with other cuts, before all of it has come."""
    half = size // 2
    return [(0, half), (0, half // 2), (half // 2, half + 50), (half - 30, size)]


class Connection:
    """client and server are (address, port), `first` their initial sequence numbers.

    records    (time in ns, frame)
    messages   (time in us, source, destination, text) in the order in which they are completed; two
               that one packet completes are a microsecond apart
    """

    def __init__(self, client, server, first=(10_000, 20_000)):
        self.client, self.server = client, server
        self.next = dict(zip((client, server), first))
        self.records, self.messages, self.identification = [], [], 0

    def other(self, side):
        return self.server if side == self.client else self.client

    def packet(self, time_ns, source, at, payload=b"", flags=ACK):
        other = self.other(source)
        self.identification += 1
        segment = frames.tcp(source, other, at, payload, flags, self.next[other] if flags & ACK
                             else 0, identification=self.identification)
        self.records.append((time_ns, frames.ethernet(segment)))

    def control(self, time_ns, source, flags):
        """SYN and FIN take a sequence number."""
        self.packet(time_ns, source, self.next[source], flags=flags)
        self.next[source] += flags & (SYN | FIN) != 0

    def open(self, time_ns):
        for i, (side, flags) in enumerate([(self.client, SYN), (self.server, SYN | ACK),
                                           (self.client, ACK)]):
            self.control(time_ns + i * GAP_NS, side, flags)

    def close(self, time_ns, reset=False):
        if reset:
            self.control(time_ns, self.server, RST)
            return
        for i, (side, flags) in enumerate([(self.client, FIN | ACK), (self.server, FIN | ACK),
                                           (self.client, ACK)]):
            self.control(time_ns + i * GAP_NS, side, flags)

    def probe(self, time_ns, source):
        """A keep-alive of TCP itself: an octet that has been there already."""
        self.packet(time_ns, source, self.next[source] - 1, b"\0")
        self.packet(time_ns + 1000, self.other(source), self.next[self.other(source)])

    def send(self, time_ns, source, data, messages=(), cuts=whole, again=(), lost=()):
        """`data` in segments, the last of them at `time_ns`, and the other side's acknowledgement.

        messages   (start, end, text): text is complete when data is there up to end
        cuts       gives (start, end) of the segments in the order in which they come
        again      (start, end) of what comes once more when all is there
        lost       the segments, by number, that the mirror port did not see; only the messages in
                   them are lost, too
        """
        ranges, first = cuts(len(data)), self.next[source]
        waiting, got = list(messages), set()
        for i, (start, end) in enumerate(ranges):
            if i in lost:
                continue
            at_ns = time_ns - (len(ranges) - 1 - i) * GAP_NS
            self.packet(at_ns, source, first + start, data[start:end], PSH | ACK)
            got.update(range(start, end))
            done = [item for item in waiting
                    if got.issuperset(range(item[0] if lost else 0, item[1]))]
            self.messages += [(at_ns // 1000 + count, source, self.other(source), text)
                              for count, (_, _, text) in enumerate(done)]
            waiting = [item for item in waiting if item not in done]
        self.next[source] += len(data)
        for start, end in again:
            self.packet(time_ns + AFTERWARDS_NS, source, first + start, data[start:end], PSH | ACK)
        self.packet(time_ns + ANSWER_NS, self.other(source), self.next[self.other(source)])


def joined(texts, before=b""):
    """Texts one behind the other, each with `before` in front: data and messages for send()."""
    data, messages = b"", []
    for text in texts:
        start = len(data) + len(before)
        data += before + text
        messages.append((start, len(data), text))
    return data, messages
