// ns and allocations per message of each stage of a packet's way, and of all of them together.
// Everything runs on one thread and in memory: what the kernel, the collectors and a second thread
// add is seen by bench_run.py.
#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/capture/file_source.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/report/output_records.hpp"
#include "proto/hep/encode.hpp"
#include "proto/net/decode.hpp"
#include "tests/bench/call_traffic.hpp"
#include "tests/bench/pcap_file.hpp"
#include "tests/bench/rtp_traffic.hpp"
#include "tests/bench/stage_window.hpp"
#include "tests/bench/traffic_shape.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/memory_stream.hpp"
#include "transport/record_writer.hpp"

namespace heptap::bench {
namespace {

constexpr std::size_t ring_bytes = 16 << 20;  // replay's default
// Enough calls that the table does not fit into a cache.
constexpr std::size_t capture_messages = 200'000;

const std::vector<std::uint8_t>& capture(Shape shape) {
  static std::map<Shape, std::vector<std::uint8_t>> made;
  std::vector<std::uint8_t>& bytes = made[shape];
  if (!bytes.empty()) return bytes;
  ShapedTraffic traffic(shape, capture_messages);
  PcapFile file;
  RawFrame frame;
  while (traffic.next(frame)) file.append(frame);
  return bytes = file.bytes();
}

CaptureFile open_capture(Shape shape) {
  return CaptureFile::from_stream(std::make_unique<test::MemoryStream>(capture(shape)), "memory");
}

void net_decode(benchmark::State& state) {
  const auto& frames = window().frames;
  Decoder decoder;
  run_window(state, [&](std::size_t i) {
    Packet packet;
    benchmark::DoNotOptimize(decoder.decode(frames[i].link_type, frames[i].bytes, 0, packet));
    benchmark::DoNotOptimize(packet);
  });
}

void sip_index(benchmark::State& state) {
  const auto& packets = window().packets;
  SipView sip;
  run_window(state, [&](std::size_t i) {
    benchmark::DoNotOptimize(parse_sip(packets[i].payload, sip));
    benchmark::DoNotOptimize(sip);
  });
}

/// The seven messages of a call, parsed once. Each use is of another call: the Call-ID is rewritten
/// in place, and a thousand calls take turns.
class CallRotation {
 public:
  CallRotation() : views_(messages_per_call) {
    const SipCall call(1, 0);
    for (std::size_t step = 0; step < messages_per_call; ++step) {
      texts_.emplace_back();
      call.append_message(static_cast<Step>(step), texts_.back());
    }
    for (std::size_t step = 0; step < messages_per_call; ++step) {
      (void)parse_sip(as_bytes(texts_[step]), views_[step]);
      const auto call_id = views_[step].call_id();
      call_ids_.push_back(texts_[step].data() + (call_id.data() - texts_[step].data()));
    }
  }

  const SipView& next() noexcept {
    std::memcpy(call_ids_[step_], &call_, sizeof call_);
    const SipView& view = views_[step_];
    advance();
    return view;
  }

 private:
  static constexpr std::uint64_t concurrent = 1000;

  void advance() noexcept {
    if (++call_ % concurrent != 0) return;
    if (++step_ == messages_per_call) {
      step_ = 0;  // the next thousand begin
    } else {
      call_ -= concurrent;
    }
  }

