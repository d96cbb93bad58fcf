#pragma once

#include <cstdint>
#include <string_view>

namespace heptap {

/// Which E-model rates a call. Figures of different scales are not comparable: a clean PCMU call has
/// MOS 4.41 on the narrowband scale and 3.69 on the wideband one.
enum class Scale : std::uint8_t {
  narrowband,  ///< ITU-T G.107, R to 93.2
  wideband,    ///< ITU-T G.107.1, R to 129
  fullband,    ///< in the form of ITU-T G.107.2 that rtpengine uses for Opus, R to 148
};

/// gives     "NB", "WB" or "FB"; static storage
[[nodiscard]] std::string_view to_string(Scale scale) noexcept;

/// What the E-model takes besides the delay. Every function here takes any double: what is outside
/// of its range counts as the nearest end of it, what is not a number as the default.
struct EModelInput {
  Scale scale = Scale::narrowband;
  double ie = 0;            ///< equipment impairment of the codec on this scale, 0 to 95 (FB: 132)
  double bpl = 25.1;        ///< packet loss robustness of the codec, from 1
  double loss_percent = 0;  ///< Ppl, 0 to 100: lost, and too late for the receiver's jitter buffer
  double burst_ratio = 1;   ///< BurstR, from 1 (random loss); above 2 only where Ppl is below 2
  double advantage = 0;     ///< A, 0 to 20: what users forgive, narrowband only
};

/// gives     Id of the simplified narrowband model, which has talker echo in it
/// source    G.107 planning form: 0.024 d + 0.11 (d - 177.3) H(d - 177.3)
[[nodiscard]] double simple_delay_impairment(double one_way_delay_ms) noexcept;

/// gives     Idd, the impairment by delay alone: 0 to 100 ms, at most 50
/// source    G.107 section 7.4
[[nodiscard]] double absolute_delay_impairment(double one_way_delay_ms) noexcept;

/// gives     Id as each scale has it: the simple one, Idd, 1.48 Idd
[[nodiscard]] double delay_impairment(Scale scale, double one_way_delay_ms) noexcept;

/// gives     Ie,eff: the codec's impairment with that of the loss. It never falls with rising loss,
///           also where the limit of BurstR begins.
/// source    G.107 section 7.5, G.107.1 section 7.5; fullband: 132 instead of 95, random loss only
[[nodiscard]] double effective_equipment_impairment(const EModelInput& in) noexcept;

/// gives     R of listening quality, as if nothing took time. May be below 0.
[[nodiscard]] double listening_r(const EModelInput& in) noexcept;

/// One-way delay is from mouth to ear; negative counts as none, more than a minute as a minute.
/// gives     R of conversational quality. May be below 0.
[[nodiscard]] double conversational_r(const EModelInput& in, double one_way_delay_ms) noexcept;

/// gives     MOS of a narrowband R, 1 to 4.5; never falls with rising R
/// source    G.107 Annex B
[[nodiscard]] double mos_of_r(double r) noexcept;

/// gives     MOS of an R of any scale, 1 to 4.5: that of R/1 (NB), R/1.29 (WB), R/1.48 (FB)
/// source    G.107.1 section 7.6
[[nodiscard]] double mos_of_r(Scale scale, double r) noexcept;

/// gives     the narrowband R that has this MOS, 6.5 to 100
/// source    G.107 Appendix I
[[nodiscard]] double r_of_mos(double mos) noexcept;

}  // namespace heptap
