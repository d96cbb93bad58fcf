#include "tests/bench/hostile_packets.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "proto/net/packet.hpp"
#include "tests/bench/internet_sum.hpp"

using namespace heptap;
using namespace heptap::bench;

namespace {

constexpr std::uint64_t packet_count = 4 * HostilePackets::wave_packets;  // of each wave one

FloodKind any_kind() {
  return GENERATE(FloodKind::fragments, FloodKind::half_open, FloodKind::endless_heads,
                  FloodKind::associations);
}

std::uint32_t be32_at(std::size_t offset, Bytes in) {
  return ByteReader(in.subspan(offset)).be32();
}

std::uint16_t be16_at(std::size_t offset, Bytes in) {
  return ByteReader(in.subspan(offset)).be16();
}

bool has_right_checksums(Bytes frame) {
  if (!is_header_right(frame)) return false;
  const Bytes transport = frame.subspan(34);
  if (frame[23] == ip_protocol_tcp) return is_transport_right(frame, transport);
  if (frame[23] == ip_protocol_udp) return true;  // only part of the datagram is there
  PacketBytes sctp(transport.begin(), transport.end());
  set_sctp_checksum(sctp);
  return std::equal(sctp.begin(), sctp.end(), transport.begin());
}

}  // namespace

TEST_CASE("hostile packets have right lengths and checksums") {
  HostilePackets packets(any_kind());
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < packet_count; ++i) {
    const Bytes frame = packets.next();
    const bool is_right = be16_at(16, frame) == frame.size() - 14 && has_right_checksums(frame);
    if (!is_right) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("every sender has another address, and many of them send once or twice only") {
  HostilePackets packets(any_kind());
  std::map<std::uint32_t, std::set<std::uint16_t>> ports_of_sender;
  for (std::uint64_t i = 0; i < packet_count; ++i) {
    const Bytes frame = packets.next();
    ports_of_sender[be32_at(26, frame)].insert(be16_at(34, frame));
  }
  CHECK(ports_of_sender.size() > HostilePackets::wave_packets / 2);
  const auto has_one = [](const auto& sender) { return sender.second.size() == 1; };
  CHECK(std::all_of(ports_of_sender.begin(), ports_of_sender.end(), has_one));
}

TEST_CASE("fragments are first ones, and say that more follow") {
  HostilePackets packets(FloodKind::fragments);
  std::uint64_t first_count = 0;
  for (std::uint64_t i = 0; i < packet_count; ++i) {
    if (be16_at(20, packets.next()) == 0x2000) ++first_count;
  }
  CHECK(first_count == packet_count);
}

TEST_CASE("heads have no end, and their segments follow one another") {
  HostilePackets packets(FloodKind::endless_heads);
  std::map<std::uint32_t, std::uint32_t> next_of_sender;
  std::string text;
  std::uint32_t watched = 0;
  std::uint64_t misplaced = 0;
  for (std::uint64_t i = 0; i < packet_count; ++i) {
    const Bytes frame = packets.next();
    const std::uint32_t sender = be32_at(26, frame);
    const std::size_t head_bytes = std::size_t{frame[34 + 12]} / 16 * 4;
    const Bytes payload = frame.subspan(34 + head_bytes);
    const std::uint32_t sequence = be32_at(38, frame);
    const auto known = next_of_sender.find(sender);
    if (known == next_of_sender.end()) {
      CHECK(frame[34 + 13] == tcp_syn);
    } else if (sequence != known->second) {
      ++misplaced;
    }
    next_of_sender[sender] =
        sequence + (payload.empty() ? 1U : 0U) + static_cast<std::uint32_t>(payload.size());
    watched = sender;  // ends as one of the last wave, whose heads are the longest
  }
  CHECK(misplaced == 0);
  HostilePackets again(FloodKind::endless_heads);
  for (std::uint64_t i = 0; i < packet_count; ++i) {
    const Bytes frame = again.next();
    if (be32_at(26, frame) != watched) continue;
    text += as_text(frame.subspan(34 + std::size_t{frame[34 + 12]} / 16 * 4));
  }
  CHECK(text.starts_with("INVITE "));
  CHECK(text.size() > 1U << 20U);
  CHECK(text.find("\r\n\r\n") == std::string::npos);
}
