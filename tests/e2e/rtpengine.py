"""rtpengine in user space, and the protocol it is asked by: a cookie and bencode over UDP. Behind
kamailio it is in the path of the media; what it has counted stays there when a call has ended."""
import itertools
import socket

from common import PATIENCE_S, Process, eventually
from mirror_bench import ADDRESS

NG_PORT = 2223  # on loopback of its namespace, as is the kamailio beside it
CONFIG = """
[rtpengine]
table = -1
interface = {address}
listen-ng = 127.0.0.1:{ng_port}
port-min = 40000
port-max = 40099
num-threads = 1
log-level = 6
log-stderr = true
foreground = true
delete-delay = 120
"""


class RtpEngine(Process):
    def __init__(self, bench, folder, place="middle"):
        config = folder / "rtpengine.conf"
        config.write_text(CONFIG.format(address=ADDRESS[place][4], ng_port=NG_PORT))
        super().__init__(*bench.within(place, "rtpengine", "--config-file", config))
        eventually("rtpengine begins", lambda: "Startup complete" in self.err or self.ended())
        self.socket = bench.call_in(place, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.settimeout(PATIENCE_S)
        self.cookies = itertools.count(1)

    def __exit__(self, *_):
        self.socket.close()
        super().__exit__()

    def ask(self, command, **more):
        """gives   its answer as a dict"""
        cookie = b"c%d " % next(self.cookies)
        self.socket.sendto(cookie + bencode({"command": command, **more}), ("127.0.0.1", NG_PORT))
        return bdecode(self.socket.recv(1 << 16).removeprefix(cookie))


def bencode(value):
    if isinstance(value, dict):
        return b"d%be" % b"".join(bencode(key) + bencode(value[key]) for key in sorted(value))
    if isinstance(value, int):
        return b"i%de" % value
    text = value.encode()
    return b"%d:%b" % (len(text), text)


def bdecode(data):
    value, rest = bdecode_first(data)
    if rest:
        raise ValueError(f"behind the value: {rest!r}")
    return value


def bdecode_first(data):
    """gives   a value, and what is behind it"""
    kind = data[:1]
    if kind == b"i":
        number, _, rest = data[1:].partition(b"e")
        return int(number), rest
    if kind in (b"d", b"l"):
        items, rest = [], data[1:]
        while not rest.startswith(b"e"):
            item, rest = bdecode_first(rest)
            items.append(item)
        whole = dict(zip(items[::2], items[1::2], strict=True)) if kind == b"d" else items
        return whole, rest[1:]
    size, _, rest = data.partition(b":")
    return rest[:int(size)].decode(errors="replace"), rest[int(size):]
