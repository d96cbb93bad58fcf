// RTCP against tshark, on every capture that has some: the values of each field, in the order of the
// datagram. What only one of them takes for RTCP is for e2e/tshark_test.py.
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "agent/capture/file_source.hpp"
#include "proto/net/decode.hpp"
#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_rtt.hpp"
#include "tests/differential/found.hpp"
#include "tests/differential/rtcp_fields.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using FrameNumber = std::uint64_t;
using Frames = std::map<FrameNumber, RtcpFields>;

struct Datagram {
  FrameNumber frame;
  std::int64_t time_us;
  std::vector<std::uint8_t> bytes;
};

std::vector<Datagram> rtcp_in(const fs::path& file) {
  std::vector<Datagram> out;
  CaptureFile capture = CaptureFile::open(file.string());
  Decoder decoder;
  RawFrame frame;
  Packet packet;
  for (FrameNumber number = 1; capture.next(frame) == ReadState::frame; ++number) {
    const std::int64_t time_us = frame.time_ns / 1000;
    if (decoder.decode(frame.link_type, frame.bytes, time_us, packet) != Decoded::packet) continue;
    if (packet.ip_protocol != 17 || !count_rtcp(packet.payload)) continue;
    out.push_back({number, time_us, {packet.payload.begin(), packet.payload.end()}});
  }
  return out;
}

std::string tshark_command(const fs::path& file, const std::string& options) {
  std::string command = "tshark -r '" + file.string() + "' " + options +
                        " -o udp.try_heuristic_first:TRUE --enable-heuristic rtcp_udp -Y rtcp"
                        " -T fields -E occurrence=a -E 'aggregator=|' -e frame.number";
  for (const std::string& field : rtcp_field_names()) command += " -e " + field;
  return command + " 2>/dev/null";
}

std::vector<std::string> split(const std::string& line, char at) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string word; std::getline(in, word, at);) out.push_back(word);
  return out;
}

Frames tshark_frames(const fs::path& file, const std::string& options) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      ::popen(tshark_command(file, options).c_str(), "r"), &::pclose);
  REQUIRE(pipe);
  std::string text;
  std::array<char, 4096> room{};
  while (const auto size = std::fread(room.data(), 1, room.size(), pipe.get())) {
    text.append(room.data(), size);
  }
  Frames out;
  for (const std::string& line : split(text, '\n')) {
    const auto values = split(line, '\t');
    RtcpFields& fields = out[std::stoull(values.at(0))];
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (!values[i].empty()) fields[rtcp_field_names().at(i - 1)] = values[i];
    }
  }
  return out;
}

bool has_tshark() { return std::system("tshark -v >/dev/null 2>&1") == 0; }

struct Tally {
  std::uint64_t captures = 0;
  std::uint64_t datagrams = 0;
  std::uint64_t values = 0;
};

void compare(const std::string& where, const RtcpFields& ours, const RtcpFields& theirs,
             Tally& tally) {
  for (const std::string& field : rtcp_field_names()) {
    const auto value = [&](const RtcpFields& of) {
      const auto at = of.find(field);
      return at == of.end() ? std::string{} : at->second;
    };
    CAPTURE(where, field);
    CHECK(value(ours) == value(theirs));
    if (!value(ours).empty()) ++tally.values;
  }
}

void compare_file(const fs::path& file, const std::string& options, Tally& tally) {
  const auto datagrams = rtcp_in(file);
  if (datagrams.empty()) return;
  ++tally.captures;
  const Frames theirs = tshark_frames(file, options);
  for (const Datagram& datagram : datagrams) {
    const auto at = theirs.find(datagram.frame);
    if (at == theirs.end()) continue;
    ++tally.datagrams;
    compare(file.filename().string() + ' ' + std::to_string(datagram.frame),
            rtcp_fields(datagram.bytes), at->second, tally);
  }
}

fs::path vectors_folder() { return captures_folder() / ".." / "vectors"; }

}  // namespace

TEST_CASE("tshark reads the same values from real RTCP") {
  const auto files = captures_in(captures_folder());
  if (files.empty() || !has_tshark()) {
    WARN("skipped: no tshark, or no captures in " << captures_folder());
    return;
  }
  Tally tally;
  for (const fs::path& file : files) compare_file(file, "", tally);
  WARN(tally.captures << " captures, " << tally.datagrams << " datagrams, " << tally.values
                      << " lists of values");
  CHECK(tally.datagrams > 50);
}

TEST_CASE("tshark reads the same values from the vectors of RTCP") {
  const fs::path file = vectors_folder() / "rtcp.pcap";
  if (!fs::exists(file) || !has_tshark()) {
    WARN("skipped: no tshark, or no " << file);
    return;
  }
  Tally tally;
  compare_file(file, "-d udp.port==5003,rtcp", tally);
  CHECK(tally.datagrams == 15);
}

TEST_CASE("round trips of a capture are those that tshark finds") {
  const fs::path file = vectors_folder() / "rtt.pcap";
  if (!fs::exists(file)) {
    WARN("skipped: no " << file);
    return;
  }
  RtcpRoundTrip trips;
  std::vector<RoundTrip> found;
  for (const Datagram& datagram : rtcp_in(file)) {
    if (const auto trip = trips.add(datagram.bytes, datagram.time_us)) found.push_back(*trip);
  }
  REQUIRE(found.size() == 2);
  CHECK(found[0].half_us == 25'000);
  CHECK(found[1].half_us == 40'000);
  CHECK(found[1].call_us == 65'000);
}
