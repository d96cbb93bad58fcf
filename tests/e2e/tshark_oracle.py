"""What tshark finds in a capture: each SIP message, and the type of each RTCP packet.

Read from tshark's tree, where each message is a protocol of its own. A list of fields would not
tell two messages of one segment from each other, nor a message from what its body quotes.
"""
import collections
import subprocess
import xml.etree.ElementTree as ElementTree

TIMEOUT_S = 120
TRANSPORTS = ("udp", "tcp", "sctp")
RTCP_TYPES = {"200": "sr", "201": "rr", "202": "sdes", "203": "bye", "204": "app", "205": "rtpfb",
              "206": "psfb", "207": "xr"}

# Content before ports, as here: SIP on a port that IANA gave to somebody else is SIP. In one pass:
# with two of them and a filter, RTCP of ports that only SDP names is missing.
PREFERENCES = ["udp.try_heuristic_first:TRUE", "tcp.try_heuristic_first:TRUE",
               "sctp.try_heuristic_first:TRUE", "websocket.text_type:As SIP"]
HEURISTICS = ["sip_udp", "sip_tcp", "sip_sctp", "rtcp_udp", "websocket_tcp"]
# What tshark cannot know: a tunnel without a port of its own, and what MPLS labels are put on.
TUNNELS = ["udp.port==7932,hp_erm", "mpls.label==3000,pwethcw", "mpls.label==3001,pwethnocw"]


def packets(capture, wanted, *preferences):
    """The protocols of each packet that passes the filter, in the order of the bytes."""
    command = ["tshark", "-r", str(capture), "-Y", wanted, "-T", "pdml",
               "-J", " ".join(("sip", "rtcp", *TRANSPORTS))]
    for flag, values in (("-o", [*PREFERENCES, *preferences]), ("--enable-heuristic", HEURISTICS),
                         ("-d", TUNNELS)):
        for value in values:
            command += [flag, value]
    done = subprocess.run(command, capture_output=True, check=True, timeout=TIMEOUT_S)
    return [packet.findall("proto") for packet in ElementTree.fromstring(done.stdout)]


def fields(element):
    """(name, value) of a protocol's fields, not of those of a protocol inside it: a sipfrag body
    has a start line, too."""
    for field in element.findall("field"):
        yield field.get("name"), field.get("show", "")
        yield from fields(field)


def first(element, name):
    return next((value for key, value in fields(element) if key == name), "")


def outside_quotations(protocols):
    """An ICMP error quotes the packet that it is about."""
    for protocol in protocols:
        if protocol.get("name").startswith("icmp"):
            return
        yield protocol


def sip_keys(protocols):
    """`tcp INVITE 1@a` or `tcp 200/INVITE 1@a` of each message."""
    transport = ""
    for protocol in protocols:
        name = protocol.get("name")
        if name in TRANSPORTS:
            transport = name
        method, status = first(protocol, "sip.Method"), first(protocol, "sip.Status-Code")
        if name != "sip" or not method + status:  # it is called SIP for its port
            continue
        start = method or status + "/" + first(protocol, "sip.CSeq.method")
        yield f"{transport} {start} {first(protocol, 'sip.Call-ID')}"


def rtcp_keys(protocols):
    """`rtcp sr` of each packet in a compound whose lengths add up to its datagram. Of a longer
    datagram, which is SRTCP, only the first header is what it says."""
    reports = [protocol for protocol in protocols if protocol.get("name") == "rtcp"]
    datagrams = [protocol for protocol in protocols if protocol.get("name") == "udp"]
    words = [first(report, "rtcp.length") for report in reports]
    if not reports or not datagrams or "" in words:
        return
    if 8 + sum(4 + 4 * int(count) for count in words) != int(first(datagrams[-1], "udp.length")):
        return
    for report in reports:
        number = first(report, "rtcp.pt")
        yield "rtcp " + RTCP_TYPES.get(number, number)


def counted(read):
    counts = collections.Counter()
    for everything in read:
        protocols = list(outside_quotations(everything))
        counts.update(sip_keys(protocols))
        counts.update(rtcp_keys(protocols))
    return counts


def found(capture):
    """A counter of what sip_keys() and rtcp_keys() give.

    tshark either puts segments in order and waits for a lost one to the end of the capture, or
    reads on behind it and loses what is out of order: what it finds in one of two ways counts.
    """
    in_order = packets(capture, "sip || rtcp", "tcp.reassemble_out_of_order:TRUE")
    as_they_come = packets(capture, "sip && tcp", "tcp.reassemble_out_of_order:FALSE")
    return counted(in_order) | counted(as_they_come)
