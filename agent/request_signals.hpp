#pragma once

namespace heptap {

/// Turns SIGHUP and SIGUSR1 into requests and a readable descriptor while it lives. At most one at a
/// time. Several signals of one kind before the request is taken are one request.
class RequestSignals {
 public:
  /// errors    std::system_error when the process has no file descriptor left
  RequestSignals();
  ~RequestSignals();
  RequestSignals(const RequestSignals&) = delete;
  RequestSignals& operator=(const RequestSignals&) = delete;

  /// gives     an eventfd, readable from a signal on until requests are taken
  [[nodiscard]] int fd() const noexcept;

  struct Requests {
    bool reload = false;      ///< SIGHUP
    bool statistics = false;  ///< SIGUSR1
  };
  /// gives     what was asked for since the last time
  [[nodiscard]] Requests take() noexcept;
};

}  // namespace heptap
