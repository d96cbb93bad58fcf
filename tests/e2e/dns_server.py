"""A small name server whose records change while it runs, and whose answers may be wrong in many ways."""
import socket
import socketserver
import struct
import threading

A, CNAME, AAAA, SRV = 1, 5, 28, 33
TYPES = {A: "A", CNAME: "CNAME", AAAA: "AAAA", SRV: "SRV"}
NXDOMAIN, SERVFAIL = 3, 2
UDP_LIMIT = 512


def encoded(name):
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def question_of(query):
    """gives   the name, the type, and where the question ends"""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    return ".".join(labels).lower(), struct.unpack_from("!H", query, at + 1)[0], at + 5


def data_of(kind, value):
    if kind == A:
        return socket.inet_pton(socket.AF_INET, value)
    if kind == AAAA:
        return socket.inet_pton(socket.AF_INET6, value)
    if kind == CNAME:
        return encoded(value)
    priority, weight, port, target = value
    return struct.pack("!HHH", priority, weight, port) + encoded(target)


def record(name, kind, ttl_s, value):
    data = data_of(kind, value)
    return encoded(name) + struct.pack("!HHIH", kind, 1, ttl_s, len(data)) + data


class DnsServer:
    """zone: {name: [(type, TTL, value)]}, which the test may change.
    silent_for: {(name, type)}, questions that nobody answers; failing: the same, answered by SERVFAIL.
    mode: "right", or what is wrong with each answer: "garbage", "cut", "silent", "servfail", "loop"."""

    def __init__(self, zone):
        self.zone, self.mode, self.queries = zone, "right", []
        self.silent_for, self.failing = set(), set()
        self.servers, port = [], 0
        for base in (socketserver.ThreadingTCPServer, socketserver.ThreadingUDPServer):
            server = type("Server", (base,), {"daemon_threads": True, "allow_reuse_address": True})(
                ("127.0.0.1", port), self.handler(base is socketserver.ThreadingTCPServer))
            port = server.server_address[1]
            self.servers.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def handler(self, is_stream):
        owner = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                if not is_stream:
                    answer = owner.answer(self.request[0], False)
                    if answer is not None:
                        self.request[1].sendto(answer, self.client_address)
                    return
                while length := self.request.recv(2, socket.MSG_WAITALL):
                    query = self.request.recv(struct.unpack("!H", length)[0], socket.MSG_WAITALL)
                    answer = owner.answer(query, True)
                    if answer is not None:
                        self.request.sendall(struct.pack("!H", len(answer)) + answer)

        return Handler

    def answer(self, query, is_stream):
        """gives   the bytes of it; None: there is none"""
        name, kind, end = question_of(query)
        self.queries.append((name, TYPES.get(kind, kind), "tcp" if is_stream else "udp"))
        if self.mode == "silent" or (name, kind) in self.silent_for:
            return None
        if self.mode == "garbage":
            return query[:2] + b"\x81\x80\0\1\xff\xff\0\0\0\0" + query[12:end] + b"\xc0\xff" * 20
        if self.mode == "servfail" or (name, kind) in self.failing:
            return self.header(query, SERVFAIL, 0) + query[12:end]
        records = self.looped(name) if self.mode == "loop" else self.chain(name, kind)
        if records is None:
            return self.header(query, NXDOMAIN, 0) + query[12:end]
        whole = self.header(query, 0, len(records)) + query[12:end] + b"".join(records)
        if self.mode == "cut":
            return whole[:len(whole) * 2 // 3]
        if len(whole) > UDP_LIMIT and not is_stream:
            return self.header(query, 0, 0, truncated=True) + query[12:end]
        return whole

    @staticmethod
    def header(query, code, answers, truncated=False):
        return query[:2] + struct.pack("!HHHHH", 0x8180 | code | (0x200 if truncated else 0), 1, answers, 0, 0)

    @staticmethod
    def looped(name):
        return [record(name, CNAME, 5, "a." + name), record("a." + name, CNAME, 5, name)]

    def chain(self, name, kind):
        """gives   the records of a name, those of its aliases before them; None: there is no such name"""
        records = []
        while name in self.zone:
            all_of_it = self.zone[name]
            records += [record(name, one, ttl, value) for one, ttl, value in all_of_it
                        if one in (kind, CNAME)]
            aliases = [value for one, _, value in all_of_it if one == CNAME]
            if not aliases:
                return records
            name = aliases[0]
        return records or None
