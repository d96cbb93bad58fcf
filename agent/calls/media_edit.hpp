#pragma once

#include <cstdint>

#include "agent/calls/media_call.hpp"
#include "agent/calls/media_event.hpp"
#include "proto/sip/sdp.hpp"

namespace heptap {

/// What all that change a shard's calls need.
struct MediaKeeping {
  MediaPools& pools;
  const MediaLimits& limits;
  std::uint64_t seed;  ///< of address keys
  MediaCounts& counts;
};

struct SavedLine;
struct SavedMedia;

/// Changes of one call. What they make of the index of addresses is noted, not done.
/// source    RFC 3264 for offers and answers, RFC 3261 section 13.2.2.4 for forks
class MediaEdit {
 public:
  static constexpr std::size_t max_claims = 64;
  static constexpr std::size_t max_descriptions = 16;
  static constexpr std::size_t max_learned = 12;

  MediaEdit(const MediaKeeping& keeping, MediaCall& call, ClaimChanges& changes) noexcept
      : keep_(keeping), parts_(call, keeping.pools), call_(call), changes_(changes) {}

  /// sdp       null: the message has none
  /// content   a hash of its text
  void apply(const MediaEvent& event, const SdpView* sdp, std::uint32_t content,
             std::int64_t time_us) noexcept;

  /// Keeps what a packet has taught, unless it is known already.
  void learn(const MediaClaim& claim) noexcept;

  /// Takes what another run knew of the call, which has no node yet.
  void restore(const SavedMedia& saved) noexcept;

  /// Gives everything back.
  void forget() noexcept;

 private:
  /// Whose side of the call a message is on.
  struct Side {
    MediaParty sender;
    std::uint32_t callee_tag;
    std::uint16_t hop;
  };

  [[nodiscard]] Side side_of(const MediaEvent& event) const noexcept;
  void note_caller(const MediaEvent& event) noexcept;
  void signal(MediaSignal signal, const Side& side, std::int64_t time_us) noexcept;

  void describe(const Side& side, const SdpView& sdp, std::uint32_t content,
                std::int64_t time_us) noexcept;
  [[nodiscard]] std::uint32_t add_description(const Side& side) noexcept;
  void add_line(MediaDescription& description, const SdpView& sdp, std::size_t media,
                const MediaDescription* older) noexcept;
  void add_payloads(MediaLine& line, const SdpView& sdp, const SdpMediaView& media) noexcept;
  [[nodiscard]] bool add_payload(MediaLine& line, std::uint32_t& block,
                                 const PayloadFormat& format) noexcept;
  void restore_line(MediaDescription& description, const SavedLine& saved) noexcept;
  void add_addresses(MediaDescription& description, const SdpView& sdp, const SdpMediaView& media,
                     std::uint8_t number) noexcept;
  void add_candidates(MediaDescription& description, const SdpView& sdp, const SdpMediaView& media,
                      std::uint8_t number) noexcept;
  void add_claim(std::uint32_t& chain, const MediaClaim& claim) noexcept;
  void touch_claims() noexcept;
  void drop_claims(std::uint32_t& chain) noexcept;
  void drop_description(std::uint32_t at) noexcept;
  void drop_expired(std::int64_t time_us) noexcept;

  [[nodiscard]] std::uint32_t older_of(const MediaDescription& description) const noexcept;
  [[nodiscard]] bool opens(const MediaDescription& fresh,
                           const MediaDescription& older) const noexcept;
  void replace_older(const MediaDescription& by, std::int64_t time_us) noexcept;
  void commit(bool only_of, MediaParty party, std::int64_t time_us) noexcept;
  void withdraw(MediaParty party, std::int64_t time_us) noexcept;
  void confirm(const Side& side, std::int64_t time_us) noexcept;
  void refuse(const Side& side, std::int64_t time_us) noexcept;
  [[nodiscard]] bool has_other_fork(std::uint32_t tag) const noexcept;
  void end_fork(std::uint32_t tag, std::int64_t time_us) noexcept;
  void take_bye(const Side& side, std::int64_t time_us) noexcept;
  void end(std::int64_t time_us) noexcept;
  void reopen() noexcept;

  const MediaKeeping& keep_;
  MediaParts parts_;
  MediaCall& call_;
  ClaimChanges& changes_;
};

}  // namespace heptap
