#include "agent/report/interface_ledger.hpp"

namespace heptap {

void add_interface(LedgerStage& capture, const InterfaceCounts& interface) {
  const std::string of = ':' + interface.name;
  const LiveCounts& packets = interface.packets;
  capture.entered += packets.kernel_dropped + interface.lost_at_close + interface.held();
  capture.held += interface.held();
  add_line(capture.dropped, "kernel_drop" + of, packets.kernel_dropped);
  add_line(capture.dropped, "lost_at_close" + of, interface.lost_at_close);
  add_line(capture.noted, "packets" + of, packets.read);
  add_line(capture.noted, "interface_drop" + of, packets.interface_dropped);
  add_line(capture.noted, "went_away" + of, interface.times_lost);
}

LossTotals loss_totals(const std::string& interface, const InterfaceCounts& counts,
                       std::uint64_t ring_full) {
  return {.interface = interface,
          .kernel_dropped_packets = counts.packets.kernel_dropped,
          .interface_dropped_packets = counts.packets.interface_dropped,
          .lost_at_close_packets = counts.lost_at_close,
          .ring_full_messages = ring_full};
}

}  // namespace heptap
