#pragma once

#include <string_view>

namespace heptap {

/// A format of an m= line, as Wireshark names its payload type: "ITU-T G.711 PCMA".
/// format    as SDP writes it
/// gives     static storage; what is no payload type is given back
[[nodiscard]] std::string_view rtp_format_name(std::string_view format) noexcept;

}  // namespace heptap
