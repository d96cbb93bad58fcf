#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "proto/bytes.hpp"
#include "proto/sip/message.hpp"
#include "proto/siphash.hpp"

namespace heptap {

enum class UserMask : std::uint8_t {
  none,
  keep_first,  ///< the first SipMasks::kept_bytes stay; digits of numbers become 0, all else x
  hash,        ///< a keyed hash of the text: a user looks the same in all messages and places
};

/// What a copy of a message must not show. Whatever is hidden keeps its length and line ends, so
/// Content-Length and every offset of the index stay right. With any of them, all is hidden that
/// follows the body in a datagram.
struct SipMasks {
  static constexpr std::uint8_t max_kept_bytes = 15;

  /// Users and passwords of sip, sips, tel, im, pres and mailto URIs anywhere but in Call-ID; display
  /// names; user names of credentials; signed Identity; who SDP says is its origin.
  UserMask users = UserMask::none;
  std::uint8_t kept_bytes = 0;  ///< with keep_first only; at most max_kept_bytes
  bool credentials = false;     ///< what proves or gives away a secret; realm and nonce stay
  bool keys = false;            ///< SDES, MIKEY and ICE secrets of SDP; fingerprints stay
  bool bodies = false;          ///< everything that is no SDP
  bool digits = false;          ///< DTMF in bodies of INFO, NOTIFY and their kind

  [[nodiscard]] constexpr bool any() const noexcept { return *this != SipMasks{}; }
  /// Both masks at once. Of two for users the one that shows less: none of the bytes kept, hash,
  /// then the fewer bytes kept.
  constexpr SipMasks& operator|=(const SipMasks& other) noexcept {
    if (other.user_strength() > user_strength()) {
      users = other.users;
      kept_bytes = other.kept_bytes;
    }
    credentials |= other.credentials;
    keys |= other.keys;
    bodies |= other.bodies;
    digits |= other.digits;
    return *this;
  }
  constexpr bool operator==(const SipMasks&) const noexcept = default;

 private:
  [[nodiscard]] constexpr int user_strength() const noexcept {
    switch (users) {
      case UserMask::none: return 0;
      case UserMask::keep_first: return kept_bytes == 0 ? 17 : 16 - std::min<int>(kept_bytes, 15);
      case UserMask::hash: return 16;
    }
    return 0;
  }
};
static_assert(sizeof(SipMasks) <= 8);

/// The secret that hashes depend on. Agents with the same secret give the same user the same text.
class MaskKey {
 public:
  static constexpr std::size_t min_bytes = 16;

  /// secret    at least min_bytes, of which each counts; a shorter one is padded with zeros
  explicit MaskKey(Bytes secret) noexcept;

  [[nodiscard]] const SipHash& hash() const noexcept { return hash_; }

 private:
  SipHash hash_;
};

/// Hides what `masks` say in a copy of a message. Allocates nothing; time grows with the message,
/// whatever is in it.
/// sip       the index of `original`
/// copy      the bytes of `original`, or as many of them as are sent; written within its size only
/// hash      of the text as written: numbers (a plus sign, digits, separators) become other digits,
///           all else letters a to z and digits. A hash of a few digits is shared by many numbers.
/// stays     hosts, tags, Via, CSeq and Call-ID, also where they hold the text of a user; a user in
///           free text, in binary bodies or in a header that is no URI. A body with a
///           Content-Encoding is hidden as a whole.
void mask_sip(const SipView& sip, Bytes original, std::span<std::uint8_t> copy,
              const SipMasks& masks, const MaskKey& key) noexcept;

/// The same for a report that was made of packets, as JSON: users of URIs, who sources of RTCP say they
/// are (`"text"`), and whom a call is from and to. Texts that hold an escape may be hidden with it.
void mask_report(Bytes original, std::span<std::uint8_t> copy, const SipMasks& masks,
                 const MaskKey& key) noexcept;

}  // namespace heptap
