#!/usr/bin/env python3
"""tshark finds in each capture what its generator says: the same messages, completed by the same
packets, between the same innermost addresses; and nothing malformed, no wrong checksum."""
import pathlib
import shutil
import subprocess
import sys

import encapsulations
import make_captures
import noise
import tunnels
import websocket

HERE = pathlib.Path(__file__).parent
SKIPPED = 77
OPTIONS = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
           "-o", "tcp.check_checksum:TRUE", "-o", "sctp.checksum:CRC-32C",
           "-d", f"udp.port=={tunnels.HP_ERM},hp_erm",
           "-d", f"mpls.label=={encapsulations.PSEUDOWIRE},pwethcw",
           "-d", f"mpls.label=={encapsulations.PLAIN_PSEUDOWIRE},pwethnocw"]
UNORDERED = ["-o", "tcp.reassemble_out_of_order:TRUE"]  # would wait for ever in tcp-lost
MORE_OPTIONS = {
    "tcp.pcap": UNORDERED,
    "websocket.pcap": UNORDERED,
    "websocket-deflate.pcap": UNORDERED,
    "websocket-midstream.pcap": [*UNORDERED, "-d", f"tcp.port=={websocket.HTTP_PORT},websocket",
                                 "-o", "websocket.text_type:As SIP"],
}
# How many messages tshark 4.0 does not see, which are there.
MISSED = {
    "tcp.pcap": 3,  # behind the CRLF CRLF of a keep-alive in the same segment: RFC 3261 section 7.5
    "tcp-six.pcap": 1,  # the same
    "tcp-midstream.pcap": 1,  # behind the end of one whose beginning was not captured
    # It inflates no message that comes in fragments and has lost the context then, and it takes
    # server_no_context_takeover for the client's (RFC 7692 section 7.1.1.1).
    "websocket-deflate.pcap": 16,
}
COPIES = {"mirror-copies.pcap": 2}  # of each message
CHECKED = [f"{layer}.checksum.status" for layer in ("ip", "udp", "tcp", "sctp", "gre")]
FAULTY = " || ".join([f"{field} == 0" for field in CHECKED] + ["_ws.malformed"])
ADDRESSES = [f"{layer}.{end}" for end in ("src", "dst") for layer in ("ip", "ipv6")]
PORTS = [f"{layer}.{end}port" for end in ("src", "dst") for layer in ("udp", "tcp", "sctp")]


def tshark(name, display_filter, *fields):
    """For each packet a list of fields, each a list of all its values."""
    command = ["tshark", "-r", str(HERE / name), *OPTIONS, *MORE_OPTIONS.get(name, []),
               "-Y", display_filter, "-T", "fields", "-E", "occurrence=a"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return [[value.split(",") if value else [] for value in line.split("\t")]
            for line in done.stdout.decode().splitlines()]


def ends_of(protocols, addresses, ports):
    """((address, port), (address, port)) of the innermost packet."""
    last_ip = [word for word in protocols.split(":") if word in ("ip", "ipv6")][-1]
    at = 0 if last_ip == "ip" else 1
    last_transport = [word for word in protocols.split(":") if word in ("udp", "tcp", "sctp")][-1]
    of = ("udp", "tcp", "sctp").index(last_transport)
    return [(addresses[2 * end + at][-1], int(ports[3 * end + of][-1])) for end in (0, 1)]


def seen(name):
    """(time in us, source, destination, Call-ID, CSeq) as tshark has it, and frames with a fault."""
    rows = tshark(name, f"sip || {FAULTY}", "frame.number", "_ws.malformed", "frame.time_epoch",
                  "frame.protocols", "sip.Call-ID", "sip.CSeq", *CHECKED, *ADDRESSES, *PORTS)
    found, faults = [], []
    for (number,), malformed, (time,), (protocols,), call_ids, numbers, *rest in rows:
        checks, rest = rest[:len(CHECKED)], rest[len(CHECKED):]
        if malformed or any("0" in statuses for statuses in checks):
            faults.append((number, protocols))
            continue
        seconds, fraction = time.split(".")
        ends = ends_of(protocols, rest[:4], rest[4:])
        if numbers:  # not the part of a message before a gap
            found += [(int(seconds) * 10**6 + int(fraction) // 1000, *ends, call_id, number)
                      for call_id, number in zip(call_ids, numbers)]
    return found, faults


def header(text, name):
    return text.split(f"\r\n{name}: ".encode())[1].split(b"\r\n")[0].decode()


def is_seen(message, row):
    """Of messages that one packet completes, tshark gives all the packet's time."""
    time_us, source, destination, text = message
    return row[1:] == (source, destination, header(text, "Call-ID"), header(text, "CSeq")) and \
        row[0] <= time_us < row[0] + 3


def check(name, messages):
    """gives   what is wrong, or nothing"""
    rows, faults = seen(name)
    if faults:
        return f"{name}: malformed or with a wrong checksum: {faults[:3]}"
    rows, missed = rows[::COPIES.get(name, 1)], []
    count = len(rows)
    for message in messages:
        if rows and is_seen(message, rows[0]):
            rows.pop(0)
        else:
            missed.append(message)
    if rows or len(missed) != MISSED.get(name, 0):
        return (f"{name}: tshark sees {count} of {len(messages)} messages, not the next of "
                f"{missed[:1]}, but {rows[:1]}")
    return ""


def check_noise():
    """tshark tells most kinds by their content, too."""
    for kind, expression in {"stun": "stun", "dtls": "dtls.handshake.type == 1",
                             "tls": "tls.handshake.type == 1"}.items():
        count = len(tshark("noise.pcap", expression, "frame.number"))
        want = len(noise.OVER_UDP.get(kind, [])) + len(noise.OVER_TCP.get(kind, []))
        if count != want:
            return f"noise.pcap: {count} packets of {kind}, not {want}"
    return ""


def main():
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        sys.exit(SKIPPED)
    faults = [check(name, messages)
              for name, (_, messages) in make_captures.wrapped_calls().items()]
    faults = [fault for fault in [*faults, check_noise()] if fault]
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
