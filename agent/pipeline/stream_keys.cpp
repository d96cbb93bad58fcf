#include "agent/pipeline/stream_keys.hpp"

#include <cstring>

namespace heptap {
namespace {

std::uint32_t word_of(const IpAddress& v4) noexcept {
  std::uint32_t word = 0;
  std::memcpy(&word, v4.octets.data(), sizeof word);
  return word;
}

IpAddress v4_of(std::uint32_t word) noexcept {
  IpAddress out;
  std::memcpy(out.octets.data(), &word, sizeof word);
  return out;
}

}  // namespace

PackedStreamKey StreamKeys::hold(const RtpStreamKey& key) noexcept {
  const FlowKey& flow = key.flow;
  PackedStreamKey out{
      .source_port = flow.source_port, .destination_port = flow.destination_port, .ssrc = key.ssrc};
  if (key.is_v6()) {
    out.source = pairs_.add({flow.source.octets, flow.destination.octets});
  } else {
    out.source = word_of(flow.source);
    out.destination = word_of(flow.destination);
  }
  return out;
}

RtpStreamKey StreamKeys::unpacked(const PackedStreamKey& packed, bool is_v6) const noexcept {
  RtpStreamKey out;
  out.ssrc = packed.ssrc;
  out.flow.source_port = packed.source_port;
  out.flow.destination_port = packed.destination_port;
  if (is_v6) {
    const Pair& pair = pairs_[packed.source];
    out.flow.source = {pair.source, IpFamily::v6};
    out.flow.destination = {pair.destination, IpFamily::v6};
  } else {
    out.flow.source = v4_of(packed.source);
    out.flow.destination = v4_of(packed.destination);
  }
  return out;
}

bool StreamKeys::are_same(const PackedStreamKey& packed, bool is_v6,
                          const RtpStreamKey& key) const noexcept {
  const FlowKey& flow = key.flow;
  if (packed.ssrc != key.ssrc || packed.source_port != flow.source_port ||
      packed.destination_port != flow.destination_port || is_v6 != key.is_v6()) {
    return false;
  }
  if (!is_v6) {
    return packed.source == word_of(flow.source) && packed.destination == word_of(flow.destination);
  }
  const Pair& pair = pairs_[packed.source];
  return pair.source == flow.source.octets && pair.destination == flow.destination.octets;
}

}  // namespace heptap
