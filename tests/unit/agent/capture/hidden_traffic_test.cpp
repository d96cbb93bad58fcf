#include "agent/capture/hidden_traffic.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>

#include "agent/capture/kernel_filter.hpp"
#include "proto/net/link.hpp"
#include "proto/net/tunnel.hpp"

using namespace heptap;

namespace {

using Names = std::vector<std::string>;

Names hidden_by(const std::string& expression, int dlt = DLT_EN10MB,
                std::uint32_t link = link_type::ethernet) {
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(pcap_open_dead(dlt, 262'144),
                                                              &pcap_close);
  bpf_program program{};
  REQUIRE(pcap_compile(handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0);
  Names hidden = what_it_hides(link, program);
  pcap_freecode(&program);
  return hidden;
}

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("a filter for ports hides later fragments and every tunnel") {
  const auto* const expression =
      GENERATE("port 5060", "udp port 5070", "tcp portrange 5060-5091",
               "src port 5060 and dst port 5062", "host 10.1.2.3 and udp port 5060");
  CAPTURE(expression);
  const Names hidden = hidden_by(expression);
  CHECK(has(hidden, "later fragments of IPv4"));
  CHECK(has(hidden, "pppoe (EtherType 34916)"));
  CHECK(has(hidden, "gre (IP protocol 47)"));
  CHECK(has(hidden, "erspan (GRE protocol 35006)"));
  CHECK(has(hidden, "vxlan (UDP port 4789)"));
}

TEST_CASE("fragments of IPv6 are tried by themselves") {
  CHECK(has(hidden_by("port 5060"), "later fragments of IPv6"));
  CHECK(hidden_by("ip6 host 2001:db8:7::1:2 and port 5060").front() == "later fragments of IPv6");
  const Names hidden = hidden_by("port 5060 or (ip6 proto 44)");
  CHECK(has(hidden, "later fragments of IPv4"));
  CHECK_FALSE(has(hidden, "later fragments of IPv6"));
}

TEST_CASE("a filter that lets everything through hides nothing") {
  CHECK(hidden_by("").empty());
  CHECK(hidden_by("not port 9060").empty());
}

TEST_CASE("a filter for hosts or networks hides only what has no addresses outside") {
  const auto* const expression =
      GENERATE("host 10.1.2.3", "host 10.1.2.3 and host 10.1.2.4", "net 10.0.0.0/8",
               "src host 10.1.2.3 and dst net 172.16.0.0/12", "ip6 host 2001:db8:7::1:2");
  CAPTURE(expression);
  for (const std::string& name : hidden_by(expression)) {
    CAPTURE(name);
    CHECK(name.find("EtherType") != std::string::npos);
  }
}

TEST_CASE("what is let through by name is not hidden") {
  const Names hidden = hidden_by("port 5060 or udp port 4789 or proto 47 or ip[6:2] & 0x1fff != 0");
  CHECK_FALSE(has(hidden, "vxlan (UDP port 4789)"));
  CHECK_FALSE(has(hidden, "gre (IP protocol 47)"));
  CHECK_FALSE(has(hidden, "erspan (GRE protocol 35006)"));
  CHECK_FALSE(has(hidden, "later fragments of IPv4"));
  CHECK(has(hidden, "geneve (UDP port 6081)"));
}

TEST_CASE("a filter for one kind of tunnel does not hide that kind") {
  CHECK_FALSE(has(hidden_by("port 5060 or (mpls and port 5060)"), "mpls (EtherType 34887)"));
  CHECK_FALSE(has(hidden_by("port 5060 or (pppoes and port 5060)"), "pppoe (EtherType 34916)"));
}

TEST_CASE("nothing is said of a filter that is not for SIP, or for an unknown link") {
  CHECK(hidden_by("arp").empty());
  CHECK(hidden_by("port 5060", DLT_NULL, link_type::null).empty());
}

TEST_CASE("other link layers are tried as they are") {
  CHECK(has(hidden_by("port 5060", DLT_LINUX_SLL, link_type::linux_sll), "gre (IP protocol 47)"));
  CHECK(has(hidden_by("port 5060", DLT_LINUX_SLL2, link_type::linux_sll2),
            "later fragments of IPv4"));
  const Names raw = hidden_by("port 5060", DLT_RAW, link_type::raw);
  CHECK(has(raw, "vxlan (UDP port 4789)"));
  CHECK_FALSE(has(raw, "pppoe (EtherType 34916)"));
}

TEST_CASE("the generated filter hides nothing") {
  KernelFilterOptions options;
  options.any_port = GENERATE(true, false);
  options.sip_ports.add(5060, 5091);
  for (const auto link : {link_type::ethernet, link_type::linux_sll, link_type::raw}) {
    auto program = kernel_filter(link, options);
    const bpf_program filter{static_cast<unsigned>(program.size()), program.data()};
    CHECK(what_it_hides(link, filter).empty());
  }
}
