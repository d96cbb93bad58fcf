"""Captures by name: their records, and the messages that must come out of them in this order."""
import calls
import encapsulations
import fragments
import frames


def packets_of(messages):
    """(time in ns, IP packet) of each message. A HEP frame has no room for the 789 ns."""
    return [(time_us * 1000 + 789, frames.udp(source, destination, text))
            for time_us, source, destination, text in messages]


def encapsulated(packets, variants):
    return [(time_ns, variants[i % len(variants)](packet))
            for i, (time_ns, packet) in enumerate(packets)]


def of_calls(start_us):
    """{name: (records, messages)} of those that hold the calls of demo.pcap."""
    messages = calls.all_messages(start_us)
    packets = packets_of(messages)
    found = {name: (encapsulated(packets, variants), messages)
             for name, variants in encapsulations.VARIANTS.items()}
    return {
        **found,
        "fragments": (fragments.of_packets(packets), messages),
    }
