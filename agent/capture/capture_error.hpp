#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace heptap {

/// A source of frames could not be opened. what() is one sentence that names it.
class CaptureError : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t {
    unavailable,    ///< missing or unreadable: ExitCode::unavailable
    not_a_capture,  ///< readable, but no capture file that we know
    not_permitted,  ///< an interface, without CAP_NET_RAW: ExitCode::no_capability
  };

  CaptureError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}

  [[nodiscard]] Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

}  // namespace heptap
