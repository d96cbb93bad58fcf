#pragma once

#include <cstdint>
#include <string_view>

#include "proto/hep/json_text.hpp"
#include "proto/rtp/quality_series.hpp"

namespace heptap::hep {

// All of them write members into the object that is open. What no sample had is left out.

/// Writes `min`, `max` and `avg` with `mos`, `at`, `loss`, `jitter`, `rtt`, and `samples`: what the
/// figures were when the MOS was lowest and highest, and their means. At most 400 bytes.
/// units     at: seconds since 1970, to the microsecond; loss: percent; jitter and rtt: ms
void append_quality(JsonText& json, const QualitySeries& series) noexcept;

/// Writes `average MOS`, `lowest MOS` and `highest MOS`, as rtpengine has them for each SSRC in its
/// answers. At most 400 bytes.
/// units     rtpengine's, all cut to whole numbers: MOS in tenths, round trip in us, jitter in ms,
///           loss in percent, `reported at` in seconds since 1970
void append_rtpengine_mos(JsonText& json, const QualitySeries& series) noexcept;

/// What the legs of a call are called.
struct LegLabels {
  std::string_view a;
  std::string_view b;
};

/// Writes `mos_min`, `mos_min_at`, `mos_min_packetloss`, `mos_min_jitter`, `mos_min_roundtrip`, the
/// same of `mos_max` and `mos_average`, and `mos_average_samples`: for the call, and with `_A` and
/// `_B` for its legs, which have their labels in `mos_A_label` and `mos_B_label`. The names are those
/// of Kamailio's rtpengine module without `_pv`. At most 1500 bytes and the labels.
/// units     Kamailio's: MOS with one place, cut; the rest as append_rtpengine_mos(), but that times
///           are text, minutes and seconds since the call began. Of the call every sample weighs the
///           same, where Kamailio takes the mean of the means.
void append_mos_variables(JsonText& json, const CallQuality& call, const LegLabels& labels,
                          std::int64_t call_start_us) noexcept;

}  // namespace heptap::hep
