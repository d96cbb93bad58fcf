"""kamailio as a proxy between endpoints, by one of the configurations in kamailio/."""
import sys

from common import PROJECT, Process, eventually
from netns import kernels_list

CONFIGS = PROJECT / "tests" / "e2e" / "kamailio"
SIP_PORT = ":13C4 "  # 5060, as the kernel writes it


class Proxy(Process):
    """values: what is filled in, such as ADDRESS."""

    def __init__(self, bench, folder, name, place="middle", **values):
        text = (CONFIGS / name).read_text()
        for word, value in values.items():
            text = text.replace(word, str(value))
        config = folder / name
        config.write_text(text)
        super().__init__(*bench.within(place, "kamailio", "-DD", "-E", "-f", config, "-w",
                                       folder.name, "-Y", folder.name, "-P", folder / "pid"))
        eventually("kamailio listens",
                   lambda: SIP_PORT in kernels_list(self, "udp") or self.ended())
        if self.ended():
            sys.exit("kamailio ended: " + self.err)
