#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "agent/peer_log.hpp"
#include "agent/pipeline/counts.hpp"
#include "agent/pipeline/frame_intake.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/pipeline/relayed_sip.hpp"
#include "agent/report/ledger.hpp"
#include "proto/hep/relay.hpp"
#include "transport/endpoint.hpp"
#include "transport/listener.hpp"

namespace heptap {

/// One place where HEP is received.
struct HepSourceOptions {
  Endpoint listen;       ///< port 0: the system chooses
  TlsServerOptions tls;  ///< for Carrier::tls
  std::string auth_key;  ///< what a frame must carry; empty: it may carry any, or none
  hep::NodePolicy nodes = hep::NodePolicy::keep;
  std::size_t max_connections = 1024;
};

/// Why a good frame goes no further.
enum class Refusal : std::uint8_t {
  none,
  too_large,    ///< more than collectors take
  missing_key,  ///< there is none, and one is asked for
  wrong_key,
  own_node,  ///< it has our node id and our name: we have sent it before
  count_
};

/// Takes the frames of one HEP source and passes them on; SIP in them is taken into account, too. One
/// thread owns it.
class HepReceiver final : public ListenerHandler {
 public:
  /// How far a frame's time may be from ours to be believed: much less than the 32 seconds after which a
  /// request that has no answer has failed.
  static constexpr std::int64_t max_time_difference_us = 10'000'000;

  /// identity   our own, see hep::Relay; all others must outlive the receiver
  HepReceiver(const HepSourceOptions& options, const hep::Identity& identity, Outlet& outlet,
              RelayedSip& sip, PeerLog& log);

  void on_datagram(const Peer& peer, std::span<const std::uint8_t> bytes) override;
  StreamVerdict on_stream(const Peer& peer, std::span<const std::uint8_t> bytes) override;
  void on_close(const Peer& peer, std::span<const std::uint8_t> unconsumed) override;
  void on_overflow(std::uint64_t datagrams) override;

  /// What comes from now on is judged by, and goes on with, this one.
  void set_identity(const hep::Identity& identity);

  /// What comes from now on must carry this key; empty: it may carry any, or none.
  void set_auth_key(const std::string& key) { auth_key_ = key; }

  /// gives     what came, and what went on to the outlet
  [[nodiscard]] LedgerStage stage(std::string name) const;

 private:
  void take(const Peer& peer, const hep::HepView& view, Bytes frame);
  [[nodiscard]] Refusal judge(const hep::HepView& view, Bytes frame) const noexcept;
  [[nodiscard]] bool is_own(const hep::HepView& view) const noexcept;
  [[nodiscard]] static std::optional<std::int64_t> time_of(const hep::HepView& view,
                                                           std::int64_t arrival_us) noexcept;
  [[nodiscard]] RelayedFate take_sip(const hep::HepView& view, const SipView* sip,
                                     std::int64_t arrival_us);
  [[nodiscard]] PlanSubject subject_of(const hep::HepView& view, const SipView* sip,
                                       std::int64_t arrival_us);
  void refuse(const Peer& peer, std::string_view why);

  std::string auth_key_;
  hep::NodePolicy nodes_;
  std::uint32_t node_id_;
  std::string node_name_;  // empty: own frames cannot be told
  hep::Relay relay_;
  Outlet& outlet_;
  RelayedSip& sip_;
  PeerLog& log_;
  FrameIntake intake_;
  Counts<Refusal> judged_;
  Counts<RelayedFate> sip_fates_;
  std::uint64_t time_far_ = 0;
};

}  // namespace heptap
