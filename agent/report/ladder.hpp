#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "agent/pipeline/message_sink.hpp"
#include "proto/net/address.hpp"
#include "proto/sip/sdp.hpp"

namespace heptap {

/// An end of an arrow.
struct LadderHost {
  IpAddress address;
  std::uint16_t port = 0;

  friend bool operator==(const LadderHost&, const LadderHost&) = default;
};

/// A message on its way from one host to another, by their positions.
struct LadderArrow {
  std::int64_t time_us = 0;
  std::size_t from = 0;
  std::size_t to = 0;
  std::string label;           ///< fit for a terminal
  bool is_sent_again = false;  ///< to the byte what was sent before
};

/// Collects the messages of one Call-ID, for a drawing. What is above a bound is only counted.
class Ladder : public MessageSink {
 public:
  static constexpr std::size_t max_arrows = 10'000;
  static constexpr std::size_t max_hosts = 20;
  static constexpr std::size_t max_label_characters = 80;

  explicit Ladder(std::string call_id) : call_id_(std::move(call_id)) {}

  void on_message(const SipView& sip, const Packet& packet, std::int64_t time_us) override;

  [[nodiscard]] const std::string& call_id() const noexcept { return call_id_; }
  /// gives     in order of appearance
  [[nodiscard]] const std::vector<LadderHost>& hosts() const noexcept { return hosts_; }
  /// gives     by time
  [[nodiscard]] std::vector<LadderArrow> arrows() const;
  /// gives     messages that are not among the arrows
  [[nodiscard]] std::uint64_t not_drawn() const noexcept { return not_drawn_; }

 private:
  [[nodiscard]] std::size_t host_of(const LadderHost& host);
  [[nodiscard]] std::string label_of(const SipView& sip);

  std::string call_id_;
  std::vector<LadderHost> hosts_;
  std::vector<LadderArrow> arrows_;
  std::unordered_set<std::uint64_t> seen_;  // hashes of messages with their ends
  std::uint64_t not_drawn_ = 0;
  SdpView sdp_;
};

}  // namespace heptap
