#include "agent/pipeline/duplicates.hpp"

#include <algorithm>
#include <bit>

namespace heptap {

bool DuplicateWindow::is_copy(const Packet& packet, std::uint64_t content,
                              std::int64_t time_us) noexcept {
  if (window_us_ == 0) return false;
  const std::uint64_t hash = hash_of(packet, content);
  Bucket& bucket = buckets_[hash % bucket_count];
  Seen* oldest = bucket.data();
  for (Seen& seen : bucket) {
    if (seen.time_us < oldest->time_us) oldest = &seen;
    if (seen.hash != hash) continue;
    const std::int64_t distance_us = time_us - seen.time_us;
    if (distance_us <= window_us_ && distance_us >= -window_us_) return true;
    oldest = &seen;
    break;
  }
  *oldest = {hash, time_us};
  return false;
}

std::uint64_t DuplicateWindow::hash_of(const Packet& packet, std::uint64_t content) const noexcept {
  struct Identity {
    std::uint64_t content;
    std::array<std::uint8_t, 16> source;
    std::array<std::uint8_t, 16> destination;
    std::uint16_t source_port;
    std::uint16_t destination_port;
    std::uint16_t ip_identification;
    std::uint16_t family;
  };
  static_assert(std::has_unique_object_representations_v<Identity>);
  const Identity identity{.content = content,
                          .source = packet.source.octets,
                          .destination = packet.destination.octets,
                          .source_port = packet.source_port,
                          .destination_port = packet.destination_port,
                          .ip_identification = packet.ip_identification,
                          .family = static_cast<std::uint16_t>(packet.source.family)};
  return hash_(std::bit_cast<std::array<std::uint8_t, sizeof identity>>(identity));
}

}  // namespace heptap
