#!/usr/bin/env python3
"""sngrep's HEP listener gives back the original packets. It knows no IPv6."""
import socket

from common import (GOLDEN, Folder, Process, eventually, free_port, need, replay, same_items,
                    sip_of)


def listens(port):
    """UDP ports in use, as the kernel tells them: nothing answers a datagram."""
    with open("/proc/net/udp", encoding="ascii") as table:
        return any(line.split()[1].endswith(f":{port:04X}") for line in list(table)[1:])


def main():
    need("sngrep", "tshark")
    port = free_port(socket.SOCK_DGRAM)
    want = [message for message in sip_of(GOLDEN / "demo.pcap") if ":" not in message.source]
    with Folder() as folder:
        out = folder / "out.pcap"
        with Process("env", "TERM=xterm", "sngrep", "-L", f"udp:127.0.0.1:{port}", "-N", "-O", out):
            eventually("sngrep listens", lambda: listens(port))
            replay(GOLDEN / "demo.pcap", "--to", f"udp://127.0.0.1:{port}", "--quiet")
            eventually("packets written", lambda: len(sip_of(out)) >= len(want))
        same_items("what sngrep wrote", [m for m in sip_of(out) if m.source != "0.0.0.0"], want)


if __name__ == "__main__":
    main()
