#pragma once

#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/net/packet.hpp"

namespace heptap {

/// A header on a packet's way inwards, named by what takes it off.
enum class Layer : std::uint8_t {
  ethernet,
  ip,          ///< IPv4 or IPv6, told by its first four bits
  fragment,    ///< part of an IP packet's payload; Cursor::fragment says which
  ip_payload,  ///< what Packet::ip_protocol says
  ah,
  mpls,
  pppoe,
  ppp,
  gre,
  erspan_2,
  erspan_3,
  vxlan,
  geneve,
  gtp_u,
  l2tp,
  tzsp,
  hp_erm,
  payload  ///< nothing more to take off
};

/// What the reader of one header says: the layer behind it, or why the way ends here.
class Step {
 public:
  constexpr Step(Layer next) noexcept : next_(next) {}  // NOLINT: implicit on purpose
  constexpr Step(Decoded stop) noexcept : stop_(stop), ends_(true) {}  // NOLINT: as above

  [[nodiscard]] constexpr bool ends() const noexcept { return ends_; }
  [[nodiscard]] constexpr Layer next() const noexcept { return next_; }
  [[nodiscard]] constexpr Decoded reason() const noexcept { return stop_; }

 private:
  Layer next_ = Layer::payload;
  Decoded stop_ = Decoded::packet;
  bool ends_ = false;
};

/// Which part of which IP packet a fragment is. The addresses are in the Packet.
struct FragmentInfo {
  std::uint32_t identification = 0;
  std::uint16_t offset_bytes = 0;
  bool more = false;
};

/// Where the way inwards has come to.
/// rest      the header to take off next and all behind it
/// out       what the headers so far have said
struct Cursor {
  Bytes rest;
  Packet& out;
  FragmentInfo fragment{};
};

}  // namespace heptap
