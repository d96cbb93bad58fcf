#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace heptap {

/// Appends to `out` what a frame is in the format of an output. A plain function, so that options which
/// name the same one are equal.
using RecordWriter = void (*)(std::span<const std::uint8_t> frame, std::string& out);

}  // namespace heptap
