"""HEP3 frames, read apart from heptap's own decoder so that the two judge each other."""
import ipaddress
import struct
from collections import namedtuple

Frame = namedtuple("Frame", "time_us source source_port destination destination_port ip_protocol "
                            "type node_id node_name auth_key correlation_id payload")

HEADER_BYTES = 6
LARGEST_BYTES = 65507
SIP = 1


class BadFrame(Exception):
    pass


def frame_size(data, at=0):
    """gives   the size of the frame that begins at `at`, or None when its header is not whole"""
    if data[at:at + 4] != b"HEP3"[:len(data) - at]:
        raise BadFrame(f"no HEP3 at byte {at}: {bytes(data[at:at + 8])!r}")
    if len(data) - at < HEADER_BYTES:
        return None
    size = struct.unpack_from(">H", data, at + 4)[0]
    if not HEADER_BYTES < size <= LARGEST_BYTES:
        raise BadFrame(f"frame of {size} bytes")
    return size


def split(data):
    """gives   whole frames of a stream, and the bytes behind the last one"""
    frames = []
    at = 0
    while at < len(data):
        size = frame_size(data, at)
        if size is None or at + size > len(data):
            break
        frames.append(data[at:at + size])
        at += size
    return frames, data[at:]


def chunks(frame):
    """gives   {type: value}; vendor chunks and anything else out of order are a BadFrame"""
    if frame_size(frame) != len(frame):
        raise BadFrame(f"{len(frame)} bytes that call themselves {frame_size(frame)}")
    found = {}
    at = HEADER_BYTES
    while at < len(frame):
        if len(frame) - at < 6:
            raise BadFrame("a chunk header does not fit")
        vendor, kind, length = struct.unpack_from(">HHH", frame, at)
        if vendor != 0 or kind in found or length < 6 or at + length > len(frame):
            raise BadFrame(f"chunk {vendor}/{kind} of {length} bytes")
        found[kind] = frame[at + 6:at + length]
        at += length
    return found


def number(value):
    return int.from_bytes(value, "big")


def decode(frame):
    found = chunks(frame)
    addresses = (5, 6) if number(found[0x01]) == 10 else (3, 4)
    source, destination = (str(ipaddress.ip_address(found[kind])) for kind in addresses)
    micros = number(found[0x0a])
    if micros > 999_999:
        raise BadFrame(f"{micros} microseconds")
    text = {kind: found.get(kind, b"").decode() for kind in (0x0e, 0x11, 0x13)}
    return Frame(time_us=number(found[0x09]) * 1_000_000 + micros, source=source,
                 source_port=number(found[0x07]), destination=destination,
                 destination_port=number(found[0x08]), ip_protocol=number(found[0x02]),
                 type=number(found[0x0b]), node_id=number(found[0x0c]), node_name=text[0x13],
                 auth_key=text[0x0e], correlation_id=text[0x11], payload=found[0x0f])
