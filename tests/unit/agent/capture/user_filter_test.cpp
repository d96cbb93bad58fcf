#include "agent/capture/user_filter.hpp"

#include <catch2/catch.hpp>

#include "proto/net/link.hpp"
#include "proto/net/packet.hpp"
#include "tests/unit/agent/capture/filter_run.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("an expression becomes what it says") {
  const UserFilter filter = compile_filter(link_type::ethernet, "udp port 5062");
  CHECK(filter.error.empty());
  CHECK(lets_through(filter.program, ethernet(ipv4(udp(text("x"), 5062, 9)))));
  CHECK_FALSE(lets_through(filter.program, ethernet(ipv4(udp(text("x"), 5060, 9)))));
}

TEST_CASE("what is no expression is refused in the words of libpcap") {
  struct Row {
    const char* expression;
    std::uint32_t link;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {"udp prt 5060", link_type::ethernet, "syntax error"},
      {"port 70000", link_type::ethernet, "illegal port number 70000 > 65535"},
      {"udp and tcp", link_type::ethernet, "expression rejects all packets"},
      {"ether host 02:00:00:00:00:01", link_type::linux_sll, "ethernet addresses supported only"},
  }));
  CAPTURE(row.expression);
  const UserFilter filter = compile_filter(row.link, row.expression);
  CHECK(filter.program.empty());
  CHECK_THAT(filter.error, Catch::Contains(row.words));
  CHECK_FALSE(filter.is_name_unknown());
}

TEST_CASE("a host that nobody knows is no fault of the expression") {
  const UserFilter filter = compile_filter(link_type::ethernet, "host no-such-host.invalid");
  CHECK(filter.program.empty());
  CHECK(filter.is_name_unknown());
}
