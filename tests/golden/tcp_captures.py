"""SIP over TCP in every cut: the calls, and streams that begin late or lose a segment."""
from typing import Callable, NamedTuple

import calls
from bursts import bursts, connections, in_order
from streams import Connection, cut_again, first_last, joined, pieces, whole

MS = 1_000_000  # in ns
PING, PONG = b"\r\n\r\n", b"\r\n"  # RFC 5626
WRAPPING = (2**32 - 700, 2**32 - 500)


class Step(NamedTuple):
    """How the next `count` messages of one side are sent."""
    count: int
    cuts: Callable
    before: bytes = b""
    has_ping: bool = False
    is_repeated: bool = False


def in_second(size):
    """Two messages, the cut in the second."""
    return [(0, size * 3 // 4), (size * 3 // 4, size)]


STEPS = [Step(1, whole), Step(3, whole), Step(1, pieces), Step(1, whole, PING, has_ping=True),
         Step(1, first_last), Step(2, first_last), Step(1, cut_again, is_repeated=True),
         Step(2, in_second)]


def all_calls(messages):
    made = connections(messages, lambda _, *ends: Connection(*ends, WRAPPING))
    for connection in made.values():
        connection.open(messages[0][0] * 1000 - 10 * MS)
    for time_ns, source, destination, texts, step in bursts(messages, STEPS):
        connection = made[frozenset((source, destination))]
        if step.has_ping:
            connection.send(time_ns - 400_000, source, PING)
            connection.send(time_ns - 300_000, destination, PONG)
            connection.probe(time_ns - 200_000, source)
        data, parts = joined(texts, step.before)
        again = [(len(data) // 3, len(data))] if step.is_repeated else []
        connection.send(time_ns, source, data, parts, step.cuts, again)
    for i, connection in enumerate(made.values()):
        connection.close(messages[-1][0] * 1000 + 10 * MS, reset=i == 0)
    return in_order(made.values())


def requests(call_id, count, start_us):
    """INVITEs with a body that differ in their CSeq."""
    dialog = calls.Dialog(calls.ALICE, calls.PROXY, call_id, "alice", "bob", start_us)
    for number in range(1, count + 1):
        dialog.request("INVITE", number, calls.description("192.0.2.10", 40000))
    return [text for *_, text in dialog.messages]


def client(port):
    return Connection(("192.0.2.10", port), calls.PROXY)


def six(start_us):
    """What users send: REGISTERs, a keep-alive between, two in a segment, one in two."""
    phone, start_ns = client(50600), start_us * 1000
    dialog = calls.Dialog(phone.client, phone.server, "6e6e-six@192.0.2.10", "alice", "alice",
                          start_us)
    for number in range(1, 7):
        dialog.request("REGISTER", number, extra=["Expires: 60"])
    texts = [text for *_, text in dialog.messages]
    phone.open(start_ns)
    phone.send(start_ns + 10 * MS, phone.client, *joined(texts[:1]))
    phone.send(start_ns + 20 * MS, phone.client, *joined(texts[1:2]))
    phone.send(start_ns + 30 * MS, phone.client, PING)
    phone.send(start_ns + 31 * MS, phone.server, PONG)
    phone.send(start_ns + 40 * MS, phone.client, *joined(texts[2:4]))
    data, parts = joined([texts[4], PING, texts[5]])
    half = len(texts[4]) // 2
    phone.send(start_ns + 50 * MS, phone.client, data, [parts[0], parts[2]],
               cuts=lambda size: [(0, half), (half, size)])
    phone.close(start_ns + 60 * MS)
    return in_order([phone])


def midstream(start_us):
    """The capture begins within a head, within a body whose next message is in the same segment,
    and between two messages."""
    streams, start_ns = [], start_us * 1000
    for i, (missing, groups) in enumerate([(200, [1, 1, 2]), (-50, [2, 1, 1]), (0, [1, 2, 1])]):
        phone = client(50700 + i)
        texts = requests(f"{i}d1e-midstream@192.0.2.10", 4, start_us)
        for number, count in enumerate(groups):
            data, parts = joined(texts[:count])
            if number == 0 and missing:
                seen = range(len(data))[len(texts[0][:missing]):]
                data = data[seen.start:]
                parts = [(start - seen.start, end - seen.start, text)
                         for start, end, text in parts[1:]]
            phone.send(start_ns + (10 * number + i) * MS, phone.client, data, parts)
            texts = texts[count:]
        streams.append(phone)
    return in_order(streams)


def one_lost(start_us):
    """One segment of each stream did not reach the mirror port, though the other side has it."""
    streams, start_ns = [], start_us * 1000
    texts = requests("105e-lost@192.0.2.10", 5, start_us)
    size = len(texts[0])
    # Where the stream is cut, in messages, and the number of the segment that is lost.
    for i, (places, lost) in enumerate([([1, 2, 3, 4], 2),  # exactly a message
                                        ([1, 1.4, 1.7, 2, 3], 2),  # the middle of one
                                        ([1.5, 2, 3.2], 1),  # the end of one
                                        ([1, 1.6, 2.4, 3], 2),  # the end of one, the next's start
                                        ([0.3, 1, 3], 0)]):  # the first of all
        phone = client(50800 + i)
        phone.open(start_ns + i * MS)
        data, parts = joined([text.replace(b"105e", b"%d05e" % i) for text in texts])
        places = [0, *(int(place * size) for place in places), len(data)]
        phone.send(start_ns + (10 + i) * MS, phone.client, data, parts,
                   cuts=lambda _, places=places: list(zip(places, places[1:])), lost=[lost])
        phone.close(start_ns + (20 + i) * MS)
        streams.append(phone)
    return in_order(streams)
