"""SIP messages for the fields of a capture plan: what no capture has, each in a datagram of its own."""
import sys

from common import GOLDEN

sys.path.insert(0, str(GOLDEN))
import frames  # noqa: E402

CALLER, CALLEE = ("192.0.2.10", 5060), ("198.51.100.20", 5060)
START_NS = 1_767_607_200_000_000_000

SDP = """v=0
o=alice 2890844526 2890844527 IN IP6 2001:db8::1
s=-
i=a session
c=IN IP4 233.252.0.1/127/3
b=AS:512
t=0 0
a=group:BUNDLE audio video
a=ice-lite
m=audio 49170/2 RTP/SAVP 0 96 13
i=the audio
c=IN IP4 198.51.100.1
b=TIAS:64000
a=rtpmap:96 opus/48000/2
a=fmtp:96 useinbandfec=1; stereo=0
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32
a=candidate:1 1 UDP 2130706431 192.0.2.1 8998 typ host
a=candidate:2 2 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 10.0.1.1 rport 8998
a=ptime:20
a=sendonly
m=video 51372 UDP/TLS/RTP/SAVPF 97
a=rtpmap:97 H264/90000
a=inactive
m=image 4000 udptl t38
a=T38FaxVersion:0
m=message 7394 TCP/MSRP *
a=accept-types:text/plain
"""

HEADS = [
    # Names, brackets and what stands in them.
    """INVITE sips:bob:secret@[2001:db8::9]:5061;transport=tls?subject=x SIP/2.0
Via: SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKa;maddr=192.0.2.9;ttl=16;comp=sigcomp, SIP/2.0/UDP first.example.com;branch=z9hG4bKb;received=192.0.2.4;rport=1234
v: SIP/2.0/UDP 192.0.2.77:5999;rport;branch=z9hG4bKc
f: "Alice \\"the <second>\\", of x;tag=no" <sip:alice:pw@example.com:5070;user=phone>;x="a;tag=evil";tag=88sja8x
t: Bob  Builder <tel:+15551234567;phone-context=example.com>
i: one@example.com
CSeq: 4711 INVITE
m: "A, B" <sip:ann@192.0.2.1:5080;transport=tcp;ob>;q=0.7;expires=60, <sip:ben@[2001:db8::2]>;expires=30
Contact: sip:cid@192.0.2.3;expires=10
Route: <sip:p1.example.com;lr>, "P 2" <sip:user@p2.example.com:5090;lr;x=y>
Record-Route: <sip:r1.example.com;lr>
Record-Route: <sip:r2.example.com:6000;lr>
P-Asserted-Identity: "Alice A" <sip:alice@example.com>
P-Preferred-Identity: "Pref" <sip:+4930123@example.com:5062;user=phone>
Diversion: <sip:carol@example.com>;reason=unconditional
History-Info: <sip:dave@example.com>;index=1
Privacy: id
Max-Forwards: 69
Subject: folded
 here
Supported: timer
Supported: 100rel, path
Session-Expires: 1800;refresher=uac
Unsupported-Thing: yes
X-Tenant: blue
x-tenant: green
""",
    # Credentials of every kind, and reasons.
    """REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKd
From: <sip:alice@example.com>;tag=1
To: <sip:alice@example.com>
Call-ID: two@example.com
CSeq: 4294967295 REGISTER
Contact: *
Expires: 0
Authorization: Digest username="alice, the first", realm="example.com", nonce="84a4cc6f", uri="sip:example.com", response="7587245234b3434cc3412213e5f113a5", algorithm=MD5, cnonce="0a4f113b", opaque="", qop=auth, nc=00000001
Proxy-Authorization: Digest username="bob",realm="proxy.example.com",nonce="1",uri="sip:p",response="00"
Path: <sip:path1.example.com;lr>, <sip:path2.example.com:5064;lr;ob>
""",
    """SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKd;received=2001:db8::4
From: <sip:alice@example.com>;tag=1
To: <sip:alice@example.com>;tag=2
Call-ID: two@example.com
CSeq: 2 REGISTER
Service-Route: <sip:s1.example.com;lr>, <sip:orig@s2.example.com:5065;lr>
P-Associated-URI: <sip:a@example.com>
Authentication-Info: nextnonce="47364c23432d2e131a5fb210812c", qop=auth, rspauth="6629fae4"
Reason: Q.850;cause=16;text="Terminated", SIP;cause=600;text="Busy Everywhere"
Reason: preemption ;cause=1
Retry-After: 120 (in a meeting)
""",
    """SIP/2.0 407 Proxy Authentication Required
Via: SIP/2.0/UDP 192.0.2.1:5060 ;branch=z9hG4bKe
From: sip:alice@example.com;tag=1
To: sip:bob@example.com:5068
Call-ID: three@example.com
CSeq: 3 INVITE
Proxy-Authenticate: Digest realm="a, b", domain="sip:x", nonce="n", stale=TRUE, algorithm=SHA-256
WWW-Authenticate: Digest realm="second", nonce="m", qop="auth,auth-int"
Server: heptap/1.0 (test)
Warning: 307 isi.edu "Session parameter 'foo' not understood"
""",
    """OPTIONS sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKg
From: <sip:alice@example.com>;tag=1
To: <sip:alice@example.com>
Call-ID: five@example.com
CSeq: 99999999999999999999999 OPTIONS
Expires: 99999999999999999999999
""",
    """PRACK sip:bob@example.com:5069 SIP/2.0
Via: SIP/2.0/TCP host.example.com:5060;branch=z9hG4bKf
From: anonymous <sip:anonymous@anonymous.invalid>;tag=5
To: <sip:bob@example.com>;tag=6
Call-ID: four@example.com
CSeq: 5 PRACK
RAck: 776656 1 INVITE
RSeq: 988789
Event: presence;id=7
SIP-If-Match: abc
SIP-ETag: def
User-to-User: 00;encoding=hex
Timestamp: 54.2
""",
]


def crlf(text):
    return text.replace("\n", "\r\n").encode()


def with_body(head, content_type, body):
    return crlf(head) + crlf(f"Content-Type: {content_type}\nContent-Length: {len(body)}\n\n") + body


def multipart():
    parts = crlf("--x\nContent-Type: text/plain\n\nhello\n--x\nContent-Type: application/sdp\n\n")
    return parts + crlf(SDP) + crlf("--x--\n")


def messages():
    yield with_body(HEADS[0], "application/sdp", crlf(SDP))
    yield with_body(HEADS[2], 'multipart/mixed;boundary="x"', multipart())
    for head in HEADS:
        yield crlf(head) + b"Content-Length: 0\r\n\r\n"


def write_capture(path):
    path.write_bytes(frames.pcap([
        (START_NS + 1_000_000 * number, frames.ethernet(frames.udp(CALLER, CALLEE, message)))
        for number, message in enumerate(messages())]))
