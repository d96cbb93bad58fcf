#include "agent/report/interface_ledger.hpp"

namespace heptap {

void add_interfaces(LedgerStage& capture, const std::vector<InterfaceCounts>& interfaces) {
  for (const InterfaceCounts& one : interfaces) {
    const std::string of = ':' + one.name;
    capture.entered += one.packets.kernel_dropped + one.lost_at_close + one.held();
    capture.held += one.held();
    add_line(capture.dropped, "kernel_drop" + of, one.packets.kernel_dropped);
    add_line(capture.dropped, "lost_at_close" + of, one.lost_at_close);
    add_line(capture.noted, "packets" + of, one.packets.read);
    add_line(capture.noted, "interface_drop" + of, one.packets.interface_dropped);
    add_line(capture.noted, "went_away" + of, one.times_lost);
  }
}

}  // namespace heptap
