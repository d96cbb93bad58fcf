#!/usr/bin/env python3
"""What the impairment relay says it has done is what both its ends see:
impairment_relay_test.py HEPTAP IMPAIRMENT_RELAY."""
import contextlib
import socket
import sys

from common import PATIENCE_S, equal, free_port
from impairment_relay import ImpairmentRelay

RELAY = sys.argv[2]
HOST = "127.0.0.1"
COUNT = 250  # all of them fit into the buffer of a socket


def address(port):
    return f"{HOST}:{port}"


def udp_socket():
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.bind((HOST, 0))
    own.settimeout(PATIENCE_S)
    return own


@contextlib.contextmanager
def udp_ends(kind, *options):
    """gives   the relay, a sender, a receiver, and where to send"""
    front, back = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
    with udp_socket() as sender, udp_socket() as receiver:
        route = (kind, address(front), address(back), address(receiver.getsockname()[1]))
        with ImpairmentRelay(RELAY, *route, *options) as relay:
            yield relay, sender, receiver, (HOST, front)


def numbers_received(receiver, last):
    """Until the last one is there; others may still be on their way."""
    numbers = []
    while not numbers or numbers[-1] != last:
        numbers.append(int(receiver.recv(100)))
    return numbers


def says_what_arrived():
    options = ("--drop", 0.1, "--duplicate", 0.1, "--reorder", 0.1, "--reorder-ms", 30,
               "--jitter-ms", 3, "--seed", 7)
    with udp_ends("--udp", *options) as (relay, sender, receiver, front):
        for number in range(COUNT):
            sender.sendto(str(number).encode(), front)
        got = numbers_received(receiver, COUNT - 1)
        account = relay.account()["udp"][0]["forward"]
        receiver.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                got.append(int(receiver.recv(100)))
    equal("received by the relay", account["received"], COUNT)
    equal("sent and received", len(got), account["sent"])
    equal("dropped", COUNT - len(set(got)), account["dropped"])
    equal("twice", len(got) - len(set(got)), account["duplicated"])
    equal("nothing waits", (account["waiting"], account["failed"]), (0, 0))
    equal("something of everything", all(account[what] > 10 for what in
                                         ("dropped", "duplicated", "reordered")), True)
    equal("some overtook others", got != sorted(got), True)
    print(account)


def answers_come_back():
    with udp_ends("--clean") as (relay, sender, receiver, front):
        sender.sendto(b"to", front)
        text, back = receiver.recvfrom(100)
        receiver.sendto(b"fro", back)
        equal("the answer", (text, sender.recvfrom(100)), (b"to", (b"fro", front)))
        account = relay.account()["udp"][0]
    equal("both directions", [account[way]["sent"] for way in ("forward", "backward")], [1, 1])


@contextlib.contextmanager
def tcp_ends(*options):
    """gives   the relay, and the two sockets it connects"""
    front = free_port()
    with socket.create_server((HOST, 0)) as server:
        route = ("--tcp", address(front), address(server.getsockname()[1]))
        with ImpairmentRelay(RELAY, *route, *options) as relay, \
                socket.create_connection((HOST, front), PATIENCE_S) as client:
            peer, _ = server.accept()
            with peer:
                peer.settimeout(PATIENCE_S)
                yield relay, client, peer


def received(peer):
    parts = []
    while part := peer.recv(65536):
        parts.append(part)
    return b"".join(parts)


def bytes_arrive_in_order():
    """However slow it is, and much more than waits in the relay."""
    sent = bytes(range(256)) * 8_000
    options = ("--delay-ms", 3, "--jitter-ms", 5, "--bytes-per-second", 20_000_000,
               "--stall-after-ms", 20, "--stall-ms", 50)
    with tcp_ends(*options) as (relay, client, peer):
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        equal("all bytes, in order", received(peer) == sent, True)
        peer.sendall(b"done")
        peer.close()
        equal("the other way", received(client), b"done")
        account = relay.account()["tcp"][0]
    equal("account", account, {"connections": 1, "refused": 0, "resets": 0,
                               "forward_bytes": len(sent), "backward_bytes": 4})


def resets():
    with tcp_ends("--reset-after-bytes", 1000) as (relay, client, peer):
        client.sendall(b"x" * 1000)
        for end in (peer, client):
            try:
                received(end)
                sys.exit("no reset came")
            except ConnectionResetError:
                pass
        equal("resets", relay.account()["tcp"][0]["resets"], 1)


def main():
    says_what_arrived()
    answers_come_back()
    bytes_arrive_in_order()
    resets()


if __name__ == "__main__":
    main()
