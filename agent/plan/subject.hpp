#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/prefixes.hpp"
#include "proto/bytes.hpp"
#include "proto/net/packet.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// What a plan decides about.
enum class SubjectKind : std::uint8_t { sip_request, sip_response, rtcp, report, count_ };

/// gives     "SIP requests"
[[nodiscard]] std::string_view to_string(SubjectKind kind) noexcept;

/// A set of them.
class SubjectKinds {
 public:
  constexpr SubjectKinds() noexcept = default;
  constexpr SubjectKinds(SubjectKind kind) noexcept  // NOLINT: one is a set, too
      : bits_(static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind))) {}

  [[nodiscard]] constexpr bool contains(SubjectKind kind) const noexcept {
    return (bits_ & SubjectKinds(kind).bits_) != 0;
  }
  [[nodiscard]] friend constexpr SubjectKinds operator|(SubjectKinds a, SubjectKinds b) noexcept {
    SubjectKinds both;
    both.bits_ = static_cast<std::uint8_t>(a.bits_ | b.bits_);
    return both;
  }

 private:
  std::uint8_t bits_ = 0;
};

inline constexpr SubjectKinds any_sip =
    SubjectKinds(SubjectKind::sip_request) | SubjectKind::sip_response;
inline constexpr SubjectKinds any_subject = any_sip | SubjectKind::rtcp | SubjectKind::report;

/// What is known of RTCP or a report beside the bytes it was made into.
struct PlanReport {
  std::string_view call_id = {};  ///< of the call it is about; empty: of none
  std::uint64_t call_hash = 0;    ///< of the same, as the call table has it; 0: of none
  Bytes rtcp = {};                ///< the compound; empty: not of RTCP, or it came as JSON
  std::string_view leg = {};  ///< who sent the stream: "caller" or "callee"; empty: of no stream
  std::optional<double> mos = {};
  std::optional<double> loss_percent = {};
  std::optional<double> jitter_ms = {};
};

/// One message that a plan decides about, and what is known of it beside its bytes.
/// lifetime  all of it is borrowed, for as long as the decision takes
struct PlanSubject {
  SubjectKind kind = SubjectKind::sip_request;
  const Packet* packet = nullptr;      ///< never null when a field is read
  const SipView* sip = nullptr;        ///< of SIP; else null
  std::int64_t time_us = 0;            ///< when it is decided about, by packet time
  std::uint32_t frame_bytes = 0;       ///< on the wire; 0: there was no one frame
  std::string_view interface = {};     ///< empty: not of an interface, or of one without name
  std::string_view node = {};          ///< who captured it, when it came as HEP
  std::string_view call_id = {};       ///< what samples go by; empty: it is of no call
  std::uint64_t call_hash = 0;         ///< of the Call-ID, as the call table has it; 0: of no call
  std::uint8_t payload_type = 0;       ///< of the HEP frame that it is sent in
  const PlanReport* report = nullptr;  ///< of RTCP and reports; else null
  const AddressPrefixes* local = nullptr;  ///< networks that are our own; null: nobody has said
  std::string_view call_state = {};        ///< before this message; empty: not known, or a copy
  bool is_copy = false;                    ///< a mirror port's, of one that was there before
  bool is_retransmission = false;          ///< of SIP, as far as its call is known
};

}  // namespace heptap
