#include "agent/report/interface_ledger.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace heptap;

namespace {

InterfaceCounts interface(const char* name, const LiveCounts& packets) {
  InterfaceCounts out;
  out.name = name;
  out.packets = packets;
  return out;
}

}  // namespace

TEST_CASE("the capture stage has what the kernel dropped and holds, by interface") {
  LedgerStage capture{.name = "capture", .entered = 150, .left = 150};
  const InterfaceCounts busy = interface(
      "eth1", {.received = 130, .kernel_dropped = 20, .interface_dropped = 7, .read = 100});
  InterfaceCounts gone =
      interface("eth2", {.received = 53, .kernel_dropped = 0, .interface_dropped = 0, .read = 50});
  gone.lost_at_close = 3;
  gone.times_lost = 1;
  add_interface(capture, busy);
  add_interface(capture, gone);

  CHECK(capture.entered == 130 + 53);
  CHECK(capture.difference() == 0);
  std::ostringstream out;
  Ledger ledger;
  ledger.way = {capture};
  print(out, ledger);
  CHECK(out.str() ==
        "ledger\n"
        "  capture      183 = 150 left + 20 kernel_drop:eth1 + 3 lost_at_close:eth2 + 10 held   "
        "(100 packets:eth1, 7 interface_drop:eth1, 50 packets:eth2, 1 went_away:eth2)\n"
        "  adds up\n");
}

TEST_CASE("the kernel may count a packet after we have read it") {
  LedgerStage capture{.name = "capture", .entered = 10, .left = 10};
  add_interface(capture, interface("eth1", {.received = 9, .read = 10}));
  CHECK(capture.held == 0);
  CHECK(capture.difference() == 0);
}

TEST_CASE("all that an interface loses is in its totals") {
  InterfaceCounts counts = interface(
      "eth1/0", {.received = 130, .kernel_dropped = 20, .interface_dropped = 7, .read = 100});
  counts.lost_at_close = 3;
  const LossTotals totals = loss_totals("eth1", counts, 5);
  CHECK(totals.interface == "eth1");
  CHECK(totals.kernel_dropped_packets == 20);
  CHECK(totals.interface_dropped_packets == 7);
  CHECK(totals.lost_at_close_packets == 3);
  CHECK(totals.ring_full_messages == 5);
}
