#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace heptap {

/// Appends one record, made of a finished frame, to `out`.
using RecordWriter = void (*)(std::span<const std::uint8_t> frame, std::string& out);

}  // namespace heptap
