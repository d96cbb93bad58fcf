#include "transport/spool/spool_sender.hpp"

#include "transport/transport.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace heptap {
namespace {

constexpr std::size_t ring_bytes = std::size_t{8} << 20U;
constexpr std::size_t first_bytes = std::size_t{1} << 20U;
constexpr std::uint64_t max_frames_a_push = 4096;  // then it is seen what was sent

/// Its options, for a connection that never gives up, not even on the end of it, and keeps nothing
/// on disk itself.
CollectorOptions without_spool(CollectorOptions collector) {
  collector.spool.reset();
  collector.give_up_after.reset();
  collector.close_timeout.reset();
  return collector;
}

std::uint64_t refused(const DeliveryLosses& lost) { return lost.refused + lost.too_large; }

}  // namespace

SpoolSender::SpoolSender(SpoolStore& store, CollectorOptions collector)
    : store_(store),
      options_(without_spool(collector)),
      close_timeout_(collector.close_timeout),
      waits_for_close_(!collector.spool || collector.spool->waits_for_close),
      beside_(collector.spool ? collector.spool->frames_per_second : 0) {}

SpoolSender::~SpoolSender() {
  if (!transport_) return;
  (void)settle();
  transport_->stop();  // also ends a drain()
  if (ended_.valid()) ended_.wait();
}

void SpoolSender::work(SpoolPace pace) {
  if (ended_.valid()) return look_whether_ended();
  if (!transport_) {
    if (store_.unread() == 0) arrived_ = store_.counters().taken;
    if (pace == SpoolPace::none || store_.unread() == 0) return;
    begin();
  }
  push(pace);
  if (!settle()) return begin_anew();
  if (store_.unread() == 0 && !pending_) end();
}

void SpoolSender::begin() {
  auto transport =
      std::make_unique<Transport>(std::vector<CollectorOptions>{options_}, ring_bytes, EventSink());
  transport->start();
  transport_ = std::move(transport);
  settled_sent_ = settled_refused_ = disconnects_ = 0;
  pushed_bytes_ = acknowledged_bytes_ = 0;
  resent_before_ = sending_.resent;
}

void SpoolSender::push(SpoolPace pace) {
  constexpr std::uint64_t the_collector = 1;
  FrameRing& ring = transport_->ring();
  for (std::uint64_t left = allowed(pace); left > 0 && wants_more(); --left) {
    if (!pending_) pending_ = store_.next();
    if (!pending_) break;
    const auto space = ring.reserve(pending_->bytes.size());
    if (space.empty()) break;
    std::copy(pending_->bytes.begin(), pending_->bytes.end(), space.begin());
    ring.commit(pending_->bytes.size(), the_collector, pending_->time_us);
    pushed_bytes_ += pending_->bytes.size();
    pending_.reset();
    beside_.spend(1);
  }
  ring.flush();
}

/// As much as the peer has acknowledged may wait for it, and some to begin with: who accepts and takes
/// nothing shall cost no more than that.
bool SpoolSender::wants_more() const noexcept {
  return pushed_bytes_ - acknowledged_bytes_ < acknowledged_bytes_ + first_bytes;
}

std::uint64_t SpoolSender::allowed(SpoolPace pace) noexcept {
  switch (pace) {
    case SpoolPace::none: return 0;
    case SpoolPace::beside:
      return std::min(beside_.allowed(std::chrono::steady_clock::now()), max_frames_a_push);
    case SpoolPace::alone: return max_frames_a_push;
  }
  return 0;
}

/// gives     false when it has lost frames that it should have sent: nobody knows which
bool SpoolSender::settle() {
  const CollectorSnapshot collector = transport_->snapshot().front();
  const DeliveryCounters& now = collector.frames;
  acknowledged_bytes_ = pushed_bytes_ - collector.unconfirmed_bytes;
  peer_has_all_ = collector.unconfirmed_bytes == 0 && (!options_.kafka || now.held() == 0);
  sending_.peers = collector.peers;
  sending_.resent = resent_before_ + now.resent;
  note_closing(collector.state);
  if (now.lost.total() != refused(now.lost)) return false;
  store_.settle(now.sent - settled_sent_, refused(now.lost) - settled_refused_);
  settled_sent_ = now.sent;
  settled_refused_ = refused(now.lost);
  disconnects_ = collector.disconnects;
  return true;
}

/// Its close tells that the peer has read all; meanwhile the store takes frames.
void SpoolSender::end() {
  taken_at_end_ = store_.counters().taken;
  ended_ = std::async(std::launch::async, [this] { transport_->drain(); });
}

void SpoolSender::begin_anew() {
  ended_ = std::async(std::launch::async, [this] { transport_->stop(); });
}

void SpoolSender::look_whether_ended() {
  const bool has_ended = ended_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  const bool is_known = settle();
  if (is_known && (has_ended || peer_has_all_)) arrived_ = taken_at_end_;
  if (!has_ended && !(is_known && waits_in_vain())) return;
  if (!has_ended) settle_unclosed();
  drop_connection();
}

void SpoolSender::note_closing(CollectorState state) noexcept {
  if (state != CollectorState::closing) {
    closing_since_.reset();
  } else if (!closing_since_) {
    closing_since_ = std::chrono::steady_clock::now();
  }
}

/// While nothing else is to be sent, what the peer has perhaps not read is kept for as long as it takes,
/// unless somebody does not want that.
bool SpoolSender::waits_in_vain() const noexcept {
  const bool may_give_up = store_.unread() > 0 || !waits_for_close_;
  return closing_since_ && close_timeout_ && may_give_up &&
         std::chrono::steady_clock::now() - *closing_since_ >= *close_timeout_;
}

/// The peer has acknowledged all and never says whether it has read it; what is newer must not wait
/// for that. One that said no in the last moment gets it again.
void SpoolSender::settle_unclosed() {
  transport_->stop();
  const CollectorSnapshot collector = transport_->snapshot().front();
  if (collector.disconnects != disconnects_) return;
  const DeliveryCounters& now = collector.frames;
  store_.settle(now.sent - settled_sent_ + now.lost.unconfirmed,
                refused(now.lost) - settled_refused_);
  sending_.not_closed += now.lost.unconfirmed;
}

/// What is not settled will be sent again.
void SpoolSender::drop_connection() {
  ended_.get();
  transport_.reset();
  closing_since_.reset();
  sending_.peers.clear();
  sending_.resent += store_.given();
  pending_.reset();
  store_.take_back();
}

}  // namespace heptap