  std::vector<std::string> texts_;
  std::vector<SipView> views_;
  std::vector<char*> call_ids_;
  std::uint64_t call_ = 0;
  std::size_t step_ = 0;
};

void call_table(benchmark::State& state) {
  CallRotation rotation;
  CallTable table(CallLimits{});
  const Packet& packet = window().packets.front();
  std::int64_t time_us = 1;
  run_window(state, [&](std::size_t) {
    const SipView& sip = rotation.next();
    table.update(table.expect(sip), sip, packet, time_us += 1400, 0);
  });
}

/// Who tracks calls has a kilobyte of each: a thousand of them do not fit into the caches nearby.
void tracked_calls(benchmark::State& state) {
  CallRotation rotation;
  const CallTable table(CallLimits{});
  TrackedCalls calls(KpiOptions{});
  const Packet& packet = window().packets.front();
  std::int64_t time_us = 1;
  run_window(state, [&](std::size_t) {
    const SipView& sip = rotation.next();
    const std::uint64_t hash = table.expect(sip);
    calls.expect(hash);
    calls.update(hash, sip, packet, time_us += 1400);
  });
}

class NoListener : public MediaObserver {
 public:
  void on_stream(const StreamReport&) noexcept override {}
  void on_event(const MediaEventReport&) noexcept override {}
  void on_reception(const ReceptionReport&) noexcept override {}
  void on_phone_report(const PhoneReport&) noexcept override {}
};

/// What messages cost that no phone has written a report into, when somebody listens.
void phone_reports(benchmark::State& state) {
  CallRotation rotation;
  const CallTable table(CallLimits{});
  NoListener nobody;
  PhoneReports reports(table, nullptr, nullptr, &nobody);
  const Packet& packet = window().packets.front();
  run_window(state, [&](std::size_t) { reports.take(rotation.next(), packet, 0, 0); });
  benchmark::DoNotOptimize(reports.fates());
}

/// Into a run of memory as large as the ring, so that the writes miss the caches as they do there.
void hep_encode(benchmark::State& state) {
  const auto& packets = window().packets;
  const hep::Encoder encoder(hep::Identity{.node_id = 2001});
  const auto area = std::make_unique<std::uint8_t[]>(ring_bytes);
  std::size_t used = 0;
  run_window(state, [&](std::size_t i) {
    const hep::Message message =
        sip_message(packets[i], packets[i].payload.size(), 1'700'000'000'000'000);
    const std::size_t bound = encoder.bound_bytes(message);
    if (bound > ring_bytes - used) used = 0;
    const auto encoded = encoder.encode(message, {area.get() + used, bound});
    used += encoded->size_bytes;
    benchmark::ClobberMemory();
  });
}

/// What an output makes of each frame.
void output_record(benchmark::State& state, RecordWriter write) {
  const hep::Encoder encoder(hep::Identity{.node_id = 2001});
  std::vector<std::vector<std::uint8_t>> frames;
  for (const Packet& packet : window().packets) {
    const hep::Message message = sip_message(packet, packet.payload.size(), 1'700'000'000'000'000);
    std::vector<std::uint8_t>& frame = frames.emplace_back(encoder.bound_bytes(message));
    frame.resize(encoder.encode(message, frame)->size_bytes);
  }
  std::string record;
  run_window(state, [&](std::size_t i) {
    record.clear();
    write(frames[i], record);
    benchmark::DoNotOptimize(record.data());
  });
}

/// What the copy in hep_encode costs alone.
void payload_copy(benchmark::State& state) {
  const auto& packets = window().packets;
  const auto area = std::make_unique<std::uint8_t[]>(ring_bytes);
  std::size_t used = 0;
  run_window(state, [&](std::size_t i) {
    const Bytes payload = packets[i].payload;
    if (payload.size() + 128 > ring_bytes - used) used = 0;
    std::memcpy(area.get() + used + 100, payload.data(), payload.size());
    used += payload.size() + 100;
    benchmark::ClobberMemory();
  });
}

/// Runs `handle(frame)` over the whole capture; an iteration is one pass.
template <class Prepare>
void run_capture(benchmark::State& state, Shape shape, Prepare prepare) {
  std::uint64_t allocations = 0;
  for (auto _ : state) {
    state.PauseTiming();
    {
      CaptureFile file = open_capture(shape);
      auto handle = prepare();
      RawFrame frame;
      const test::AllocationCounter counter;
      state.ResumeTiming();
      while (file.next(frame) == ReadState::frame) handle(frame);
      state.PauseTiming();
      allocations += counter.count();
    }
    state.ResumeTiming();
  }
  report(state, static_cast<double>(state.iterations()) * capture_messages, allocations);
}

void read_capture(benchmark::State& state) {
  run_capture(state, Shape::plain, [] {
    return [](const RawFrame& frame) { benchmark::DoNotOptimize(frame.bytes.data()); };
  });
}

/// A pipeline that starts empty, and a ring whose frames nobody sends.
class WholeWay {
 public:
  explicit WholeWay(TrackedCalls* tracked = nullptr)
      : pipeline_({}, calls_, &outlet_, {.tracked = tracked}) {}

  void handle(const RawFrame& frame) {
    pipeline_.handle(frame);
    if (++handled_ % 64 != 0) return;
    ring_.publish();
    ring_.release_until(ring_.head());
  }

 private:
  FrameRing ring_{ring_bytes};
  CallTable calls_{CallLimits{}};
  Outlet outlet_{hep::Identity{.node_id = 2001}, ring_};
  Pipeline pipeline_;
  std::uint64_t handled_ = 0;
};

void read_and_pipeline(benchmark::State& state, Shape shape) {
  run_capture(state, shape, [] {
    return [way = std::make_unique<WholeWay>()](const RawFrame& frame) { way->handle(frame); };
  });
}

void read_and_track(benchmark::State& state) {
  run_capture(state, Shape::plain, [] {
    struct Tracking {
      TrackedCalls calls{KpiOptions{}};
      WholeWay way{&calls};
    };
    return [all = std::make_unique<Tracking>()](const RawFrame& frame) { all->way.handle(frame); };
  });
}

/// Of streams that are known. Arguments: calls, and seconds between reports.
void rtp_streams(benchmark::State& state) {
  const auto calls = static_cast<std::size_t>(state.range(0));
  MediaCalls media({.max_calls = 2 * calls});  // so that no shard is full
  RtpTraffic traffic(calls, media);
  FrameRing ring(ring_bytes);
  Outlet outlet(hep::Identity{.node_id = 2001}, ring, WhenFull::drop);
  RtpStreams streams({.interval_us = state.range(1) * 1'000'000, .max_streams = 2 * calls + 1},
                     media, &outlet, {});
  const auto pass = [&] {
    const Packet& packet = traffic.next();
    const auto rtp = parse_rtp(packet.payload);
    if (!rtp) std::abort();
    streams.look(traffic.time_us());
    streams.take(packet, *rtp, traffic.time_us());
  };
  for (std::size_t i = 0; i < 4 * calls; ++i) pass();
  const test::AllocationCounter allocations;
  std::uint64_t packets = 0;
  for (auto _ : state) {
    pass();
    if (++packets % 64 != 0) continue;
    ring.publish();
    ring.release_until(ring.head());
  }
  report(state, static_cast<double>(packets), allocations.count());
  double bytes = 0;
  for (const TableFigures& table : streams.tables()) {
    const double share =
        static_cast<double>(table.use.entries) / static_cast<double>(table.use.max_entries);
    bytes += share * static_cast<double>(table.use.memory_bytes);
  }
  state.counters["bytes_per_stream"] = bytes / (2.0 * static_cast<double>(calls));
  state.counters["reports"] = static_cast<double>(streams.reports()[RtpReportFate::sent]);
}

BENCHMARK(net_decode);
BENCHMARK(sip_index);
BENCHMARK(call_table);
BENCHMARK(tracked_calls);
BENCHMARK(phone_reports);
BENCHMARK(payload_copy);
BENCHMARK(hep_encode);
BENCHMARK_CAPTURE(output_record, json, write_json_record);
BENCHMARK_CAPTURE(output_record, call_id, write_call_id);
BENCHMARK(rtp_streams)->Args({100, 10})->Args({100, 1});
BENCHMARK(rtp_streams)->Args({100'000, 10})->Iterations(20'000'000);
BENCHMARK(read_capture);
BENCHMARK_CAPTURE(read_and_pipeline, plain, Shape::plain);
BENCHMARK(read_and_track);
BENCHMARK_CAPTURE(read_and_pipeline, vxlan, Shape::vxlan);
BENCHMARK_CAPTURE(read_and_pipeline, fragments, Shape::fragments);
BENCHMARK_CAPTURE(read_and_pipeline, tcp, Shape::tcp);

}  // namespace
}  // namespace heptap::bench

BENCHMARK_MAIN();
