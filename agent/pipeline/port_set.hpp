#pragma once

#include <bitset>
#include <cstdint>

namespace heptap {

/// Some of the 65,536 ports.
class PortSet {
 public:
  void add(std::uint16_t first, std::uint16_t last) noexcept {
    for (std::size_t port = first; port <= last; ++port) ports_.set(port);
  }
  [[nodiscard]] bool contains(std::uint16_t port) const noexcept { return ports_[port]; }
  [[nodiscard]] bool contains_either(std::uint16_t a, std::uint16_t b) const noexcept {
    return ports_[a] || ports_[b];
  }

 private:
  std::bitset<65'536> ports_;
};

}  // namespace heptap
