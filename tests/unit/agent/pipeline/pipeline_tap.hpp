#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/pipeline/pipeline.hpp"
#include "proto/net/link.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/sent_frames.hpp"

namespace heptap::test {

inline constexpr std::int64_t capture_start_us = 1'700'000'000'000'000;

/// A frame and when it was captured, counted from the start of the capture.
struct Captured {
  Frame frame;
  std::int64_t time_us = 0;
};

/// Gives frames to a pipeline, takes what it sends out of the ring, and checks after each frame that
/// the ledger adds up.
class PipelineTap {
 public:
  /// media     which call media belong to; null: RTCP is only counted
  /// observer  of them; null: nobody
  /// tracked   null: a Call-ID that is used again is that of the same call
  explicit PipelineTap(const PipelineOptions& options = {}, MediaCalls* media = nullptr,
                       MediaObserver* observer = nullptr, TrackedCalls* tracked = nullptr)
      : calls_({.max_entries = 1000}),
        ring_(FrameRing::min_bytes),
        outlet_({}, ring_),
        pipeline_(options, calls_, &outlet_,
                  {.media = media, .tracked = tracked, .observer = observer}) {}

  void handle(const Frame& frame, std::int64_t time_us = 0) {
    pass(frame, time_us);
    take_sent();
    check();
  }
  void handle(const std::vector<Captured>& frames) {
    for (const Captured& captured : frames) handle(captured.frame, captured.time_us);
  }
  /// The same and nothing more: what is counted is the pipeline's.
  void pass(const Frame& frame, std::int64_t time_us = 0) {
    pipeline_.handle({.time_ns = (capture_start_us + time_us) * 1000,
                      .link_type = link_type::ethernet,
                      .interface_id = 0,
                      .wire_bytes = static_cast<std::uint32_t>(frame.size()),
                      .bytes = frame});
  }
  void forget_sent() {
    ring_.flush();
    ring_.release_until(ring_.head());
  }
  void finish() {
    pipeline_.finish();
    take_sent();
    check();
  }

  [[nodiscard]] Ledger ledger() const {
    Ledger all{.way = pipeline_.ledger(),
               .streams = pipeline_.stream_ledger(),
               .sources = pipeline_.source_ledger()};
    add_calls(all, calls_.counts());
    return all;
  }
  /// gives     the stage of this name; one without anything when it is not there
  [[nodiscard]] LedgerStage stage(std::string_view name) const {
    const Ledger all = ledger();
    for (const auto& stages : {all.way, all.streams, all.sources}) {
      for (const LedgerStage& stage : stages) {
        if (stage.name == name) return stage;
      }
    }
    return {};
  }
  /// gives     its lines: "+absorbed:1 -dropped:1 =held:1 noted:1"
  [[nodiscard]] std::string lines(std::string_view stage_name) const {
    const LedgerStage found = stage(stage_name);
    std::string out;
    const auto add = [&](std::string_view mark, const std::vector<LedgerLine>& lines) {
      for (const LedgerLine& line : lines) {
        if (!out.empty()) out += ' ';
        out.append(mark).append(line.reason).append(":").append(std::to_string(line.count));
      }
    };
    add("+", found.absorbed);
    add("-", found.dropped);
    if (found.held != 0) add("=", {{"held", found.held}});
    add("", found.noted);
    return out;
  }

  [[nodiscard]] const Pipeline& pipeline() const { return pipeline_; }
  [[nodiscard]] Pipeline& pipeline() { return pipeline_; }

  std::vector<std::string> texts;            ///< of the messages that were sent
  std::vector<std::int64_t> times;           ///< of them, counted from the start of the capture
  std::vector<std::string> correlation_ids;  ///< of them

 private:
  void take_sent() {
    for (SentFrame& frame : test::take_sent(ring_)) {
      texts.push_back(std::move(frame.payload));
      times.push_back(frame.time_us - capture_start_us);
      correlation_ids.push_back(std::move(frame.correlation_id));
    }
  }
  void check() const {
    const Ledger all = ledger();
    REQUIRE(all.fault().empty());
    REQUIRE(all.way.back().left == texts.size());
  }

  CallTable calls_;
  FrameRing ring_;
  Outlet outlet_;
  Pipeline pipeline_;
};

}  // namespace heptap::test
