#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heptap {

/// The metrics of a report that are numbers, by the name of their key.
/// source    RFC 6035 section 4.6.2
enum class VqNumber : std::uint8_t {
  pt,    ///< payload type
  fd,    ///< frame duration, ms
  fo,    ///< octets of a frame
  fpp,   ///< frames in a packet
  pps,   ///< packets per second
  plc,   ///< packet loss concealment, as RFC 3611 section 4.7.6: 3 standard, 2 enhanced, 1 disabled
  jba,   ///< jitter buffer: 3 adaptive, 2 fixed
  jbr,   ///< its rate, 0 to 15
  jbn,   ///< its nominal delay, ms
  jbm,   ///< its maximum delay, ms
  jbx,   ///< its absolute maximum delay, ms
  nlr,   ///< packets lost in the network, percent
  jdr,   ///< packets discarded by the jitter buffer, percent
  bld,   ///< loss inside bursts, percent
  bd,    ///< mean duration of a burst, ms
  gld,   ///< loss inside gaps, percent
  gd,    ///< mean duration of a gap, ms
  gmin,  ///< packets between losses that end a burst
  rtd,   ///< round trip delay, ms
  esd,   ///< end system delay, ms
  owd,   ///< one way delay, ms
  sowd,  ///< symmetric one way delay, ms
  iaj,   ///< interarrival jitter of RFC 3550, ms
  maj,   ///< mean absolute jitter of ITU-T G.1020, ms
  sl,    ///< signal level, dBm0
  nl,    ///< noise level, dBm0
  rerl,  ///< residual echo return loss, dB
  rlq,   ///< R factor, listening quality
  rcq,   ///< R factor, conversational quality
  extri,  ///< R factor of a network on the way in
  extro,  ///< R factor of a network on the way out
  moslq,  ///< MOS, listening quality
  moscq,  ///< MOS, conversational quality
  count_
};

/// The metrics that are text.
/// source    RFC 6035 section 4.6.2
enum class VqText : std::uint8_t {
  start,        ///< RFC 3339, as written
  stop,         ///< RFC 3339, as written
  pd,           ///< codec
  sr,           ///< sample rate, Hz; may be a list: "8000;16000"
  fmtp,         ///< format parameters
  ssup,         ///< silence suppression: "on", "off"
  rlq_est_alg,  ///< how RLQ was found, and so on
  rcq_est_alg,
  ext_ri_est_alg,
  ext_ro_est_alg,
  moslq_est_alg,
  moscq_est_alg,
  qoe_est_alg,
  count_
};

/// What a number may be. Numbers outside count as not there.
struct VqRange {
  double least;
  double most;
  bool is_unavailable_at_127;  ///< 127 and -127 stand for "not known", as in RFC 3611 section 4.7
};

/// A key of a metrics line; one of both enumerators is `count_`.
struct VqKey {
  std::string_view name;  ///< as RFC 6035 spells it; static storage
  VqNumber number = VqNumber::count_;
  VqText text = VqText::count_;
};

/// name      any case
/// gives     null for what is no key
[[nodiscard]] const VqKey* find_vq_key(std::string_view name) noexcept;

/// gives     the key's name as RFC 6035 spells it; static storage
[[nodiscard]] std::string_view to_string(VqNumber number) noexcept;
[[nodiscard]] std::string_view to_string(VqText text) noexcept;

[[nodiscard]] VqRange vq_range(VqNumber number) noexcept;

}  // namespace heptap
