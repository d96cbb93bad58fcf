#include "agent/capture/read_state.hpp"

namespace heptap {

std::string to_string(const Damage& damage) {
  std::string text = damage.error_number != 0 ? "read error: " : "";
  text += damage.reason;
  text += " at byte " + std::to_string(damage.offset);
  if (damage.compressed_offset != 0) {
    text += " (near byte " + std::to_string(damage.compressed_offset) + " of the gzip file)";
  }
  return text;
}

ReadState stop_short(const ByteSource& in, std::uint64_t offset, Damage& damage) noexcept {
  const StreamFailure failure = in.failure();
  if (failure) {
    damage = Damage{offset, 0, failure.reason, failure.error_number};
    return ReadState::damaged;
  }
  if (in.buffered() == 0 && in.offset() == offset) return ReadState::end;
  return stop_damaged(offset, "record cut short", damage);
}

}  // namespace heptap
