"""Takes HEP as it comes, byte by byte; hep3.py reads it, which shares nothing with heptap."""
import contextlib
import socket
import threading

import hep3
from common import PATIENCE_S


class Sink:
    """Takes what one heptap sends, in a thread; `datagrams` is how many end it over UDP, the end of
    the connection over TCP. `data` is what has come by now."""

    def __init__(self, carrier, host="127.0.0.1", datagrams=0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        kind = socket.SOCK_STREAM if carrier == "tcp" else socket.SOCK_DGRAM
        self.socket = socket.socket(family, kind)
        self.socket.bind((host, 0))
        self.socket.settimeout(PATIENCE_S)
        if carrier == "tcp":
            self.socket.listen()
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{carrier}://{shown}:{self.socket.getsockname()[1]}"
        self.raw, self.data, self.datagrams = [], b"", datagrams
        self.thread = threading.Thread(
            target=self.read_stream if carrier == "tcp" else self.read_datagrams, daemon=True)
        self.thread.start()

    def read_stream(self):
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(PATIENCE_S)
            while more := connection.recv(1 << 16):
                self.data += more
        frames, rest = hep3.split(self.data)
        self.raw = frames + ([rest] if rest else [])  # a rest is no frame: decode() says so

    def read_datagrams(self):
        with contextlib.suppress(TimeoutError):
            while len(self.raw) < self.datagrams:
                self.raw.append(self.socket.recv(1 << 16))

    def frames(self):
        self.thread.join()
        self.socket.close()
        return [hep3.decode(raw) for raw in self.raw]
