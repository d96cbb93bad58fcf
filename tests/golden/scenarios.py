"""Captures by name: their records, and the messages that must come out of them in this order."""
import calls
import encapsulations
import fragments
import frames
import media
import mirror
import noise
import sctp
import tcp_captures
import websocket


def packets_of(messages):
    """(time in ns, IP packet) of each message. A HEP frame has no room for the 789 ns."""
    return [(time_us * 1000 + 789, frames.udp(source, destination, text))
            for time_us, source, destination, text in messages]


def encapsulated(packets, variants):
    return [(time_ns, variants[i % len(variants)](packet))
            for i, (time_ns, packet) in enumerate(packets)]


def of_calls(start_us):
    """{name: (records, messages)} of those that hold the calls of demo.pcap. Where a stream carries
    them, the time of a message is that of the packet that completes it."""
    messages = calls.all_messages(start_us)
    packets = packets_of(messages)
    found = {name: (encapsulated(packets, variants), messages)
             for name, variants in encapsulations.VARIANTS.items()}
    return {
        **found,
        "fragments": (fragments.of_packets(packets), messages),
        "tcp": tcp_captures.all_calls(messages),
        "websocket": websocket.all_calls(messages),
        "websocket-midstream": websocket.all_calls(messages, is_late=True),
        "websocket-deflate": websocket.deflated(messages),
        "sctp": sctp.all_calls(messages),
    }


def of_stories(start_us):
    """The same of those that tell a story of their own."""
    return {
        "tcp-six": tcp_captures.six(start_us),
        "tcp-midstream": tcp_captures.midstream(start_us),
        "tcp-lost": tcp_captures.one_lost(start_us),
        "mirror-copies": mirror.copies(start_us),
        "noise": noise.all_kinds(start_us),
        "media": media.call(start_us),
    }
