#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/frame_builder.hpp"

namespace heptap::test {

/// One thing that mirror ports put around a frame. The headers are those of tunnel_builder.hpp, the
/// outer IPv4 header with its checksum.
struct Wrapping {
  std::string_view name;
  /// gives     nothing for a frame that this cannot carry: a tunnel for IP takes no ARP
  std::optional<Frame> (*around)(const Frame& frame);
};

/// vlan qinq gre gre-teb erspan-1 erspan-2 erspan-3 geneve vxlan ipip
[[nodiscard]] const Wrapping* find_wrapping(std::string_view name) noexcept;

/// gives     every name
[[nodiscard]] std::vector<std::string> wrapping_names();

/// The first of the wrappings comes innermost.
/// gives     nothing when one of them cannot carry what it is given
[[nodiscard]] std::optional<Frame> wrapped(const std::vector<const Wrapping*>& wrappings,
                                           Frame frame);

/// Puts a tag behind the addresses of an Ethernet frame, as the outermost.
/// tci       priority and VLAN, as on the wire
/// source    IEEE 802.1Q section 9.6
[[nodiscard]] Frame tagged(Frame frame, std::uint16_t protocol, std::uint16_t tci);

}  // namespace heptap::test
