#!/usr/bin/env python3
"""hep-js, the library behind other HEP tools, reads our frames, also those that went through `heptap
run`: hep_js_test.py HEPTAP NODE_MODULES.

It is installed into NODE_MODULES when it is not there. It knows no IPv6.
"""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import types

from common import GOLDEN, Folder, Message, equal, need, replay, same_items, sip_of, skip
from hep_source_test import Relay

VERSION = "1.0.22"
NODE_NAME = "golden-1"
DECODE = """
const hep = require('hep-js');
const lines = require('fs').readFileSync(0, 'utf8').trim().split('\\n');
for (const line of lines) console.log(JSON.stringify(hep.decapsulate(Buffer.from(line, 'hex'))));
"""


def install(prefix):
    if (prefix / "node_modules" / "hep-js").is_dir():
        return
    prefix.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund",
                           "--fetch-retries=0", "--prefix", str(prefix), f"hep-js@{VERSION}"],
                          capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        skip("npm cannot install hep-js: " + done.stderr.decode(errors="replace")[-200:])


@contextlib.contextmanager
def through_run(url):
    with Folder() as folder, Relay(folder, types.SimpleNamespace(url=url)) as relay:
        yield relay.url


def datagrams(count, way):
    """Replays into a plain UDP socket, and gives what came. way: gives the url to send to instead"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        sink.settimeout(10)
        with way(f"udp://127.0.0.1:{sink.getsockname()[1]}") as url:
            replay(GOLDEN / "demo.pcap", "--to", url, "--node-name", NODE_NAME, "--node-id", "17")
            return [sink.recv(65535) for _ in range(count)]


def decoded(frames, prefix):
    text = "\n".join(frame.hex() for frame in frames)
    done = subprocess.run(["node", "-e", DECODE], input=text.encode(), capture_output=True,
                          cwd=prefix, timeout=60, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def as_message(frame):
    info = frame["rcinfo"]
    equal("protocol, type, id and name",
          (info["protocolFamily"], info["protocol"], info["payloadType"], info["captureId"],
           info["hepNodeName"]), (2, 17, 1, 17, NODE_NAME))
    return Message(f"{info['timeSeconds']}.{info['timeUseconds']:06}", info["srcIp"],
                   info["srcPort"], info["dstIp"], info["dstPort"], frame["payload"].encode())


def main():
    need("node", "npm", "tshark")
    prefix = pathlib.Path(sys.argv[2])
    install(prefix)
    want = sip_of(GOLDEN / "demo.pcap")
    ways = [contextlib.nullcontext] + ([through_run] if os.geteuid() == 0 else [])
    for way in ways:
        got = [frame for frame in decoded(datagrams(len(want), way), prefix)
               if frame["rcinfo"]["protocolFamily"] == 2]
        same_items(f"frames in the eyes of hep-js by {way.__name__}",
                   [as_message(frame) for frame in got],
                   [message for message in want if ":" not in message.source])


if __name__ == "__main__":
    main()
