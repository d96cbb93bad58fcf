#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/net/tcp_streams.hpp"

namespace heptap::test {

/// What came out of one stream.
struct ReadStream {
  FlowKey flow;
  std::string text;               ///< as far as it was used up
  std::vector<std::size_t> gaps;  ///< places of `text` where something is missing
  std::string left;               ///< given, but not used up
  StreamNeed need;                ///< that went with it
  bool is_closed = false;         ///< used up by a run that was the last
};

/// What is done with a run.
struct Leaves {
  std::size_t used;
  StreamNeed need{};
  bool forgets = false;   ///< all of the stream, and these with it
  bool for_good = false;  ///< with it what comes later
};

/// Reads as a reader of messages does: uses some bytes, leaves others, says what it waits for. What
/// it is given again must be what it left.
class StreamReader {
 public:
  using Decide = std::function<Leaves(const StreamRun&)>;

  StreamReader() : StreamReader([](const StreamRun& run) { return Leaves{run.bytes.size()}; }) {}
  explicit StreamReader(Decide decide) : decide_(std::move(decide)) {}

  /// Reads all there is.
  void read(TcpStreams& from) {
    for (StreamRun run; from.next_run(run);) {
      ReadStream& stream = begin(from, run);
      Leaves leaves = decide_(run);
      if (run.is_last) leaves.used = run.bytes.size();
      const std::string_view bytes = as_text(run.bytes);
      stream.text += bytes.substr(0, leaves.used);
      stream.left = bytes.substr(leaves.used);
      stream.need = leaves.need;
      stream.is_closed = run.is_last;
      if (confirms) from.confirm(run);
      if (leaves.forgets) {
        REQUIRE(from.forget(run, leaves.for_good) >= run.bytes.size());
      } else {
        from.consume(run, leaves.used, leaves.need);
      }
    }
  }

  /// One segment, and all it brings about.
  bool take(TcpStreams& by, const Packet& segment, std::int64_t time_us = 0) {
    const bool is_taken = by.take(segment, time_us, time_us);
    read(by);
    return is_taken;
  }

  std::vector<ReadStream> streams;  ///< in the order in which they began
  bool confirms = false;            ///< whether streams that are read are worth their place

 private:
  ReadStream& begin(const TcpStreams& from, const StreamRun& run) {
    if (by_number_.size() <= run.stream) by_number_.resize(run.stream + 1);
    if (run.is_new) {
      by_number_[run.stream] = streams.size();
      streams.emplace_back().flow = from.flow(run);
    }
    ReadStream& stream = streams[by_number_[run.stream]];
    REQUIRE(from.flow(run) == stream.flow);
    REQUIRE_FALSE(run.bytes.empty());
    if (run.after_gap) {
      stream.gaps.push_back(stream.text.size());
      return stream;
    }
    REQUIRE(as_text(run.bytes).starts_with(stream.left));
    if (!run.is_last) REQUIRE(run.bytes.size() >= stream.need.bytes);
    return stream;
  }

  Decide decide_;
  std::vector<std::size_t> by_number_;  // where in `streams` a stream is
};

/// Uses nothing up, and waits for more.
inline Leaves leave_all(const StreamRun& run) { return {0, {.bytes = run.bytes.size() + 1}}; }

/// What TcpStreams is to do with a segment of no known stream.
inline bool opens_all(const Packet&) { return true; }
inline bool opens_none(const Packet&) { return false; }

/// gives     whether every byte that entered is accounted for
inline bool adds_up(const StreamCounts& c) {
  return c.entered == c.read + c.repeated + c.far + c.evicted + c.held;
}

}  // namespace heptap::test
