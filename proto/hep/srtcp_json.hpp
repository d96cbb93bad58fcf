#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "proto/result.hpp"
#include "proto/rtp/srtcp.hpp"

namespace heptap::hep {

/// Writes what can be said at the end of a call about a source whose reports were encrypted:
/// {"srtcp":true,"ssrc":1,"pt":200,"index":4,"packets":5,"lost":0}, without `index` when it was
/// never known where it is. It is no report: HOMER's chart must not get it as payload type 5.
/// out       128 bytes are always enough
/// gives     bytes written
/// errors    over_limit: does not fit, and nothing in `out` may be used
[[nodiscard]] Result<std::size_t> encode_srtcp_json(const SrtcpFigures& figures,
                                                    std::span<std::uint8_t> out) noexcept;

}  // namespace heptap::hep
