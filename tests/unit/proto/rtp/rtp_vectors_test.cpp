// The vectors of tests/vectors/rtp_vectors.json, each made again from what it says of itself.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "proto/rtp/stream.hpp"

using namespace heptap;
namespace json = boost::json;

namespace {

struct Made {
  int index;  // tells sequence number and timestamp
  double time_ms;
  std::uint8_t payload_type = 0;
  int sequence_offset = 0;
  int timestamp_index = -1;  // when it is not `index`
};

struct Sequence {
  std::vector<Made> packets;
  std::uint16_t sequence0 = 1000;
  std::uint32_t timestamp0 = 16000;
  std::uint32_t clock_hz = 8000;
  std::uint32_t step = 160;
};

/// `count` packets of 20 ms; `late_ms` says how much later than that each one comes.
Sequence paced(
    int count, const std::function<double(int)>& late_ms = [](int) { return 0.0; }) {
  Sequence out;
  for (int i = 0; i < count; ++i) out.packets.push_back({i, 20.0 * i + late_ms(i)});
  return out;
}

Sequence without(Sequence in, const std::function<bool(int)>& is_lost) {
  std::erase_if(in.packets, [&](const Made& packet) { return is_lost(packet.index); });
  return in;
}

Sequence swapped() {
  Sequence out = paced(100);
  std::swap(out.packets[20].index, out.packets[21].index);
  return out;
}

Sequence sent_twice() {
  Sequence out = paced(100);
  out.packets.insert(out.packets.begin() + 31, {30, 601});
  return out;
}

Sequence over_a_wrap() {
  Sequence out = without(paced(20), [](int i) { return i == 5; });
  out.sequence0 = 65530;
  return out;
}

Sequence restarted() {
  Sequence out = paced(40);
  for (int i = 20; i < 40; ++i) out.packets[static_cast<std::size_t>(i)].sequence_offset = 28980;
  return out;
}

Sequence with_events() {
  Sequence out = paced(48);
  for (int i = 20; i < 28; ++i) {
    out.packets[static_cast<std::size_t>(i)].payload_type = 101;
    out.packets[static_cast<std::size_t>(i)].timestamp_index = 20;
  }
  return out;
}

Sequence with_silence() {
  Sequence out = paced(10);
  out.packets.push_back({10, 200, 13});
  for (int i = 0; i < 10; ++i) out.packets.push_back({11 + i, 1200.0 + 20 * i, 0, 0, 60 + i});
  return out;
}

Sequence with_other_codec() {
  Sequence out = paced(40);
  for (std::size_t i = 20; i < 40; ++i) out.packets[i].payload_type = 8;
  return out;
}

Sequence g722() {
  Sequence out = paced(50);
  for (Made& packet : out.packets) packet.payload_type = 9;
  return out;
}

Sequence opus() {
  Sequence out = paced(50, [](int i) { return i % 2 == 0 ? 0.0 : 5.0; });
  for (Made& packet : out.packets) packet.payload_type = 111;
  out.clock_hz = 48000;
  out.step = 960;
  return out;
}

Sequence timestamps_wrap() {
  Sequence out = paced(30);
  out.timestamp0 = 0xffffffff - 160 * 15 + 1;
  return out;
}

Sequence very_late() {
  Sequence out = paced(50);
  Made late = out.packets[10];
  out.packets.erase(out.packets.begin() + 10);
  late.time_ms += 201;  // behind #20, which is at 400
  out.packets.insert(out.packets.begin() + 20, late);
  return out;
}

Sequence with_an_alien() {
  Sequence out = paced(5);
  out.packets.push_back({5, 90, 0, 38995});
  for (int i = 5; i < 10; ++i) out.packets.push_back({i, 20.0 * i});
  return out;
}

std::map<std::string, Sequence> sequences() {
  const auto odd_late = [](int i) { return i % 2 == 0 ? 0.0 : 10.0; };
  return {
      {"Q01", paced(100)},
      {"Q02", without(paced(100), [](int i) { return i == 10 || i == 11 || i == 50; })},
      {"Q03", swapped()},
      {"Q04", sent_twice()},
      {"Q05", over_a_wrap()},
      {"Q06", paced(100, odd_late)},
      {"Q07", paced(100, [](int i) { return i < 50 ? 0.0 : 50.0; })},
      {"Q08", restarted()},
      {"Q09", with_events()},
      {"Q10", with_silence()},
      {"Q11", with_other_codec()},
      {"Q12", without(paced(60), [](int i) { return i >= 30 && i <= 40; })},
      {"Q13", g722()},
      {"Q14", opus()},
      {"Q15", timestamps_wrap()},
      {"Q16", very_late()},
      {"Q17", with_an_alien()},
  };
}

/// RFC 3550 section A.8: whole units, scaled by 16, over the packets that the stream considers.
struct IntegerJitter {
  std::int64_t last_transit = 0;
  std::int64_t scaled = 0;
  bool has_last = false;

