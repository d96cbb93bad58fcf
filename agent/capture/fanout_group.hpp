#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

namespace heptap {

/// The capture handles of one interface that share its packets, by fanout_program(): each packet goes
/// to one of them. Any thread may use it.
/// source    packet(7), PACKET_FANOUT
class FanoutGroup {
 public:
  /// interface   its name, for error messages
  explicit FanoutGroup(std::string interface) : interface_(std::move(interface)) {}

  /// Takes a handle in, so that no packet is given twice, or lost to those that are in already.
  /// fd          a packet socket, bound to the interface with no_protocol; from here on it hears
  ///             everything
  /// set_filter  replaces the socket's filter, which lets nothing through, before anything comes
  /// errors      CaptureError: the interface is gone, or what the kernel says; whatever set_filter
  ///             throws. The socket is to be closed then: it may be in the group
  void join(int fd, const std::function<void()>& set_filter);

  /// To be called before a socket that has joined is closed. Others do nothing.
  void leave(int fd) noexcept;

 private:
  struct Members {
    int interface_index;  // of an interface that is re-created: another one
    std::uint16_t id;
    std::vector<int> fds;
  };

  [[nodiscard]] Members* find(int interface_index);
  void add_first(int fd, int interface_index, const std::function<void()>& set_filter);
  void add_to(Members& members, int fd, const std::function<void()>& set_filter);
  void share_among(int fd, std::size_t members) const;
  void require(int result, const char* what) const;
  void require(std::error_code error, const char* what) const;

  std::string interface_;
  std::mutex mutex_;
  std::vector<Members> groups_;  // more than one while an interface is re-created
};

}  // namespace heptap
