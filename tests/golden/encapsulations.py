"""Which variants of which tunnel the captures hold: message i has variant i modulo their number."""
from frames import IPV6, ether_type, ethernet
from gre import PPP, TRANSPARENT_ETHERNET, erspan_1, erspan_2, erspan_3, in_gre, pptp
from ppp import in_l2tp, ppp, pppoe
from tunnels import (GENEVE, GTP_U, HP_ERM, MPLS, MPLS_MULTICAST, TZSP, VXLAN, VXLAN_GPE,
                     authenticated, authentication, geneve, geneve_option, gtp_u, hp_erm, in_ip,
                     in_udp, ip_number, mpls, tzsp, vxlan, vxlan_gpe, wire, with_control_word)

VLAN, QINQ = [(0x8100, 42)], [(0x88A8, 7), (0x8100, 42)]
GENEVE_OPTIONS = geneve_option(0x80, b"\1\2\3\4") + geneve_option(1, b"") + \
    geneve_option(2, bytes(range(12)))
TZSP_TAGS = b"\x00\x0a\x01\xc4\x0d\x04\0\0\0\1\x00"  # padding, signal, time stamp, padding
PDCP, PDU_SESSION = (0xC0, b"\x00\x07"), (0x85, b"\x00\x09")
LONG_PDCP = (0x82, b"\x01\x02\x03\x00\x00\x00")
# What tells a pseudowire's payload from IP is its first octet: an address is chosen for each case.
LIKE_NOTHING, LIKE_CONTROL_WORD = (bytes.fromhex(first + "0000000002020000000001")
                                   for first in ("a2", "02"))
PSEUDOWIRE, PLAIN_PSEUDOWIRE = 3000, 3001  # labels, for those who have to be told


def gpe_ip(packet):
    return vxlan_gpe(2 if ether_type(packet) == IPV6 else 1, packet)


def explicit_null(packet):
    return mpls([16, 2 if ether_type(packet) == IPV6 else 0], packet)


def on_mpls(stack, kind=MPLS, vlans=()):
    return wire(stack, kind=kind, vlans=vlans)


