"""What must not be seen of a message that is masked, found with nothing but regular expressions: shares
nothing with heptap's parser, so that the two judge each other."""
import re
from typing import NamedTuple


class Secret(NamedTuple):
    mask: str  # which hides it; "trailing": any
    begin: int  # in the payload
    text: bytes


START = re.compile(rb"(?:SIP/2\.0 \d{3}|[A-Z]+ \S+ SIP/2\.0)[^\r\n]*\r?\n")
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
FIELD = re.compile(rb"(?m)^([\w.!%*+`'~-]+)[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")
COMPACT = {b"f": b"from", b"t": b"to", b"m": b"contact", b"r": b"refer-to", b"b": b"referred-by",
           b"v": b"via", b"i": b"call-id", b"l": b"content-length", b"c": b"content-type",
           b"e": b"content-encoding"}
ADDRESSES = {b"from", b"to", b"contact", b"route", b"record-route", b"p-asserted-identity",
             b"p-preferred-identity", b"remote-party-id", b"diversion", b"history-info", b"refer-to",
             b"referred-by", b"p-called-party-id", b"p-associated-uri", b"reply-to", b"path",
             b"service-route"}
CREDENTIALS = {b"authorization", b"proxy-authorization", b"authentication-info"}

URI = re.compile(rb"(?i)(?:\b(?:sips?|im|pres|mailto):|<sips?:[ \t]+)"
                 rb"([^\s@<>\",:;]+)(?:;[^\s@<>\":]*)?(?::([^\s@<>\"]+))?@")
NUMBER = re.compile(rb"(?i)(?<![\w.@-])tel:(\+?[0-9().-]+)")
NAME = re.compile(rb"\"((?:[^\"\\]|\\.)*)\"[ \t]*<|(?:^|,)[ \t]*([^\"<>,;:]*[^\"<>,;:\s])\s*<")
ANSWER = re.compile(rb"(?i)\b(?:response|cnonce|rspauth)[ \t]*=[ \t]*\"?([^\",\s]+)"
                    rb"|^(?:Basic|Bearer)[ \t]+(\S+)")
USERNAME = re.compile(rb"(?i)\busername[ \t]*=[ \t]*\"(?:sips?:)?([^\"@:]+)")
KEY = re.compile(rb"(?im)^a=.*\binline:([^|;\s]+)|^a=ice-pwd:(\S+)|^a=key-mgmt:\S+[ \t]+(\S+)"
                 rb"|^k=[^:\s]+:(\S+)")
ORIGIN = re.compile(rb"(?m)^o=([^\s@]+)|^[ep]=([^\r\n]+)|^a=ssrc:\d+ cname:([^\s@]+)")
PRESSED = re.compile(rb"(?im)^(?:signal|d)[ \t]*=[ \t]*([0-9A-D#*]+)"
                     rb"|\b(?:digits|dtmf)[ \t]*=[ \t]*[\"']([0-9A-D#*]+)"
                     rb"|<name>dtmf\.(?:digits|last)</name>\s*<value>([0-9A-D#*]+)")
PARTY = re.compile(rb"\"text\"\s*:\s*\"([^\"@]+)|\"(?:from|to)\"\s*:\s*\"([^\"@]+)@")
KEY_OF_CALL = re.compile(rb"\"digit\"\s*:\s*\"(.)\"")

# What the masks say that they leave alone, and lines of SDP and members of reports that name none.
STAYS = re.compile(
    rb"^(?:Via|v|Call-ID|i|User-Agent|Server)[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*"
    rb"|\brealm=\"[^\"]*\"|^s=[^\r\n]*|^a=(?:rtpmap|fmtp):[^\r\n]*"
    rb"|\"(?:call_id|callId|\w+CALL_ID|CORRELATION_ID|CODEC_NAME|bye_by|reporter)\":\"[^\"]*\"",
    re.IGNORECASE | re.MULTILINE)


def fields(head):
    """gives   name, begin and text of each value"""
    for field in FIELD.finditer(head):
        name = field.group(1).lower()
        yield COMPACT.get(name, name), field.start(2), field.group(2)


def values(head, wanted):
    return [value.strip() for name, _, value in fields(head) if name == wanted]


def split(payload):
    """gives   where the body begins, and where it ends by its Content-Length; None: no SIP"""
    if not START.match(payload):
        return None
    empty_line = END_OF_HEAD.search(payload)
    if not empty_line:
        return len(payload), len(payload)
    body = empty_line.end()
    lengths = values(payload[:body], b"content-length")
    if not lengths or not lengths[0].isdigit():
        return body, len(payload)
    return body, min(body + int(lengths[0]), len(payload))


def groups(mask, pattern, text, offset):
    for match in pattern.finditer(text):
        for number, group in enumerate(match.groups(), 1):
            if group:
                yield Secret(mask, offset + match.start(number), group)


def of_uris(text, offset):
    yield from groups("users", URI, text, offset)
    yield from groups("users", NUMBER, text, offset)


def of_head(head):
    yield from of_uris(START.match(head).group(), 0)
    for name, begin, value in fields(head):
        if name in (b"via", b"call-id"):
            continue
        yield from of_uris(value, begin)
        if name in ADDRESSES:
            yield from groups("users", NAME, value, begin)
        if name in CREDENTIALS:
            yield from groups("credentials", ANSWER, value, begin)
            yield from groups("users", USERNAME, value, begin)


def of_body(head, body, offset):
    kind = b"".join(values(head, b"content-type")[:1]).lower()
    is_sdp = kind.startswith(b"application/sdp") or (not kind and body.startswith(b"v="))
    if is_sdp or kind.startswith(b"multipart/"):
        yield from groups("keys", KEY, body, offset)
        yield from groups("users", ORIGIN, body, offset)
    elif values(head, b"content-encoding"):
        yield Secret("bodies", offset, body)
        return
    else:
        for line in re.finditer(rb"[^\r\n]+", body):
            yield Secret("bodies", offset + line.start(), line.group())
    if not is_sdp:
        yield from groups("digits", PRESSED, body, offset)
    yield from of_uris(body, offset)


def secrets_of(payload):
    """gives   what the masks hide in a message, each by its place"""
    found = split(payload)
    if not found:
        return
    body, end = found
    yield from of_head(payload[:body])
    yield from of_body(payload[:body], payload[body:end], body)
    for line in re.finditer(rb"[^\r\n]+", payload[end:]):
        yield Secret("trailing", end + line.start(), line.group())


def secrets_of_report(payload):
    yield from groups("users", PARTY, payload, 0)
    yield from groups("digits", KEY_OF_CALL, payload, 0)
    yield from of_uris(payload, 0)


def without_what_stays(payload):
    return STAYS.sub(b"", payload)
