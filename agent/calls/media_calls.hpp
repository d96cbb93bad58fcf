#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/calls/claim_index.hpp"
#include "agent/calls/link_rule.hpp"
#include "agent/calls/media_epochs.hpp"
#include "agent/calls/media_match.hpp"
#include "agent/calls/media_shard.hpp"
#include "agent/calls/shards.hpp"

namespace heptap {

/// Tells which call RTP and RTCP belong to: by the addresses that SDP gives, by direction and time, and
/// by what earlier packets have taught. Sized at the start, aged by packet time; no allocation per
/// message or packet. Calls and addresses are each in shards of their own with a lock a shard; no
/// thread holds two of them: a search asks the addresses first, then each call that claims one, and a
/// message changes its call first, then the addresses. In between, a call may be known by fewer
/// addresses than it has, or an address name a call that is gone, which then does not fit.
class MediaCalls {
 public:
  /// links     headers whose value links calls to one another; none: nothing is linked
  explicit MediaCalls(const MediaLimits& limits, std::vector<LinkRule> links = {});

  /// Says that learn() for this call may come soon.
  void expect(std::uint64_t call_hash) const noexcept {
    calls_.peek(call_hash).prefetch(call_hash);
  }

  /// Takes what a message says of media into account: an offer or answer, the end of its call. Cheap
  /// for one that says nothing.
  /// call_hash   of its Call-ID, as CallTable::expect() gives it
  /// scratch     any; views in it are void afterwards
  void learn(std::uint64_t call_hash, const SipView& sip, const Packet& packet,
             std::int64_t time_us, SdpView& scratch) noexcept;

  /// The call is over, and its Call-ID is used for another one: what is known of it goes.
  void forget(std::uint64_t call_hash) noexcept;

  /// The call that a packet of RTP belongs to. A stream keeps what it was given until is_current() says
  /// no, and asks again now and then: a call that nobody asks for is forgotten after max_age.
  /// payload_type   of the header; tells the media of a bundle apart
  /// text           where the texts of the match are put; any, when there is none
  [[nodiscard]] MediaMatch find_rtp(const FlowKey& flow, std::uint32_t ssrc,
                                    std::uint8_t payload_type, std::int64_t time_us,
                                    MediaText& text) noexcept;

  /// The same for RTCP. What it gives is not to be kept: is_current() looks at the addresses of RTP.
  /// ssrcs     the sender's, then those it reports on; the first eight count
  [[nodiscard]] MediaMatch find_rtcp(const FlowKey& flow, std::span<const std::uint32_t> ssrcs,
                                     std::int64_t time_us, MediaText& text) noexcept;

  /// Whether find_rtp() would give the same again, for all that was learned and forgotten since.
  [[nodiscard]] bool is_current(const MediaWatch& watch) const noexcept {
    return epochs_.is_current(watch);
  }

  /// Which end of a call has sent a message of it; nothing: the call is not known.
  [[nodiscard]] std::optional<MediaParty> sender(std::uint64_t call_hash, const SipView& sip,
                                                 const Packet& packet) const noexcept;

  /// Which end of a call receives a stream with these addresses, of which one may be 0; nothing: the
  /// call does not have it. Unlike a search it learns nothing: who names addresses may be lying.
  [[nodiscard]] std::optional<MediaParty> receiver(std::uint64_t call_hash, const FlowKey& flow,
                                                   std::int64_t time_us) const noexcept;

  /// What became of a call that find_rtp() has named, also when its media have moved to other
  /// addresses. Keeps it from being forgotten, as find_rtp() does.
  /// gives     nothing when it is not known any more
  [[nodiscard]] std::optional<MediaCallState> state(std::uint64_t call_hash, std::int64_t time_us,
                                                    MediaText& text) noexcept;

  [[nodiscard]] bool has_links() const noexcept { return !links_.empty(); }
  /// What links this call to others; empty: nothing is known.
  /// lifetime  in `text`
  [[nodiscard]] std::string_view link(std::uint64_t call_hash, MediaText& text) const noexcept;

  /// gives     what hashes of tags and hosts depend on
  [[nodiscard]] std::uint64_t seed() const noexcept { return text_seed_; }
  /// Calls that are to be restored were learned with this one. The table is empty.
  void set_seed(std::uint64_t seed) noexcept;
  /// take      is given the SavedMedia of each
  template <class Take>
  void for_each(Take take) const {
    calls_.for_each([&](MediaShard& calls) { calls.for_each(take); });
  }
  /// Takes a call of an earlier run, unless it is too old, or here already.
  /// saved     within its bounds; times are 0 to 2^54, or as in a new MediaCall
  /// now_us    packet time
  void restore(const SavedMedia& saved, std::int64_t now_us) noexcept;

  [[nodiscard]] MediaCounts counts() const;
  /// gives     that of calls; entries of addresses() are not in it
  [[nodiscard]] TableUse use() const;
  [[nodiscard]] TableUse addresses() const;

 private:
  static constexpr std::size_t max_ssrcs = 8;
  static constexpr std::size_t max_candidates = 64;

  struct Claims {
    ClaimIndex index;
    std::uint64_t crowded_out = 0;
  };
  /// Calls that claim an end of a packet, each once.
  struct Candidates {
    std::size_t count = 0;
    std::array<std::uint64_t, max_candidates> calls;
  };
  struct Choice {
    std::uint64_t call = 0;
    MediaMiss miss = MediaMiss::unknown_address;
  };

  [[nodiscard]] MediaMatch find(const MediaProbe& probe, MediaText& text) noexcept;
  void gather(const MediaAddress& address, Candidates& out) const noexcept;
  [[nodiscard]] Candidates candidates(const MediaProbe& probe) const noexcept;
  [[nodiscard]] Choice choose(const MediaProbe& probe) const noexcept;
  void index(const ClaimChanges& changes) noexcept;

  std::uint64_t text_seed_;
  TextHash hash_;
  std::uint64_t seed_;  // of addresses
  std::vector<LinkRule> links_;
  Shards<MediaShard> calls_;
  Shards<Claims> claims_;
  MediaEpochs epochs_;
  std::atomic<std::uint64_t> bad_sdp_{0};
};

}  // namespace heptap
