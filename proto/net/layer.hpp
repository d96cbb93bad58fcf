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

/// What the reader of one header says: the layer behind it, or why the way ends here. One number, so
/// that it comes back in a register.
class Step {
 public:
  constexpr Step(Layer next) noexcept : code_(static_cast<unsigned>(next)) {}          // NOLINT
  constexpr Step(Decoded stop) noexcept : code_(end | static_cast<unsigned>(stop)) {}  // NOLINT

  [[nodiscard]] constexpr bool ends() const noexcept { return (code_ & end) != 0; }
  [[nodiscard]] constexpr Layer next() const noexcept { return static_cast<Layer>(code_); }
  [[nodiscard]] constexpr Decoded reason() const noexcept {
    return static_cast<Decoded>(code_ & ~end);
  }

 private:
  static constexpr unsigned end = 0x100;

  unsigned code_;
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
