#include "agent/pipeline/classify.hpp"

#include <algorithm>

#include "proto/bytes.hpp"

namespace heptap {
namespace {

bool is_keep_alive(Bytes payload) noexcept {
  return std::all_of(payload.begin(), payload.end(),
                     [](std::uint8_t byte) { return byte == 0 || byte == '\r' || byte == '\n'; });
}

}  // namespace

std::string_view to_string(Content content) noexcept {
  switch (content) {
    case Content::sip: return "sip";
    case Content::hep: return "hep";
    case Content::keep_alive: return "keep_alive";
    case Content::stream: return "stream";
    case Content::other: return "other";
    case Content::count_: break;
  }
  return "?";
}

Content classify(const Packet& packet, Errc sip) noexcept {
  if (packet.ip_protocol != ip_protocol_udp) return Content::stream;
  if (sip != Errc::malformed) return Content::sip;
  if (as_text(packet.payload).starts_with("HEP3")) return Content::hep;
  return is_keep_alive(packet.payload) ? Content::keep_alive : Content::other;
}

}  // namespace heptap
