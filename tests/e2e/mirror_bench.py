"""A mirror port in network namespaces: two SIP endpoints on a hub, whose third port is captured.

    caller sip ---+
                  +--- hub (a bridge) --- out --- mirror agent mgmt --- mgmt collector
    callee sip ---+          |
    (middle sip) -+          |
                            tap --- tapped: the frame wrapper takes them from here to `out`

`ageing_time 0` makes the bridge forget every address at once: it floods all frames to all ports, so
`mirror` shows each frame of either direction once. What comes out there can be wrapped while
somebody captures: wrapped() and in_vxlan(). No packet leaves the namespaces.

Tags: where a frame is received, the kernel takes the outermost tag out of it, 802.1Q or 802.1ad,
before any socket or its filter sees it, on a veth as well. So on `mirror` a filter in the kernel
finds 0x0800 at offset 12 of a frame with one tag, 0x8100 and the inner tag there when it has two;
the missing tag is in the metadata alone: PACKET_AUXDATA or the ring's header (TP_STATUS_VLAN_VALID,
its TCI and TPID), for filters SKF_AD_VLAN_TAG. libpcap puts it back before it hands over the frame.
So `udp port 5060` finds frames with one tag on a live interface and none in a recording. On `out`,
which sends, tags that the frame wrapper has made are still in the frame.

Times: all who capture on `mirror` get the same timestamp of a frame, to the nanosecond. The kernel
takes it only once when some socket anywhere has asked for timestamps (SO_TIMESTAMP), and otherwise
for each capture anew, some microseconds later; so the bench has such a socket. It never takes it of
what a kernel sends over TCP and a veth brings: that holds the time it was due to be sent at.

A veth delivers frames to any address: it cannot show whether somebody captures promiscuously.
"""
import contextlib
import itertools
import json
import socket
import sys

from common import Collector, Process, contains, equal, eventually, need, replay
from netns import Namespaces

FRAME_WRAPPER = sys.argv[2] if len(sys.argv) > 2 else "frame_wrapper"
ADDRESS = {"caller": {4: "10.44.0.1", 6: "fd44::1"}, "callee": {4: "10.44.0.2", 6: "fd44::2"},
           "middle": {4: "10.44.0.3", 6: "fd44::3"},
           "agent": {4: "10.45.0.1", 6: "fd45::1"}, "collector": {4: "10.45.0.2", 6: "fd45::2"}}
MIRROR_MTU = 9000  # full frames get headers
WRAPPINGS = ("vlan", "qinq", "gre", "gre-teb", "erspan-1", "erspan-2", "erspan-3", "geneve",
             "vxlan", "ipip")
# Frames are captured as they would be on a cable: cut to the MTU, with checksums, one by one.
OFFLOADS = ("tx", "sg", "tso", "gso", "gro")
SO_TIMESTAMP = 29  # Linux; the socket module does not name it
SEND = "import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(" \
       "sys.argv[2].encode(), (sys.argv[1], 9))"


