#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "agent/pipeline/counts.hpp"
#include "agent/report/ledger.hpp"
#include "proto/bytes.hpp"
#include "proto/hep/decode.hpp"
#include "transport/listener.hpp"

namespace heptap {

/// Takes HEP frames off datagrams and streams, refuses bad ones with their reason, and hands good
/// ones on.
class FrameIntake {
 public:
  /// Called for each good frame. `view` borrows from `frame`, which lives during the call only.
  using OnFrame = std::function<void(const Peer&, const hep::HepView& view, Bytes frame)>;
  /// Called for each bad frame.
  using OnFault = std::function<void(const Peer&, std::string_view why)>;

  /// limit     good frames after which it is full(); 0: never
  FrameIntake(OnFrame on_frame, OnFault on_fault, std::uint64_t limit = 0)
      : on_frame_(std::move(on_frame)), on_fault_(std::move(on_fault)), limit_(limit) {}

  /// One datagram is one frame. When it is full(), frames are only counted.
  void take_datagram(const Peer& peer, Bytes datagram);

  /// Takes all whole frames at the start of a stream's bytes, until it is full().
  /// gives     how many bytes they were; nothing when no frame starts where one must: HEP has no
  ///           resynchronisation, so the connection is of no more use
  [[nodiscard]] std::optional<std::size_t> take_stream(const Peer& peer, Bytes buffered);

  /// Accounts for the part of a frame that a closed connection left behind.
  void take_rest(const Peer& peer, Bytes unconsumed);

  /// Accounts for datagrams that the kernel had no room for.
  void count_overflow(std::uint64_t datagrams) noexcept { overflow_ += datagrams; }

  [[nodiscard]] bool full() const noexcept { return limit_ != 0 && good_count() >= limit_; }
  [[nodiscard]] std::uint64_t good_count() const noexcept { return counts_[hep::Fault::none]; }
  /// gives     every frame that came; left: the good ones
  [[nodiscard]] LedgerStage stage(std::string name) const;

 private:
  void take(const Peer& peer, Bytes frame);

  OnFrame on_frame_;
  OnFault on_fault_;
  std::uint64_t limit_;
  Counts<hep::Fault> counts_;
  std::uint64_t desynchronised_ = 0;  // streams that stopped making frames
  std::uint64_t unfinished_ = 0;      // frames cut by the end of a connection
  std::uint64_t overflow_ = 0;        // datagrams that the kernel dropped
  std::uint64_t after_count_ = 0;     // frames that came when it was full
};

}  // namespace heptap
