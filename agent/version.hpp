#pragma once

namespace heptap {

/// Of the program; CMake has it from project().
inline constexpr const char* version = HEPTAP_VERSION;

}  // namespace heptap