class MirrorBench(Namespaces):
    """Leaving the block takes everything away, and ends whatever still runs in there."""

    def __init__(self, *between):
        """between: more endpoints on the hub, see ADDRESS."""
        self.endpoints = ("caller", "callee", *between)
        super().__init__(*self.endpoints, "hub", "agent", "collector")
        self.marks = itertools.count(1)
        self.stamping = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def __enter__(self):
        need("ip", "ethtool", "tcpdump", "sipp")
        super().__enter__()
        try:
            self.stamping.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
            self.lay_cables()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stamping.close()
        super().__exit__()

    def lay_cables(self):
        self.be_silent("hub")
        self.ip("hub", "link add hub type bridge ageing_time 0 stp_state 0 forward_delay 0 "
                       "mcast_snooping 0", "link set hub up")
        for name in self.endpoints:
            self.veth(name, "sip", "hub", f"to_{name}")
            self.ip("hub", f"link set to_{name} master hub")
            self.give_addresses(name, "sip")
        self.veth("hub", "tap", "hub", "tapped")
        self.ip("hub", "link set tap master hub")
        self.add_mirror()
        self.veth("agent", "mgmt", "collector", "mgmt")
        for name in ("agent", "collector"):
            self.give_addresses(name, "mgmt")

    def be_silent(self, name, interface="default"):
        """Without addresses nothing of it appears on the mirror port."""
        self.run_in(name, "sh", "-c", f"echo 1 >/proc/sys/net/ipv6/conf/{interface}/disable_ipv6")

    def give_addresses(self, name, interface):
        own = ADDRESS[name]
        self.ip(name, f"addr add {own[4]}/24 dev {interface}",
                f"addr add {own[6]}/64 dev {interface} nodad")
        for offload in OFFLOADS:
            self.run_in(name, "ethtool", "-K", interface, offload, "off")

    def add_mirror(self):
        """The third port and the interface to capture on. After remove_mirror() it comes back under
        the same name with another index."""
        self.veth("hub", "out", "agent", "mirror")
        self.be_silent("agent", "mirror")
        self.ip("agent", f"link set mirror mtu {MIRROR_MTU}")
        self.ip("hub", f"link set out mtu {MIRROR_MTU}", "link set out master hub")

    def remove_mirror(self):
        self.ip("agent", "link delete mirror")

    @contextlib.contextmanager
    def wrapped(self, *wrappings):
        """Each frame is put into these, the innermost first, on its way to `mirror`."""
        self.ip("hub", "link set out nomaster")
        arguments = itertools.chain.from_iterable(("--wrap", name) for name in wrappings)
        with Process(*self.within("hub", FRAME_WRAPPER, "--from", "tapped", "--to", "out",
                                  *arguments)) as wrapper:
            eventually("the frame wrapper begins",
                       lambda: "forwarding" in wrapper.err or wrapper.ended())
            yield
            wrapper.stop()
            equal("frames the wrapper lost", json.loads(wrapper.out_path.read_text())["lost"], 0)
        self.ip("hub", "link set out master hub")

    @contextlib.contextmanager
    def in_vxlan(self):
        """The kernel's own VXLAN. Nobody has the address at the other end: the agent's kernel would
        complain of each packet, and its complaints would be captured, too."""
        self.ip("hub", "link set out nomaster", "addr add 10.46.0.1/24 dev out",
                "neigh add 10.46.0.2 lladdr 02:00:00:00:46:02 dev out nud permanent",
                "link add vx type vxlan id 4242 local 10.46.0.1 remote 10.46.0.2 dstport 4789 "
                "dev out", "link set vx mtu 1500 master hub up")
        yield
        self.ip("hub", "link delete vx", "addr flush dev out", "link set out master hub")

    @contextlib.contextmanager
    def recorded(self, path, kernel_filter=""):
        """What comes by the mirror port goes into a file, without any loss. The filter is one that
        takes IPv4 over UDP from the caller."""
        tcpdump_to = ("tcpdump", "-i", "mirror", "-n", "-U", "--immediate-mode", "-B", 65536, "-Z",
                      "root", "-w", path, kernel_filter)
        with Process(*self.within("agent", *tcpdump_to)) as tcpdump:
            eventually("tcpdump listens", lambda: "listening on" in tcpdump.err or tcpdump.ended())
            yield
            self.wait_for_all(path)
            tcpdump.stop()
            contains("tcpdump", tcpdump.err, "\n0 packets dropped by kernel")

    def wait_for_all(self, path):
        """A datagram behind everything else: frames on this way do not overtake each other."""
        mark = f"mark {next(self.marks)} of the mirror bench"
        self.run_in("caller", sys.executable, "-c", SEND, ADDRESS["callee"][4], mark)
        eventually(f"{mark} is recorded", lambda: mark.encode() in path.read_bytes())


def messages_of(recording):
    """As `heptap replay` finds them."""
    with Collector() as collector:
        replay(recording, "--to", collector.url, "--quiet")
        collector.stop()
        return collector.messages()
