"""baresip, a softphone: what it sends as RTP and RTCP is its own. A tone is its microphone, nothing
its loudspeaker."""
import contextlib

from common import Process, eventually
from mirror_bench import ADDRESS

SIP_PORT = 5060
MODULES = "/usr/lib/baresip/modules"
CONFIG = """
sip_listen {address}:{port}
audio_source ausine,440
ausrc_srate 48000
ausrc_channels 2
rtp_ports {rtp_ports}
jitter_buffer_delay 5-10
module_path {modules}
module g711.so
module ausine.so
module_tmp account.so
module_app menu.so
"""
RTP_PORT = {"caller": 20000, "callee": 30000}  # and the next one for RTCP


def phone(bench, folder, name, seconds, *commands, proxy=""):
    """One phone, which answers at once, hangs up at its end and then says so by its exit."""
    own = folder / name
    own.mkdir()
    address, rtp = ADDRESS[name][4], RTP_PORT[name]
    (own / "config").write_text(CONFIG.format(address=address, port=SIP_PORT, modules=MODULES,
                                              rtp_ports=f"{rtp}-{rtp + 1}"))
    outbound = f';outbound="sip:{proxy}"' if proxy else ""
    (own / "accounts").write_text(f"<sip:{name}@{address}>;regint=0;answermode=auto{outbound}\n")
    (own / "contacts").touch()
    arguments = [word for command in commands for word in ("-e", command)]
    return Process(*bench.within(name, "baresip", "-4", "-f", own, "-t", seconds, *arguments))


@contextlib.contextmanager
def call(bench, folder, seconds, proxy=""):
    """From caller to callee for some seconds, which end behind the block at the earliest."""
    with phone(bench, folder, "callee", 3 * seconds) as callee:
        eventually("the callee is ready", lambda: is_ready(callee))
        dial = f"/dial sip:callee@{ADDRESS['callee'][4]}:{SIP_PORT}"
        with phone(bench, folder, "caller", seconds, dial, proxy=proxy) as caller:
            eventually("the call is established", lambda: "Call established" in said(caller))
            yield
            eventually("the caller hangs up", caller.ended)
            eventually("the callee, too", lambda: "terminated" in said(callee))


def is_ready(process):
    return "baresip is ready" in said(process) or process.ended()


def said(process):
    return process.out_path.read_text(errors="replace") + process.err
