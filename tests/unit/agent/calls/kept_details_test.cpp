#include "agent/calls/kept_details.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

namespace {

CallDetails details_of(std::string call_id, std::string from, std::string to) {
  CallDetails out{.call_id = std::move(call_id), .from = std::move(from), .to = std::move(to)};
  out.flow.source_port = 5060;
  out.ip_protocol = 17;
  return out;
}

}  // namespace

TEST_CASE("details come back as they were kept, whatever was there before") {
  const std::string most(CallDetails::max_text_bytes, 'x');
  const CallDetails details =
      GENERATE_COPY(details_of("id", "alice@a", "bob@b"), details_of("", "", ""),
                    details_of("id", "", "bob@b"), details_of(most, most + "…", most));
  KeptDetails kept;
  kept.keep(details_of("another", "carol@c", "dave@d"));
  kept.keep(details);
  CallDetails got = details_of("old", "old", "old");
  kept.give(got);
  CHECK(got.call_id == details.call_id);
  CHECK(got.from == details.from);
  CHECK(got.to == details.to);
  CHECK(got.flow == details.flow);
  CHECK(got.ip_protocol == 17);
}

TEST_CASE("details that are no longer than those before allocate nothing") {
  const CallDetails details = details_of("some call", "alice@example.com", "bob@example.com");
  KeptDetails kept;
  kept.keep(details);
  CallDetails got;
  kept.give(got);
  const test::AllocationCounter allocations;
  kept.keep(details);
  kept.give(got);
  CHECK(allocations.count() == 0);
}