VARIANTS = {
    "vxlan": [
        lambda p: wire(in_udp(VXLAN, vxlan(ethernet(p)))),
        lambda p: wire(in_udp(VXLAN, vxlan(ethernet(p)), 6)),
        lambda p: wire(in_udp(VXLAN, vxlan(ethernet(p, VLAN))), vlans=QINQ),
        lambda p: wire(in_udp(VXLAN, vxlan(ethernet(p), policy=5)))],
    "vxlan-gpe": [
        lambda p: wire(in_udp(VXLAN_GPE, gpe_ip(p))),
        lambda p: wire(in_udp(VXLAN_GPE, vxlan_gpe(3, ethernet(p)), 6)),
        lambda p: wire(in_udp(VXLAN_GPE, vxlan_gpe(5, mpls([16, 17], p))))],
    "geneve": [
        lambda p: wire(in_udp(GENEVE, geneve(TRANSPARENT_ETHERNET, ethernet(p)))),
        lambda p: wire(in_udp(GENEVE, geneve(TRANSPARENT_ETHERNET, ethernet(p, VLAN),
                                             GENEVE_OPTIONS))),
        lambda p: wire(in_udp(GENEVE, geneve(ether_type(p), p), 6)),
        lambda p: wire(in_udp(GENEVE, geneve(ether_type(p), p, GENEVE_OPTIONS)))],
    "gre": [
        lambda p: wire(in_gre(ether_type(p), p)),
        lambda p: wire(in_gre(ether_type(p), p, key=99, sequence=5, checked=True)),
        lambda p: wire(in_gre(ether_type(p), p, 6, checked=True)),
        lambda p: wire(in_gre(TRANSPARENT_ETHERNET, ethernet(p), key=0x00123401)),  # NVGRE
        lambda p: wire(in_gre(TRANSPARENT_ETHERNET, ethernet(p, QINQ), sequence=6)),
        lambda p: wire(in_gre(PPP, ppp(p, addressed=True))),
        lambda p: wire(in_ip(47, pptp(ppp(p, addressed=True)))),
        lambda p: wire(in_ip(47, pptp(ppp(p, compressed=True), acknowledged=11))),
        lambda p: wire(in_gre(MPLS, mpls([16], p)))],
    "erspan-1": [
        lambda p: wire(in_ip(47, erspan_1(ethernet(p)))),
        lambda p: wire(in_ip(47, erspan_1(ethernet(p, VLAN)), 6))],
    "erspan-2": [
        lambda p: wire(in_ip(47, erspan_2(ethernet(p, VLAN)))),
        lambda p: wire(in_ip(47, erspan_2(ethernet(p), vlan_how=2)), vlans=VLAN),
        lambda p: wire(in_ip(47, erspan_2(ethernet(p, QINQ)), 6))],
    "erspan-3": [
        lambda p: wire(in_ip(47, erspan_3(ethernet(p)))),
        lambda p: wire(in_ip(47, erspan_3(ethernet(p, VLAN), bytes.fromhex("1400000700000001")))),
        lambda p: wire(in_ip(47, erspan_3(ethernet(p), bytes.fromhex("0400000100000002")), 6))],
    "ip-in-ip": [
        lambda p: wire(in_ip(ip_number(p), p)),
        lambda p: wire(in_ip(ip_number(p), p, 6))],
    "gtp-u": [
        lambda p: wire(in_udp(GTP_U, gtp_u(p))),
        lambda p: wire(in_udp(GTP_U, gtp_u(p, sequence=5))),
        lambda p: wire(in_udp(GTP_U, gtp_u(p, extensions=[PDU_SESSION]), 6)),
        lambda p: wire(in_udp(GTP_U, gtp_u(p, 6, [LONG_PDCP, PDCP, PDU_SESSION])))],
    "mpls": [
        lambda p: on_mpls(mpls([16], p)),
        lambda p: on_mpls(mpls([16, 17, 18], p), vlans=VLAN),
        lambda p: on_mpls(explicit_null(p)),
        lambda p: on_mpls(mpls([16], p), MPLS_MULTICAST),
        lambda p: on_mpls(mpls([16, PSEUDOWIRE], with_control_word(ethernet(p, VLAN)))),
        lambda p: on_mpls(mpls([PLAIN_PSEUDOWIRE], ethernet(p, addresses=LIKE_NOTHING))),
        lambda p: on_mpls(mpls([16, PLAIN_PSEUDOWIRE],
                               ethernet(p, VLAN, addresses=LIKE_CONTROL_WORD)))],
    "pppoe": [
        pppoe,
        lambda p: pppoe(p, vlans=VLAN)],
    "l2tp": [
        lambda p: wire(in_l2tp(ppp(p, addressed=True), length=True)),
        lambda p: wire(in_l2tp(ppp(p), length=True, sequence=True)),
        lambda p: wire(in_l2tp(ppp(p, compressed=True), offset=3)),
        lambda p: wire(in_l2tp(ppp(p, addressed=True, compressed=True), 6)),
        lambda p: wire(in_l2tp(ppp(p), length=True, sequence=True, offset=0, priority=True))],
    "tzsp": [
        lambda p: wire(in_udp(TZSP, tzsp(ethernet(p)))),
        lambda p: wire(in_udp(TZSP, tzsp(ethernet(p, VLAN), TZSP_TAGS)))],
    "hp-erm": [
        lambda p: wire(in_udp(HP_ERM, hp_erm(ethernet(p)))),
        lambda p: wire(in_udp(HP_ERM, hp_erm(ethernet(p, VLAN))))],
    "ah": [
        lambda p: wire(authenticated(p)),
        lambda p: wire(authenticated(p, digest_bytes=16)),
        lambda p: wire(in_ip(51, authentication(ip_number(p), p))),
        lambda p: wire(in_ip(51, authentication(ip_number(p), p), 6))],
    "nested": [
        # What a virtual switch mirrors of a provider's network: eight headers that are not ours.
        lambda p: wire(in_udp(VXLAN, vxlan(ethernet(in_gre(MPLS, mpls([16, 17], p)), QINQ))),
                       vlans=VLAN),
        lambda p: wire(in_ip(47, erspan_2(on_mpls(mpls([PSEUDOWIRE], with_control_word(
            ethernet(in_udp(GTP_U, gtp_u(p)), VLAN))))))),
        lambda p: wire(in_udp(GENEVE, geneve(TRANSPARENT_ETHERNET, pppoe(
            in_ip(ip_number(p), p), vlans=QINQ), GENEVE_OPTIONS), 6)),
        lambda p: wire(in_ip(41, in_l2tp(ppp(in_udp(TZSP, tzsp(ethernet(
            in_gre(ether_type(p), p)))), addressed=True), 6))),
        lambda p: wire(in_ip(47, pptp(ppp(in_udp(VXLAN_GPE, vxlan_gpe(3, ethernet(
            authenticated(p))))))))],
}
