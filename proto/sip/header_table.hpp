#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "proto/sip/chars.hpp"
#include "proto/sip/header_id.hpp"

// From a header's name to its id without a search: the name's first letter, last letter and length
// pick one slot of a table, and one compare of 24 bytes confirms. The multiplier that keeps all
// known names apart is found by the compiler, so adding a name needs no thought.
namespace heptap::header_table {

struct KnownName {
  std::string_view text;
  HeaderId id;
};

// Long forms in the order of HeaderId, as their RFCs spell them, then compact forms.
inline constexpr std::size_t long_count = static_cast<std::size_t>(HeaderId::count_) - 1;
inline constexpr std::array known_names{
    KnownName{"Via", HeaderId::via},
    KnownName{"From", HeaderId::from},
    KnownName{"To", HeaderId::to},
    KnownName{"Call-ID", HeaderId::call_id},
    KnownName{"CSeq", HeaderId::cseq},
    KnownName{"Contact", HeaderId::contact},
    KnownName{"Content-Length", HeaderId::content_length},
    KnownName{"Content-Type", HeaderId::content_type},
    KnownName{"Max-Forwards", HeaderId::max_forwards},
    KnownName{"Route", HeaderId::route},
    KnownName{"Record-Route", HeaderId::record_route},
    KnownName{"User-Agent", HeaderId::user_agent},
    KnownName{"Server", HeaderId::server},
    KnownName{"Expires", HeaderId::expires},
    KnownName{"Event", HeaderId::event},
    KnownName{"P-Asserted-Identity", HeaderId::p_asserted_identity},
    KnownName{"P-Preferred-Identity", HeaderId::p_preferred_identity},
    KnownName{"Remote-Party-ID", HeaderId::remote_party_id},
    KnownName{"Diversion", HeaderId::diversion},
    KnownName{"History-Info", HeaderId::history_info},
    KnownName{"Privacy", HeaderId::privacy},
    KnownName{"Authorization", HeaderId::authorization},
    KnownName{"Proxy-Authorization", HeaderId::proxy_authorization},
    KnownName{"WWW-Authenticate", HeaderId::www_authenticate},
    KnownName{"Proxy-Authenticate", HeaderId::proxy_authenticate},
    KnownName{"Allow", HeaderId::allow},
    KnownName{"Allow-Events", HeaderId::allow_events},
    KnownName{"Supported", HeaderId::supported},
    KnownName{"Require", HeaderId::require},
    KnownName{"Proxy-Require", HeaderId::proxy_require},
    KnownName{"Unsupported", HeaderId::unsupported},
    KnownName{"Accept", HeaderId::accept},
    KnownName{"Accept-Contact", HeaderId::accept_contact},
    KnownName{"Reject-Contact", HeaderId::reject_contact},
    KnownName{"Request-Disposition", HeaderId::request_disposition},
    KnownName{"Content-Encoding", HeaderId::content_encoding},
    KnownName{"Content-Disposition", HeaderId::content_disposition},
    KnownName{"Subject", HeaderId::subject},
    KnownName{"Date", HeaderId::date},
    KnownName{"Timestamp", HeaderId::timestamp},
    KnownName{"Warning", HeaderId::warning},
    KnownName{"Reason", HeaderId::reason},
    KnownName{"Refer-To", HeaderId::refer_to},
    KnownName{"Referred-By", HeaderId::referred_by},
    KnownName{"Replaces", HeaderId::replaces},
    KnownName{"RAck", HeaderId::rack},
    KnownName{"RSeq", HeaderId::rseq},
    KnownName{"Session-Expires", HeaderId::session_expires},
    KnownName{"Min-SE", HeaderId::min_se},
    KnownName{"Min-Expires", HeaderId::min_expires},
    KnownName{"Subscription-State", HeaderId::subscription_state},
    KnownName{"SIP-ETag", HeaderId::sip_etag},
    KnownName{"SIP-If-Match", HeaderId::sip_if_match},
    KnownName{"Path", HeaderId::path},
    KnownName{"Service-Route", HeaderId::service_route},
    KnownName{"P-Charging-Vector", HeaderId::p_charging_vector},
    KnownName{"P-Access-Network-Info", HeaderId::p_access_network_info},
    KnownName{"Identity", HeaderId::identity},
    KnownName{"Identity-Info", HeaderId::identity_info},
    KnownName{"Retry-After", HeaderId::retry_after},
    KnownName{"Call-Info", HeaderId::call_info},
    KnownName{"P-RTP-Stat", HeaderId::p_rtp_stat},
    KnownName{"X-RTP-Stat", HeaderId::x_rtp_stat},
    KnownName{"a", HeaderId::accept_contact},
    KnownName{"b", HeaderId::referred_by},
    KnownName{"c", HeaderId::content_type},
    KnownName{"d", HeaderId::request_disposition},
    KnownName{"e", HeaderId::content_encoding},
    KnownName{"f", HeaderId::from},
    KnownName{"i", HeaderId::call_id},
    KnownName{"j", HeaderId::reject_contact},
    KnownName{"k", HeaderId::supported},
    KnownName{"l", HeaderId::content_length},
    KnownName{"m", HeaderId::contact},
    KnownName{"n", HeaderId::identity_info},
    KnownName{"o", HeaderId::event},
    KnownName{"r", HeaderId::refer_to},
    KnownName{"s", HeaderId::subject},
    KnownName{"t", HeaderId::to},
    KnownName{"u", HeaderId::allow_events},
    KnownName{"v", HeaderId::via},
    KnownName{"x", HeaderId::session_expires},
    KnownName{"y", HeaderId::identity},
};

inline constexpr bool long_forms_in_order = [] {
  for (std::size_t i = 0; i < long_count; ++i) {
    if (static_cast<std::size_t>(known_names[i].id) != i + 1) return false;
  }
  return true;
}();
static_assert(long_forms_in_order);

/// Bytes that find() may read at a name's start, whatever the name's length.
inline constexpr std::size_t window_bytes = 24;
using Window = std::array<std::uint64_t, window_bytes / 8>;

/// A known name made ready for the compare: (bytes | fold) == lower. `fold` is 0x20 on a letter, 0
/// on a hyphen, and all ones beyond the name, where any byte will do. Fills one cache line.
struct alignas(64) Entry {
  Window lower{};
  Window fold{};
  std::uint32_t size = 0;
  HeaderId id = HeaderId::other;
};

constexpr Entry make_entry(KnownName name) noexcept {
  std::array<std::uint8_t, window_bytes> lower{};
  std::array<std::uint8_t, window_bytes> fold{};
  lower.fill(0xff);
  fold.fill(0xff);
  for (std::size_t i = 0; i < name.text.size(); ++i) {
    lower[i] = static_cast<std::uint8_t>(sip_chars::lower(name.text[i]));
    fold[i] = sip_chars::is_alpha(name.text[i]) ? 0x20 : 0;
  }
  return {std::bit_cast<Window>(lower), std::bit_cast<Window>(fold),
          static_cast<std::uint32_t>(name.text.size()), name.id};
}

inline constexpr unsigned slot_bits = 10;

constexpr std::size_t slot_of(char first, char last, std::size_t size,
                              std::uint32_t multiplier) noexcept {
  const auto letter = [](char c) { return static_cast<std::uint32_t>((c | 0x20) & 0xff); };
  const std::uint32_t key =
      letter(first) | letter(last) << 8U | static_cast<std::uint32_t>(size & 0xffU) << 16U;
  return (key * multiplier) >> (32U - slot_bits);
}

constexpr bool keeps_apart(std::uint32_t multiplier) noexcept {
  std::array<bool, 1U << slot_bits> used{};
  for (const KnownName& name : known_names) {
    const auto slot = slot_of(name.text.front(), name.text.back(), name.text.size(), multiplier);
    if (used[slot]) return false;
    used[slot] = true;
  }
  return true;
}

inline constexpr std::uint32_t multiplier = [] {
  std::uint32_t m = 0x9e3779b1U;
  while (!keeps_apart(m)) m = m * 1664525U + 1013904222U;  // stays odd
  return m;
}();

/// Slot -> 1 + index into entries; 0 is empty and names entries[0], whose size no name has.
inline constexpr auto slots = [] {
  std::array<std::uint8_t, 1U << slot_bits> table{};
  std::uint8_t index = 0;
  for (const KnownName& name : known_names) {
    table[slot_of(name.text.front(), name.text.back(), name.text.size(), multiplier)] = ++index;
  }
  return table;
}();

inline constexpr auto entries = [] {
  std::array<Entry, known_names.size() + 1> table{};
  for (std::size_t i = 0; i < known_names.size(); ++i) table[i + 1] = make_entry(known_names[i]);
  return table;
}();

/// Bytes that find() reads at the start of a name of this size.
constexpr std::size_t bytes_read(std::size_t size) noexcept {
  return size > 16 ? window_bytes : 16;
}

/// name      where the name starts; bytes_read(size) bytes can be read from there
/// size      of the name, at least 1
inline HeaderId find(const char* name, std::size_t size) noexcept {
  const std::size_t slot = slot_of(name[0], name[size - 1], size, multiplier);
  const Entry& entry = entries.data()[slots.data()[slot]];
  const auto difference = [&](std::size_t word) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, name + 8 * word, 8);
    return (bytes | entry.fold[word]) ^ entry.lower[word];
  };
  if (((entry.size ^ size) | difference(0) | difference(1)) != 0) return HeaderId::other;
  if (size > 16 && difference(2) != 0) return HeaderId::other;
  return entry.id;
}

}  // namespace heptap::header_table
