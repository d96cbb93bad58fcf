// What a collector does with its spool.
#include "transport/collector.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace heptap {
namespace {

constexpr double crowded_share = 0.5;
constexpr double last_share = 0.95;  // until then a disk may catch up
constexpr std::chrono::seconds remembered_for{5};

}  // namespace

/// Its thread begins here, when the process has given up its privileges.
void Collector::begin_spool() {
  spool_ = std::make_unique<Spool>(
      options_, name_,
      [&host = host_](EventLevel level, const std::string& text) {
        boost::asio::post(host.io(), [&host, level, text] { host.report(level, text); });
      },
      [this, &host = host_, ticket = life_.ticket()] {
        boost::asio::post(host.io(), [this, &host, ticket] {
          if (!ticket.valid()) return;
          spool_has_ended();
          host.settle();
        });
      });
}

void Collector::use_spool() {
  if (state_ == CollectorState::spooling && spool_->was_empty_after(catch_up_to_)) {
    down_since_ = std::chrono::steady_clock::now();
    connect();
  }
  if (goes_to_spool()) spool_held();
  if (state_ == CollectorState::spooling) {
    spool_->set_pace(SpoolPace::alone);
  } else {
    const SpoolPace when_up = draining_ ? SpoolPace::alone : SpoolPace::beside;
    spool_->set_pace(has_connection() ? when_up : SpoolPace::none);
  }
}

/// Who has all the time there is waits until the last frame has arrived. Others find it on disk when they
/// start again.
bool Collector::waits_for_spool() const {
  if (!spool_ || !draining_ || !options_.producers_wait) return false;
  return !spool_->has_looked() || spool_->counters().held > 0;
}

bool Collector::spool_moved() {
  if (!spool_) return false;
  const std::uint64_t moves = cursor_.counters().spooled + spool_->counters().sent;
  return std::exchange(spool_moves_, moves) != moves;
}

bool Collector::goes_to_spool() const noexcept {
  if (state_ == CollectorState::spooling) return true;
  if (has_connection()) return false;
  return std::chrono::steady_clock::now() - down_since_ >= options_.spool_after ||
         cursor_.kept_share() > crowded_share;
}

void Collector::spool_held() {
  {
    Spool::Batch batch(*spool_, cursor_.backlog_bytes());
    cursor_.spool([&](std::span<const std::uint8_t> bytes, std::int64_t time_us) {
      return batch.put({.time_us = time_us, .bytes = bytes});
    });
  }
  spool_->hand_over();
}

bool Collector::spool_doubt(const TimedFrame& frame) { return spool_ && spool_->put(frame); }

bool Collector::keeps_up() const noexcept {
  const auto now = std::chrono::steady_clock::now();
  return state_ == CollectorState::up && (!made_way_ || now - *made_way_ > remembered_for);
}

/// More will come, and it takes nothing: that is no reason to lose what a disk can have.
/// gives     false when there is no such disk
bool Collector::spools_instead() {
  if (!spool_ || draining_ || state_ == CollectorState::spooling) return false;
  make_way();
  return state_ == CollectorState::spooling;
}

void Collector::make_way() {
  if (finished()) return;
  if (end_ && !spool_) return go_on_ending();
  made_way_ = std::chrono::steady_clock::now();
  if (has_connection()) {
    take_back();
    connection_lost("took frames more slowly than they came");
  }
  if (!spool_) return cursor_.make_way(0);
  if (state_ != CollectorState::spooling) {
    state_alarm_.stop();
    epoch_.end();
    disconnect();
    enter_state(CollectorState::spooling);
    spool_held();
    catch_up_to_ = spool_->put_count();
    pump_later();
  }
  end_ ? go_on_ending() : use_spool();
  const bool disk_is_slower = cursor_.kept_share() >= last_share;
  if (disk_is_slower && !options_.producers_wait) cursor_.make_way(crowded_share);
}

}  // namespace heptap