  void add(std::int64_t transit) {
    if (has_last) scaled += std::abs(transit - last_transit) - ((scaled + 8) >> 4U);
    has_last = true;
    last_transit = transit;
  }
};

struct Followed {
  RtpStream stream;
  RtpExtras extras{1};
  IntegerJitter integer_jitter;
  int codec_changes = 0;
};

Followed follow(const Sequence& sequence) {
  Followed out;
  RtpEventDetails details;
  const auto format_of = [&](std::uint8_t payload_type) {
    if (payload_type == 101) return RtpFormat{8000, RtpKind::telephone_event};
    return payload_type == 111 ? RtpFormat{48000} : static_rtp_format(payload_type);
  };
  for (const Made& made : sequence.packets) {
    const int ticks = made.timestamp_index < 0 ? made.index : made.timestamp_index;
    RtpView packet;
    packet.sequence =
        static_cast<std::uint16_t>(sequence.sequence0 + made.index + made.sequence_offset);
    packet.timestamp = sequence.timestamp0 + static_cast<std::uint32_t>(ticks) * sequence.step;
    packet.payload_type = made.payload_type;
    const auto time_ns = static_cast<std::int64_t>(made.time_ms * 1e6);
    const RtpStep step = out.stream.add(packet, time_ns, format_of, out.extras, details);
    out.codec_changes += step.has(RtpEvent::codec_changed) ? 1 : 0;
    if (step.sequence == SequenceStep::restarted) out.integer_jitter.has_last = false;
    const RtpKind kind = format_of(made.payload_type).kind;
    if (kind != RtpKind::audio || step.sequence == SequenceStep::duplicate ||
        step.sequence == SequenceStep::suspect) {
      continue;
    }
    const auto arrival = static_cast<std::int64_t>(made.time_ms * sequence.clock_hz / 1000);
    out.integer_jitter.add(arrival - std::int64_t{ticks} * sequence.step);
  }
  return out;
}

json::object vectors() {
  std::ifstream in(HEPTAP_SOURCE_DIR "/tests/vectors/rtp_vectors.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return json::parse(text).as_object();
}

double rounded(double value) { return std::round(value * 1000) / 1000; }

void check(const json::object& want, const Followed& got) {
  const RtpFigures figures = got.stream.total(got.extras);
  const RtpCounts& counts = figures.counts;
  const auto number = [&](const char* name) { return want.at(name).to_number<double>(); };
  CHECK(counts.packets() == number("total"));
  CHECK(counts.expected == number("expected"));
  CHECK(counts.unique == number("unique"));
  CHECK(counts.lost() == number("lost"));
  CHECK(rounded(counts.lost_percent()) == number("loss_pct"));
  CHECK(counts.duplicates == number("dup"));
  CHECK(counts.late == number("ooo"));
  CHECK(counts.suspects == number("suspect"));
  CHECK(counts.fraction_lost() == number("fraction"));
  CHECK(figures.restarts + 1 == number("segments"));
  CHECK(got.codec_changes == number("pt_changes"));
  CHECK(figures.clock_hz == number("clock"));
  CHECK(rounded(figures.jitter_ms * figures.clock_hz / 1000) == number("jitter_ts"));
  CHECK(rounded(figures.jitter_ms) == number("jitter_ms"));
  CHECK(static_cast<double>(got.integer_jitter.scaled >> 4U) == number("jitter_int"));
  CHECK(rounded(figures.max_jitter_ms) == number("max_jitter_ms"));
  CHECK(rounded(figures.mean_jitter_ms) == number("mean_jitter_ms"));
  CHECK(rounded(figures.delta.max_ms) == number("max_delta_ms"));
  CHECK(rounded(figures.delta.mean_ms) == number("mean_delta_ms"));
}

}  // namespace

TEST_CASE("every vector of RTP has the figures that are written with it") {
  const auto made = sequences();
  const json::object all = vectors();
  CHECK(all.size() == made.size());
  for (const auto& [id, want] : all) {
    CAPTURE(std::string(id));
    const auto found = made.find(std::string(id));
    REQUIRE(found != made.end());
    CHECK(want.as_object().size() == 20);
    check(want.as_object(), follow(found->second));
  }
}
