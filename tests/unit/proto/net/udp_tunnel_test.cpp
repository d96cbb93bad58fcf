#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

namespace port {
constexpr std::uint16_t l2tp = 1701;
constexpr std::uint16_t gtp_u = 2152;
constexpr std::uint16_t vxlan = 4789;
constexpr std::uint16_t vxlan_gpe = 4790;
constexpr std::uint16_t geneve = 6081;
constexpr std::uint16_t hp_erm = 7932;
constexpr std::uint16_t linux_vxlan = 8472;
constexpr std::uint16_t tzsp = 37008;
}  // namespace port

Frame on(std::uint16_t destination, const Frame& payload) {
  return ethernet(in_udp(destination, payload));
}

const Frame plain = ethernet(sip_v4());
const Frame tagged = with_tag(100, sip_v6(), "86dd");

}  // namespace

TEST_CASE("VXLAN and Geneve give the frame or the packet inside") {
  const std::uint32_t is_vxlan = bits(Tunnel::vxlan);
  const std::uint32_t is_geneve = bits(Tunnel::geneve);
  const Frame options = from_hex("01028001 01020304 01020100 01028203 0102030405060708090a0b0c");
  const Frame answer = udp(vxlan(plain), port::vxlan, 50000);
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"VXLAN", on(port::vxlan, vxlan(plain)), is_vxlan},
      {"VXLAN with a tag inside", on(port::vxlan, vxlan(tagged)), is_vxlan, 100},
      {"VXLAN in a tagged frame", with_tag(7, in_udp(port::vxlan, vxlan(plain))), is_vxlan},
      {"VXLAN with a policy", on(port::vxlan, put_over(vxlan(plain), 0, from_hex("88000005"))),
       is_vxlan},
      {"VXLAN of old Linux", on(port::linux_vxlan, vxlan(plain)), is_vxlan},
      {"VXLAN from its port", ethernet(outer_ipv4(answer, 17)), is_vxlan},
      {"VXLAN-GPE IPv4", on(port::vxlan_gpe, vxlan_gpe(1, sip_v4())), is_vxlan},
      {"VXLAN-GPE IPv6", on(port::vxlan_gpe, vxlan_gpe(2, sip_v6())), is_vxlan},
      {"VXLAN-GPE Ethernet", on(port::vxlan_gpe, vxlan_gpe(3, tagged)), is_vxlan, 100},
      {"VXLAN-GPE MPLS", on(port::vxlan_gpe, vxlan_gpe(5, mpls(2, sip_v4()))),
       bits(Tunnel::vxlan, Tunnel::mpls)},
      {"Geneve", on(port::geneve, geneve(0x6558, plain)), is_geneve},
      {"Geneve with options", on(port::geneve, geneve(0x6558, tagged, options)), is_geneve, 100},
      {"Geneve IPv4", on(port::geneve, geneve(0x0800, sip_v4())), is_geneve},
      {"Geneve IPv6 with options", on(port::geneve, geneve(0x86dd, sip_v6(), options)), is_geneve},
      {"Geneve MPLS", on(port::geneve, geneve(0x8847, mpls(1, sip_v6()))),
       bits(Tunnel::geneve, Tunnel::mpls)},
  }));
  check_wrapped(row);
}
