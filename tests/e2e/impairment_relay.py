"""The relay of tests/support: what a bad network does between two programs, and its account."""
import json

from common import Process, eventually


class ImpairmentRelay(Process):
    """within: what runs it elsewhere, see netns.py."""

    def __init__(self, program, *options, within=()):
        super().__init__(*within, program, *options)
        eventually("the relay begins", lambda: "relaying" in self.err or self.ended())

    def account(self):
        """Ends it; it has seen to it that its account adds up."""
        self.stop()
        return json.loads(self.out_path.read_text())
