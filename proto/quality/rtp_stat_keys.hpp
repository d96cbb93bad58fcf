#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "proto/quality/rtp_stat.hpp"

namespace heptap {

using RtpStatCount = std::optional<std::uint64_t> RtpStatView::*;
using RtpStatFigure = std::optional<double> RtpStatView::*;

/// A key and where its numbers go: one number alone, or a list with commas.
template <class Member>
struct RtpStatKey {
  std::string_view key;
  Member alone;
  std::array<Member, 3> listed{};
};

struct RtpStatTextKey {
  std::string_view key;
  std::string_view RtpStatView::*text;
};

/// All keys of one kind of header field.
struct RtpStatKeys {
  std::span<const RtpStatKey<RtpStatCount>> counts;
  std::span<const RtpStatKey<RtpStatFigure>> figures;
  std::span<const RtpStatTextKey> texts;
};

/// gives     the keys of a header field; static storage
[[nodiscard]] const RtpStatKeys& rtp_stat_keys(RtpStatHeader header) noexcept;

/// gives     those of RtpStatView::vq_metrics; static storage
[[nodiscard]] const RtpStatKeys& vq_metrics_keys() noexcept;

/// gives     whether only what was received is told in it, or only what was sent
[[nodiscard]] bool is_rx(RtpStatHeader header) noexcept;
[[nodiscard]] bool is_tx(RtpStatHeader header) noexcept;

}  // namespace heptap
