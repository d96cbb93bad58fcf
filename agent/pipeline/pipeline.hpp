#pragma once

#include <cstdint>

#include "agent/calls/call_table.hpp"
#include "agent/capture/raw_frame.hpp"
#include "agent/pipeline/classify.hpp"
#include "agent/pipeline/counts.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/report/ledger.hpp"
#include "proto/net/decode.hpp"
#include "proto/net/tunnel.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

enum class Parsed : std::uint8_t { sip, incomplete, over_limit, count_ };

/// Counters of stages 1 to 4. Each frame is counted once in each stage that it reaches.
struct PipelineCounts {
  std::uint64_t frames = 0;
  Counts<Decoded> decoded;
  Counts<Tunnel> tunnels;  ///< packets that each kind was around
  Counts<Content> content;
  Counts<Parsed> parsed;
  std::uint64_t truncated = 0;        ///< of the parsed: the capture holds only part of the message
  std::uint64_t head_incomplete = 0;  ///< of the parsed: no empty line ends the head
};

/// What the pipeline may keep for packets that are not whole yet.
struct PipelineLimits {
  DefragLimits fragments;
};

/// gives     a SIP message as the encoder takes it; borrows from the packet
/// keep_bytes   of the payload that must not be cut: all up to the body
[[nodiscard]] hep::Message sip_message(const Packet& packet, std::size_t keep_bytes,
                                       std::int64_t time_us) noexcept;

/// One packet's way, from the captured frame to the frame in the ring. One thread owns it.
class Pipeline {
 public:
  /// outlet    where messages go; null when only calls are wanted. Must outlive the pipeline.
  Pipeline(const PipelineLimits& limits, CallTable& calls, Outlet* outlet)
      : calls_(calls), outlet_(outlet), decoder_(limits.fragments) {}

  /// Added to each packet's time before anything uses it.
  void set_time_shift(std::int64_t shift_us) noexcept { shift_us_ = shift_us; }

  void handle(const RawFrame& frame);

  [[nodiscard]] const PipelineCounts& counts() const noexcept { return counts_; }

  /// gives     the stages of the way, first to last
  [[nodiscard]] std::vector<LedgerStage> ledger() const;

 private:
  [[nodiscard]] Errc parse(const Packet& packet) noexcept;
  void count(Errc parsed, const Packet& packet) noexcept;
  void send(const Packet& packet, std::int64_t time_us) noexcept;

  void count_tunnels(std::uint32_t tunnels) noexcept;

  CallTable& calls_;
  Outlet* outlet_;
  Decoder decoder_;
  SipView sip_;
  std::int64_t shift_us_ = 0;
  PipelineCounts counts_;
};

}  // namespace heptap
