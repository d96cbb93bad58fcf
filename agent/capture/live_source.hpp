#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "agent/capture/capture_error.hpp"
#include "agent/capture/fanout_group.hpp"
#include "agent/capture/kernel_filter.hpp"
#include "agent/capture/raw_frame.hpp"

struct pcap;
struct pcap_pkthdr;

namespace heptap {

/// An expression of the user's as a program for frames of one link type.
struct CompiledExpression {
  std::uint32_t link_type = 0;
  std::vector<bpf_insn> program;  ///< empty: there is none
};

struct LiveOptions {
  std::string interface;  ///< or "any"
  int snaplen = 262'144;
  std::size_t ring_bytes = std::size_t{64} << 20U;  ///< of the kernel
  bool promiscuous = true;
  KernelFilterOptions filter = {};
  std::string label = {};                    ///< in figures and in the log; empty: the interface
  std::shared_ptr<FanoutGroup> fanout = {};  ///< of all handles that share it; null: the only one
  std::string expression = {};  ///< of the user's: instead of the filter, but for its exclusions
  CompiledExpression compiled = {};  ///< what it came to the last time; saves looking up its names
};

/// What the kernel says of an interface since it was opened.
struct LiveCounts {
  std::uint64_t received = 0;           ///< packets for us, those that were dropped included
  std::uint64_t kernel_dropped = 0;     ///< the kernel's ring was full
  std::uint64_t interface_dropped = 0;  ///< the interface or its driver had no room
  std::uint64_t read = 0;               ///< of the received: given to us
};

/// Whether packets can come by an interface.
enum class LinkState : std::uint8_t { up, down, no_carrier };

/// The packets of one network interface, or its share of them, as they come. One thread uses it.
class LiveSource {
 public:
  using Take = std::function<void(const RawFrame&)>;
  /// A packet waits at most so long in the kernel for others.
  static constexpr std::chrono::milliseconds longest_delay{10};

  /// Opens it for capture.
  /// errors    CaptureError: unavailable (no such interface, or it is down; an expression that is
  ///           not for its link type, or not for the kernel), or not permitted
  explicit LiveSource(const LiveOptions& options);
  ~LiveSource();
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  /// Gives what the kernel has ready, at most `most` packets, and does not wait for more.
  /// gives     how many there were
  /// errors    CaptureError: the interface is gone or went down
  [[nodiscard]] std::size_t read(std::size_t most, const Take& take);

  /// Exchanges the filter; an expression of the user's stays, but for what is excluded from it. No packet
  /// is lost by that, and no capability is needed. One that is too big for net.core.optmem_max is made
  /// smaller, and lets more through.
  /// errors    CaptureError: it stays as it was
  void set_filter(const KernelFilterOptions& options);

  /// gives     a descriptor that becomes readable with packets; the source keeps it
  [[nodiscard]] int fd() const noexcept { return fd_; }
  /// Asks the kernel. `any` is always up, and so is what is gone: read() says that.
  [[nodiscard]] LinkState link() const noexcept;
  [[nodiscard]] const CompiledExpression& expression() const noexcept { return users_; }

  /// Asks the kernel. To be called at least once in 2^32 packets.
  [[nodiscard]] const LiveCounts& counts();

 private:
  struct Close {
    std::shared_ptr<FanoutGroup> fanout;
    void operator()(pcap* handle) const noexcept;
  };
  static void on_packet(unsigned char* source, const pcap_pkthdr* header,
                        const unsigned char* bytes) noexcept;
  void set_up(const LiveOptions& options);
  void compile(const LiveOptions& options);
  void listen(const LiveOptions& options);
  [[nodiscard]] std::vector<bpf_insn> program(const KernelFilterOptions& options) const;
  [[nodiscard]] std::error_code attach(const std::vector<bpf_insn>& program) const;
  [[noreturn]] void fail(CaptureError::Kind kind, const std::string& what) const;

  std::string name_;
  bool sees_loopback_;
  std::unique_ptr<pcap, Close> handle_;
  const Take* take_ = nullptr;  // of the present read()
  int fd_ = -1;
  std::uint32_t link_type_ = 0;
  CompiledExpression users_;
  std::uint32_t seen_received_ = 0;  // the kernel's own counters are of 32 bits
  std::uint32_t seen_kernel_dropped_ = 0;
  std::uint32_t seen_interface_dropped_ = 0;
  LiveCounts counts_;
};

}  // namespace heptap
