"""DEFLATE whose bytes do not depend on who built zlib: fixed codes, matches of four octets up."""


def ranges(base, count, extra_of):
    """(base, extra bits) of each length or distance code: RFC 1951 section 3.2.5."""
    found = []
    for i in range(count):
        found.append((base, extra_of(i)))
        base += 1 << found[-1][1]
    return found


LENGTHS = ranges(3, 28, lambda i: max(0, (i - 4) // 4))
DISTANCES = ranges(1, 30, lambda i: max(0, (i - 2) // 2))
LONGEST, FARTHEST = 257, 32768


class Bits:
    """Huffman codes begin with their highest bit, numbers with their lowest."""

    def __init__(self):
        self.text = ""

    def code(self, value, size):
        self.text += format(value, f"0{size}b")

    def number(self, value, size):
        self.text += format(value, f"0{size}b")[::-1] if size else ""

    def symbol(self, value):
        """A literal, the end of the block or a length code, in the fixed code."""
        for below, first, size, offset in ((144, 0x30, 8, 0), (256, 0x190, 9, 144),
                                           (280, 0, 7, 256), (288, 0xC0, 8, 280)):
            if value < below:
                self.code(first + value - offset, size)
                return

    def octets(self):
        text = self.text + "0" * (-len(self.text) % 8)
        return bytes(int(text[i:i + 8][::-1], 2) for i in range(0, len(text), 8))


class Deflater:
    """Messages of permessage-deflate (RFC 7692): a block each, then an empty one whose last four
    octets are left out. With keeps_context, what was sent before can be pointed to."""

    def __init__(self, keeps_context=True):
        self.keeps_context, self.sent, self.places = keeps_context, b"", {}

    def match(self, data, at):
        """(length, distance) of what has been there; length 0 for nothing."""
        key = data[at:at + 4]
        place = self.places.get(key, -FARTHEST)
        if len(key) < 4 or at - place > FARTHEST or place < 0:
            return 0, 0
        length = 4
        while length < LONGEST and data[at + length:at + length + 1] == \
                data[place + length:place + length + 1] != b"":
            length += 1
        return length, at - place

    def message(self, text):
        if not self.keeps_context:
            self.sent, self.places = b"", {}
        at, data, bits = len(self.sent), self.sent + text, Bits()
        bits.number(1 << 1, 3)  # not the last block; fixed codes
        while at < len(data):
            length, distance = self.match(data, at)
            if length:
                for table, value, put in ((LENGTHS, length, lambda i: bits.symbol(257 + i)),
                                          (DISTANCES, distance, lambda i: bits.code(i, 5))):
                    i = max(i for i, (base, _) in enumerate(table) if base <= value)
                    put(i)
                    bits.number(value - table[i][0], table[i][1])
            else:
                bits.symbol(data[at])
            for place in range(at, at + max(1, length)):
                self.places[data[place:place + 4]] = place
            at += max(1, length)
        bits.symbol(256)
        bits.number(0, 3)
        self.sent = data
        return bits.octets()
