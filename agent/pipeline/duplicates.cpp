#include "agent/pipeline/duplicates.hpp"

#include <algorithm>

namespace heptap {

bool DuplicateWindow::is_copy(const Packet& packet, std::uint64_t content,
                              std::int64_t time_us) noexcept {
  if (window_us_ == 0) return false;
  const std::uint64_t hash = hash_of(packet, content);
  const std::size_t place = hash & (buckets_.size() - 1);
  if (!locks_) return is_in(buckets_[place], hash, time_us);
  const std::lock_guard lock((*locks_)[place % locks_->size()].mutex);
  return is_in(buckets_[place], hash, time_us);
}

bool DuplicateWindow::is_in(Bucket& bucket, std::uint64_t hash,
                            std::int64_t time_us) const noexcept {
  bool is_here = false;
  for (const Seen& seen : bucket) {  // without branches: nobody could guess which of them it is
    const std::int64_t distance_us = time_us - seen.time_us;
    const bool is_near = (distance_us <= window_us_) & (distance_us >= -window_us_);
    is_here |= (seen.hash == hash) & is_near;
  }
  if (is_here) return true;
  std::copy_backward(bucket.begin(), bucket.end() - 1, bucket.end());
  bucket.front() = {hash, time_us};
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
