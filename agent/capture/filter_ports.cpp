#include "agent/capture/filter_ports.hpp"

#include <algorithm>

#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

constexpr std::uint32_t port_count = 65'536;

// The least gap so that those at least as wide are fewer than max_ranges.
std::uint32_t least_kept_gap(const PortBounds& bounds, std::size_t max_ranges) {
  std::vector<std::uint32_t> gaps;
  for (std::size_t i = 2; i < bounds.size(); i += 2) gaps.push_back(bounds[i] - bounds[i - 1]);
  if (gaps.size() < max_ranges) return 0;
  std::sort(gaps.begin(), gaps.end(), std::greater<>{});
  return gaps[max_ranges - 1] + 1;
}

class PortSearch {
 public:
  PortSearch(BpfAssembler& out, const PortBounds& bounds, BpfAssembler::Label found)
      : out_(out), bounds_(bounds), found_(found), missed_(out.label()) {}

  // Among the bounds from first up to last, all before being not above the port, none after.
  void add(std::size_t first, std::size_t last) {
    const std::size_t middle = first + (last - first) / 2;
    const bool is_lowest = middle == first;
    const bool is_highest = middle + 1 == last;
    const auto above = is_highest ? answer(last) : out_.label();
    out_.jump_if(BPF_JGE, bounds_[middle], above, is_lowest ? answer(first) : BpfAssembler::next);
    if (!is_lowest) add(first, middle);
    if (is_highest) return;
    out_.place(above);
    add(middle + 1, last);
  }

  void end() { out_.place(missed_); }

 private:
  [[nodiscard]] BpfAssembler::Label answer(std::size_t not_above) const noexcept {
    return not_above % 2 == 1 ? found_ : missed_;
  }

  BpfAssembler& out_;
  const PortBounds& bounds_;
  BpfAssembler::Label found_;
  BpfAssembler::Label missed_;
};

}  // namespace

PortBounds port_bounds(const PortSet& ports, std::size_t max_ranges) {
  PortBounds all;
  for (std::uint32_t port = 0; port <= port_count; ++port) {
    const bool is_in = port < port_count && ports.contains(static_cast<std::uint16_t>(port));
    if (is_in != (all.size() % 2 == 1)) all.push_back(port);
  }
  const std::uint32_t least = least_kept_gap(all, max_ranges);
  PortBounds out;
  for (const std::uint32_t bound : all) {
    const bool ends_gap = out.size() % 2 == 0 && !out.empty();
    if (ends_gap && bound - out.back() < least) {
      out.pop_back();
    } else {
      out.push_back(bound);
    }
  }
  return out;
}

PortBounds tunnel_port_bounds() {
  PortSet ports;
  for (const TunnelRow& row : tunnel_rows) {
    if (row.key == TunnelKey::udp_port) ports.add(row.number, row.number);
  }
  return port_bounds(ports, tunnel_rows.size());
}

void find_port(BpfAssembler& out, const PortBounds& bounds, BpfAssembler::Label found) {
  if (bounds.empty()) return;
  PortSearch search(out, bounds, found);
  search.add(0, bounds.size());
  search.end();
}

}  // namespace heptap
