"""A capture that has each kind of what masks hide, see mask_secrets.py."""
from rtcp_capture import Sip, audio, capture, description, ethernet

from media import A, B, stream  # of tests/golden, as rtcp_capture has it

CALLER, CALLEE = ("192.0.2.10", 5060), ("203.0.113.1", 5060)
CALL_ID, WORD = "one@192.0.2.10", "0a4f113bdeadbeef"
KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
PARTIES = (
    "P-Asserted-Identity: \"Anne Asserted\" <sip:asserted@example.net>, <tel:+49301234567>",
    "P-Preferred-Identity: Paula Preferred <sip:preferred@example.net>",
    "Remote-Party-ID: \"Rita Remote\" <sip:remote@example.net>;party=calling",
    "Diversion: \"Dora Diverted\" <sip:diverted@example.net>;reason=no-answer",
    "History-Info: <sip:history@example.net?Reason=SIP%3Bcause%3D302>;index=1",
    "Reply-To: <mailto:postmaster@example.net>, <im:messenger@example.net>",
    "Referred-By: <pres:presentity@example.net>",
    "P-Called-Party-ID: <sip: afterblank@example.net>",
    "Contact: <sip:contact:keyword@192.0.2.10:5060;transport=udp>",
    "Route: <sip:routed@example.net;lr>")
CREDENTIALS = (
    "Authorization: Digest username=\"authname\", realm=\"example.net\", nonce=\"00c0ffee\", "
    f"uri=\"sip:dialled@example.net\", response=\"{WORD}\", cnonce=\"cafe0123\", qop=auth, nc=00000001",
    "Proxy-Authorization: Basic Ym9iOnNlc2FtZTEyMw==")
KEYS = (f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4", "a=ice-pwd:icepassword0123456789",
        "a=key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO",
        f"a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{KEY[::-1]}|2^20|1:4",
        f"a=cryptoscale:1 client AES_CM_128_HMAC_SHA1_80 inline:{KEY[::-2]}|2^31|1:1")


def bodies():
    """gives   type and text of what is no SDP"""
    yield "text/plain", "Meet me where nobody looks.\r\nAt noon."
    yield "application/dtmf-relay", "Signal=314159\r\nDuration=160\r\n"
    yield "application/kpml-response+xml", '<kpml-response code="200" digits="271828" tag="1"/>\r\n'
    yield "application/mediaservercontrol+xml", \
        '<response request="playcollect" maxdigits="6" reason="match"\r\n digits="662607"/>'
    yield "application/msml+xml", \
        "<event><name>dtmf.digits</name><value>602214</value><name>dtmf.len</name></event>"
    yield "message/sipfrag", "SIP/2.0 200 OK\r\nTo: <sip:fragment@example.net>\r\n\r\n"


def two_in_one():
    """What follows the body of the first is sent, too."""
    pair = Sip()
    pair.say((CALLER, CALLEE), "OPTIONS sip:pinged@example.net SIP/2.0", "two@192.0.2.10", "1 OPTIONS",
             fields=("Supported: path",))
    pair.say((CALLER, CALLEE), "MESSAGE sip:second@example.net SIP/2.0", "two@192.0.2.10", "2 MESSAGE",
             fields=CREDENTIALS, body="Behind the first.", kind="text/plain")
    return b"".join(packet[14 + 20 + 8:] for _, packet in pair.packets)  # Ethernet, IPv4, UDP


def secrets():
    """A call with media, and messages in it."""
    sip, ends, back = Sip(), (CALLER, CALLEE), (CALLEE, CALLER)
    sip.say(ends, "INVITE sip:dialled@example.net SIP/2.0", CALL_ID, "1 INVITE",
            fields=PARTIES + CREDENTIALS, body=description(CALLER[0], audio(20000), extra=KEYS))
    sip.say(back, "SIP/2.0 200 OK", CALL_ID, "1 INVITE", tags=("a", "b"),
            body=description(CALLEE[0], audio(20002)).replace("o=-", "o=originator"))
    sip.say(ends, "ACK sip:dialled@example.net SIP/2.0", CALL_ID, "1 ACK", tags=("a", "b"))
    sip.rtcp((CALLER[0], 20001), (CALLEE[0], 20003))
    here, there = (CALLER[0], 20000), (CALLEE[0], 20002)
    for source, destination, ssrc in ((here, there, A), (there, here, B)):
        sip.packets += [(time, ethernet(packet)) for time, packet in
                        stream(source, destination, ssrc, sip.now_us * 1000)]
    for number, (kind, text) in enumerate(bodies(), 2):
        sip.say(ends, "INFO sip:dialled@example.net SIP/2.0", CALL_ID, f"{number} INFO",
                tags=("a", "b"), body=text, kind=kind)
    sip.send(*ends, two_in_one())
    sip.wait(10)
    sip.say(ends, "BYE sip:dialled@example.net SIP/2.0", CALL_ID, "99 BYE", tags=("a", "b"))
    sip.say(back, "SIP/2.0 200 OK", CALL_ID, "99 BYE", tags=("a", "b"))
    return capture(sip.packets)
