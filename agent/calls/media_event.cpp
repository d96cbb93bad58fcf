#include "agent/calls/media_event.hpp"

#include "agent/calls/method.hpp"
#include "proto/sip/cseq.hpp"
#include "proto/sip/name_addr.hpp"

namespace heptap {
namespace {

MediaSignal signal_of_request(SipMethod method) noexcept {
  switch (method) {
    case SipMethod::invite: return MediaSignal::invite;
    case SipMethod::bye: return MediaSignal::bye;
    case SipMethod::ack:
    case SipMethod::prack:
    case SipMethod::update: return MediaSignal::description;
    default: return MediaSignal::none;
  }
}

bool is_challenge(int status) noexcept { return status == 401 || status == 407; }

std::string_view tag_of(const SipView& sip, HeaderId id) noexcept {
  const auto party = parse_name_addr(sip.first(id));
  return party ? party->tag() : std::string_view{};
}

MediaSignal signal_of_failure(const SipView& sip, SipMethod method) noexcept {
  const int status = sip.status_code();
  if (method != SipMethod::invite) {
    return method == SipMethod::update ? MediaSignal::withdrawn : MediaSignal::none;
  }
  if (is_challenge(status)) return MediaSignal::withdrawn;
  return status == 481 || status == 408 ? MediaSignal::gone : MediaSignal::refused;
}

MediaSignal signal_of_response(const SipView& sip, SipMethod method) noexcept {
  if (method == SipMethod::bye) {
    return is_challenge(sip.status_code()) ? MediaSignal::bye_refused : MediaSignal::none;
  }
  const bool may_carry =
      method == SipMethod::invite || method == SipMethod::update || method == SipMethod::prack;
  if (!may_carry) return MediaSignal::none;
  if (sip.status_code() < 200) return MediaSignal::description;
  if (sip.status_code() >= 300) return signal_of_failure(sip, method);
  return method == SipMethod::invite ? MediaSignal::answered : MediaSignal::accepted;
}

std::uint32_t hash_of(std::string_view tag, const TextHash& hash) noexcept {
  return tag.empty() ? 0 : static_cast<std::uint32_t>(hash(tag)) | 1U;
}

std::uint16_t hop_of(const Packet& packet, const TextHash& hash) noexcept {
  return static_cast<std::uint16_t>(hash(as_text(packet.source.bytes())) +
                                    hash(as_text(packet.destination.bytes())));
}

}  // namespace

MediaSignal media_signal(const SipView& sip) noexcept {
  const SipMethod method = method_of(transaction_method(sip));
  return sip.is_request() ? signal_of_request(method) : signal_of_response(sip, method);
}

MediaEvent media_event(MediaSignal signal, const SipView& sip, const Packet& packet,
                       const TextHash& hash) noexcept {
  return {.signal = signal,
          .is_request = sip.is_request(),
          .hop = hop_of(packet, hash),
          .from_tag = hash_of(tag_of(sip, HeaderId::from), hash),
          .to_tag = hash_of(tag_of(sip, HeaderId::to), hash)};
}

}  // namespace heptap
