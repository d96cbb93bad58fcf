#include "agent/pipeline/duplicates.hpp"

#include <algorithm>

namespace heptap {

bool DuplicateWindow::is_copy(const Packet& packet, std::uint64_t content,
                              std::int64_t time_us) noexcept {
  if (window_us_ == 0) return false;
  const std::uint64_t hash = hash_of(packet, content);
  Bucket& bucket = buckets_[hash & (buckets_.size() - 1)];
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
  const std::uint64_t rest = std::uint64_t{packet.source_port} << 32U |
                             std::uint64_t{packet.destination_port} << 16U |
                             std::uint64_t{packet.ip_identification};
  const std::uint64_t addresses = hash_addresses(packet.source, packet.destination, seed_);
  return hash_parts::fold(content ^ addresses, rest ^ hash_parts::key_c);
}

}  // namespace heptap
