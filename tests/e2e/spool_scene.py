"""A heptap with a spool, its collector, and what it should have been given: what tests of delivery share."""
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading

import hep3
from common import GOLDEN, HEPTAP, Process, equal, eventually, free_port, replay

sys.path.insert(0, str(GOLDEN))
import calls  # noqa: E402
import frames  # noqa: E402

RATE = 10_000
RESENT_BYTES = 65_536
MESSAGES = 20_000
APART_NS = 1_000_000
CONFIG = """
collectors:
{collectors}
spool: {{directory: {directory}, sync: 100ms, rate: {rate}}}
run: {{stop_wait: 500ms}}
replay: {{wait: {wait}}}
hep: [{{listen: "tcp://127.0.0.1:{listen}"}}]
http: {{listen: "{pages}"}}
security: {{user: nobody}}
"""
COLLECTOR = '  - {{url: "{url}", resend_bytes: 64KiB{more}}}\n'
RECEIVE_BUFFER_BYTES = 64 * 1024  # what one that does not read is given


class Sink(socketserver.ThreadingTCPServer):
    """Keeps what comes, by connection; what is behind the last frame of one that a kill ended is none.
    certificate: its file and that of its key, for TLS. reads: without, it accepts and reads when read()
    is called."""
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port, certificate=None, reads=True):
        self.streams, self.is_read = [], threading.Event()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
        if certificate:
            self.tls.load_cert_chain(*certificate)
        super().__init__(("127.0.0.1", port), Keeper)
        if reads:
            self.read()
        else:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05},
                         daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.read()
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"{'tls' if self.tls else 'tcp'}://127.0.0.1:{self.server_address[1]}"

    def read(self):
        self.is_read.set()

    def arrived(self):
        return sum(len(stream) for stream in self.streams)

    def by_connection(self):
        return [[bytes(frame) for frame in hep3.split(stream)[0]] for stream in list(self.streams)]

    def frames(self):
        return [frame for stream in self.by_connection() for frame in stream]


class Keeper(socketserver.BaseRequestHandler):
    def handle(self):
        stream = bytearray()
        self.server.streams.append(stream)
        self.server.is_read.wait()
        try:
            if self.server.tls:
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            while data := self.request.recv(1 << 16):
                stream += data
        except (ConnectionError, ssl.SSLError):
            pass


class Scene:
    """A folder with a capture, and a collector's port where nobody listens yet.
    urls: of collectors instead; more: what else is said of each."""

    def __init__(self, folder, messages=MESSAGES, wait="30s", directory=None, urls=(), more="",
                 pages="off", rate=RATE, apart_ns=APART_NS, begin_ns=0):
        self.folder, self.port, self.listen = folder, free_port(), free_port()
        self.name = f"tcp://127.0.0.1:{self.port}"
        self.capture, self.one = folder / "many.pcap", folder / "one.pcap"
        make_capture(self.capture, messages, apart_ns, begin_ns)
        make_capture(self.one, 1)
        self.directory = directory or folder / "spool"
        self.config = folder / "heptap.yaml"
        self.config.write_text(CONFIG.format(
            collectors="".join(COLLECTOR.format(url=url, more=more) for url in urls or [self.name]),
            directory=self.directory, rate=rate, wait=wait, listen=self.listen, pages=pages))
        self.collector_folder = self.directory / f"tcp%3A%2F%2F127.0.0.1%3A{self.port}"
        os.chmod(folder.name, 0o755)

    def replay(self, capture, *flags, expect=0):
        return replay(capture, "-c", self.config, *flags, expect=expect)

    def start(self, capture, node, speed="max"):
        return Process(HEPTAP, "replay", capture, "-c", self.config, "--node-id", node,
                       "--speed", speed)

    def run(self, *before):
        process = Process(*before, HEPTAP, "run", "-c", self.config)
        eventually("the source listens", lambda: "HEP is received" in process.err or process.ended())
        equal("it runs, and said " + process.err, process.ended(), False)
        return process

    def feed(self, capture, *flags, node=1):
        replay(capture, "--to", f"tcp://127.0.0.1:{self.listen}", "--node-id", node, *flags)

    def baseline(self):
        """The frames in their order, as they are without a spool."""
        with Sink(free_port()) as sink:
            replay(self.capture, "--to", sink.url, "--node-id", 0)
            return sink.frames()


def make_capture(path, count, apart_ns=APART_NS, begin_ns=0):
    """`count` messages, no two alike: each has a time of its own."""
    texts = [frames.ethernet(frames.udp(source, destination, text))
             for _, source, destination, text in calls.all_messages(0)]
    path.write_bytes(frames.pcap([(begin_ns + i * apart_ns, texts[i % len(texts)]) for i in range(count)]))


def of_node(frame, node):
    """The same frame of another node (chunk 0x0c)."""
    at = frame.index(struct.pack(">HHHI", 0, 0x0c, 10, 0))
    return frame[:at + 6] + struct.pack(">I", node) + frame[at + 10:]


def make_writable(directory):
    """For the user that heptap becomes."""
    directory.mkdir()
    directory.chmod(0o777)
