#include "agent/calls/call_message.hpp"

#include <algorithm>
#include <array>

#include "proto/hash.hpp"
#include "proto/sip/chars.hpp"
#include "proto/sip/cseq.hpp"
#include "proto/sip/name_addr.hpp"
#include "proto/sip/params.hpp"
#include "proto/sip/uri.hpp"
#include "proto/sip/via.hpp"

namespace heptap {

using namespace hash_parts;

namespace {

// Sums with timers stay in the range of PackedTime.
constexpr std::int64_t latest_us = std::int64_t{1} << 54U;

// Not 0, which says that there is none.
std::uint32_t short_hash(std::uint64_t hash) noexcept {
  return std::max(static_cast<std::uint32_t>(hash), std::uint32_t{1});
}

std::uint32_t hash_of(std::string_view text, std::uint64_t seed) noexcept {
  return text.empty() ? 0 : short_hash(TextHash(seed)(text));
}

std::uint32_t tag_of(std::string_view header, std::uint64_t seed) noexcept {
  const auto party = parse_name_addr(header);
  return party ? hash_of(party->tag(), seed) : 0;
}

std::uint64_t endpoint_hash(const IpAddress& address, std::uint16_t port,
                            std::uint64_t seed) noexcept {
  return fold(hash_addresses(address, address, seed) ^ port, seed ^ key_d);
}

// A sum, so that both directions have the same.
std::uint32_t pair_of(const Packet& packet, std::uint64_t seed) noexcept {
  const std::uint64_t sum = endpoint_hash(packet.source, packet.source_port, seed) +
                            endpoint_hash(packet.destination, packet.destination_port, seed);
  return short_hash(fold(sum ^ packet.ip_protocol, key_c));
}

std::string_view top_via(const SipView& sip) noexcept {
  std::string_view list = sip.first(HeaderId::via);
  std::string_view item;
  return next_list_item(list, item) ? item : std::string_view{};
}

bool has_cookie(std::string_view branch) noexcept {
  return sip_chars::equal_ignoring_case(branch.substr(0, 7), "z9hG4bK");
}

// Without cookie a branch need not be unique: RFC 2543 clients are told apart by CSeq and From tag.
std::uint64_t join_via(std::uint64_t branch, std::uint64_t host, std::uint16_t port,
                       const CallMessageView& message) noexcept {
  const std::uint64_t sent_by = fold(branch ^ port, host ^ key_b);
  if (message.has_cookie) return sent_by;
  const std::uint64_t rest = std::uint64_t{message.cseq} << 32U | message.from_tag;
  return fold(sent_by ^ rest, key_d);
}

void read_via(CallMessageView& message, std::uint64_t seed) noexcept {
  const auto via = parse_via(top_via(*message.sip));
  if (!via) return;
  const TextHash hash(seed);
  const std::string_view branch = via->branch();
  message.has_cookie = has_cookie(branch);
  message.via = join_via(hash(branch), hash(via->host), via->port, message);
  if (message.is_request && !message.has_cookie) {
    message.request_uri = hash_of(message.sip->request_uri(), seed);
  }
}

// In pieces, so that no text of the wire needs room.
std::uint64_t folded_hash(std::string_view text, std::uint64_t seed) noexcept {
  std::array<char, 64> piece;
  std::uint64_t state = seed;
  while (!text.empty()) {
    const std::size_t size = std::min(text.size(), piece.size());
    std::transform(text.begin(), text.begin() + size, piece.begin(), sip_chars::lower);
    state = TextHash(state)({piece.data(), size});
    text.remove_prefix(size);
  }
  return state;
}

std::uint32_t key_of(std::uint64_t via, SipMethod method) noexcept {
  return static_cast<std::uint32_t>(fold(via ^ (static_cast<std::uint64_t>(method) + 1), key_a));
}

}  // namespace

std::uint32_t CallMessageView::key(SipMethod of) const noexcept { return key_of(via, of); }

bool CallMessageView::from_lower() const noexcept {
  if (packet->source.octets != packet->destination.octets) {
    return packet->source.octets < packet->destination.octets;
  }
  return packet->source_port < packet->destination_port;
}

bool asks_for_session(const SipView& sip) noexcept {
  if (!sip.is_request() || sip.method() != to_string(SipMethod::invite)) return false;
  const auto party = parse_name_addr(sip.first(HeaderId::to));
  return !party || party->tag().empty();
}

CallMessageView read_call_message(const SipView& sip, const Packet& packet, std::int64_t time_us,
                                  std::uint64_t seed) noexcept {
  CallMessageView out;
  out.sip = &sip;
  out.packet = &packet;
  out.time_us = std::clamp<std::int64_t>(time_us, 0, latest_us);
  out.is_request = sip.is_request();
  out.status = static_cast<std::uint16_t>(sip.status_code());
  out.method = method_of(transaction_method(sip));
  if (const auto cseq = parse_cseq(sip.first(HeaderId::cseq))) out.cseq = cseq->number;
  out.from_tag = tag_of(sip.first(HeaderId::from), seed);
  out.to_tag = tag_of(sip.first(HeaderId::to), seed);
  out.pair = pair_of(packet, seed);
  read_via(out, seed);
  return out;
}

std::uint32_t folded_key(const CallMessageView& message, std::uint64_t seed) noexcept {
  const auto via = parse_via(top_via(*message.sip));
  const SipMethod method = message.method == SipMethod::ack ? SipMethod::invite : message.method;
  if (!via) return key_of(message.via, method);
  return key_of(
      join_via(folded_hash(via->branch(), seed), folded_hash(via->host, seed), via->port, message),
      method);
}

std::uint8_t via_count(const SipView& sip) noexcept {
  std::size_t count = 0;
  for (const SipHeader header : sip.headers()) {
    if (header.id != HeaderId::via) continue;
    std::string_view list = header.value;
    for (std::string_view item; next_list_item(list, item);) ++count;
  }
  return static_cast<std::uint8_t>(std::min<std::size_t>(count, 255));
}

std::uint64_t caller_key(const CallMessageView& message, std::uint64_t seed) noexcept {
  const auto from = parse_name_addr(message.sip->first(HeaderId::from));
  const auto uri = parse_uri(message.sip->request_uri());
  if (!from || !uri) return 0;
  const TextHash hash(seed);
  const std::uint64_t source = endpoint_hash(message.packet->source, 0, seed);
  return fold(hash(from->uri) ^ source, hash(uri->user) ^ key_c) | 1U;
}

}  // namespace heptap
