#include "transport/spool/spool_position.hpp"

#include "transport/checksum.hpp"
#include "transport/little_endian.hpp"

#include <fcntl.h>

#include <array>
#include <span>

namespace heptap {
namespace {

constexpr std::size_t checked_bytes = 16;
constexpr std::size_t place_bytes = checked_bytes + 4;
using Place = std::array<std::uint8_t, place_bytes>;

std::uint32_t checksum_of(const Place& place) noexcept {
  return checksum(std::span(place).first(checked_bytes), 0);
}

}  // namespace

std::error_code SpoolPosition::open(int folder) {
  const std::error_code error = file_.open(folder, "position", O_RDWR | O_CREAT);
  if (error) return error;
  for (std::uint64_t i = 0; i < 2; ++i) {
    Place place{};
    if (file_.read(place, i * place_bytes) != place_bytes) continue;
    if (get_little_endian<std::uint32_t>(&place[checked_bytes]) != checksum_of(place)) continue;
    const auto saves = get_little_endian<std::uint64_t>(place.data());
    const auto needed = get_little_endian<std::uint64_t>(&place[8]);
    if (saves <= saves_ || needed > UINT64_MAX / 2) continue;
    saves_ = saves;
    needed_ = needed;
  }
  return {};
}

std::error_code SpoolPosition::save(std::uint64_t needed) {
  if (needed == needed_) return {};
  Place place{};
  put_little_endian(place.data(), saves_ + 1);
  put_little_endian(&place[8], needed);
  put_little_endian(&place[checked_bytes], checksum_of(place));
  const std::error_code error = file_.write(place, (saves_ + 1) % 2 * place_bytes);
  if (error) return error;
  ++saves_;
  needed_ = needed;
  return {};
}

}  // namespace heptap
