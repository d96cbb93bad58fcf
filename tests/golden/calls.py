"""The SIP of the golden captures: a handful of calls as two phones and a proxy would have them."""
ALICE, BOB, PROXY = ("192.0.2.10", 5060), ("198.51.100.20", 5060), ("192.0.2.1", 5060)
CAROL, DAVE = ("2001:db8::c", 5060), ("2001:db8::d", 5080)

REASONS = {100: "Trying", 180: "Ringing", 200: "OK", 401: "Unauthorized", 486: "Busy Here",
           487: "Request Terminated"}


def bracketed(host):
    return f"[{host}]" if ":" in host else host


def description(host, port):
    family = "IP6" if ":" in host else "IP4"
    return "\r\n".join([
        "v=0", f"o=- 1 1 IN {family} {host}", "s=call", f"c=IN {family} {host}", "t=0 0",
        f"m=audio {port} RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000", "a=sendrecv", ""])


class Dialog:
    """Writes the messages of one Call-ID and keeps what they have in common."""

    def __init__(self, caller, callee, call_id, from_user, to_user, start_us, domain="example.net"):
        self.caller, self.callee = caller, callee
        self.call_id, self.now_us, self.messages = call_id, start_us, []
        self.from_uri, self.to_uri = f"sip:{from_user}@{domain}", f"sip:{to_user}@{domain}"
        self.user, self.to_tag = from_user, ""

    def send(self, source, destination, start_line, cseq, extra=(), body="", after_ms=20):
        self.now_us += after_ms * 1000 + 7
        top = self.callee if cseq == "2 BYE" else self.caller
        lines = [start_line,
                 f"Via: SIP/2.0/UDP {bracketed(top[0])}:{top[1]};branch=z9hG4bK{self.call_id[:6]}"
                 f"{cseq.replace(' ', '')}",
                 "Max-Forwards: 70",
                 f'From: "{self.user.title()}" <{self.from_uri}>;tag=f{self.call_id[:4]}',
                 f"To: <{self.to_uri}>{self.to_tag}",
                 f"Call-ID: {self.call_id}",
                 f"CSeq: {cseq}", *extra]
        if body:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body)}", "", body]
        self.messages.append((self.now_us, source, destination, "\r\n".join(lines).encode()))

    def request(self, method, number=1, body="", after_ms=20, extra=()):
        contact = f"Contact: <sip:{self.user}@{bracketed(self.caller[0])}:{self.caller[1]}>"
        uri = "sip:example.net" if method == "REGISTER" else self.to_uri
        self.send(self.caller, self.callee, f"{method} {uri} SIP/2.0", f"{number} {method}",
                  [contact, "User-Agent: golden/1.0", *extra], body, after_ms)

    def answer(self, status, method, number=1, body="", after_ms=20, extra=()):
        if status > 100:
            self.to_tag = f";tag=t{self.call_id[:4]}"
        self.send(self.callee, self.caller, f"SIP/2.0 {status} {REASONS[status]}",
                  f"{number} {method}", extra, body, after_ms)


def answered(caller, callee, call_id, start_us):
    call = Dialog(caller, callee, call_id, "alice", "bob", start_us)
    call.request("INVITE", body=description(caller[0], 40000))
    call.answer(100, "INVITE", after_ms=2)
    call.answer(180, "INVITE", after_ms=350)
    call.answer(200, "INVITE", body=description(callee[0], 42000), after_ms=4200)
    call.request("ACK")
    call.request("BYE", number=2, after_ms=65000)
    call.answer(200, "BYE", number=2)
    return call.messages


def busy(start_us):
    call = Dialog(ALICE, BOB, "5c1e-busy@192.0.2.10", "alice", "bob", start_us)
    call.request("INVITE", body=description(ALICE[0], 40002))
    call.answer(100, "INVITE", after_ms=1)
    call.answer(486, "INVITE", after_ms=90)
    call.request("ACK")
    return call.messages


def cancelled(start_us):
    call = Dialog(BOB, ALICE, "77aa-cancelled@198.51.100.20", "bob", "alice", start_us)
    call.request("INVITE", body=description(BOB[0], 42004))
    call.answer(180, "INVITE", after_ms=120)
    call.request("CANCEL", after_ms=8000)
    call.answer(200, "CANCEL")
    call.answer(487, "INVITE")
    call.request("ACK")
    return call.messages


def registration(start_us):
    call = Dialog(ALICE, PROXY, "01c4-register@192.0.2.10", "alice", "alice", start_us)
    challenge = 'WWW-Authenticate: Digest realm="example.net", nonce="84a4cc6f3082121f"'
    login = ('Authorization: Digest username="alice", realm="example.net", '
             'nonce="84a4cc6f3082121f", uri="sip:example.net", '
             'response="7587245234b3434cc3412213e5f113a5"')
    call.request("REGISTER", extra=["Expires: 3600"])
    call.answer(401, "REGISTER", extra=[challenge])
    call.request("REGISTER", number=2, extra=["Expires: 3600", login])
    call.answer(200, "REGISTER", number=2)
    return call.messages


def ping(start_us):
    call = Dialog(PROXY, BOB, "0f0f-options@192.0.2.1", "proxy", "bob", start_us)
    call.request("OPTIONS")
    call.answer(200, "OPTIONS")
    return call.messages


def all_messages(start_us):
    """(time in us, source, destination, bytes) of everything, in order of time."""
    messages = (answered(ALICE, BOB, "a1b2-answered@192.0.2.10", start_us) +
                answered(CAROL, DAVE, "d6d6-six@[2001:db8::c]", start_us + 1_500_000) +
                busy(start_us + 10_000_000) + cancelled(start_us + 20_000_000) +
                registration(start_us + 500_000) + ping(start_us + 3_000_000))
    return sorted(messages, key=lambda message: message[0])
