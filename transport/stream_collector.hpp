#pragma once

#include "transport/network_collector.hpp"
#include "transport/tls.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace heptap {

/// A collector over TCP or TLS.
///
/// Frames stay in the ring until the peer has acknowledged them and `resend_bytes` more. A read is
/// always pending, so that an end of the connection is seen at once; how it ended decides how far
/// to go back (see DeliveryCursor). On the new connection the first frame starts afresh.
///
/// One hole remains, and TCP has no means to close it: after our own FIN, a peer that says FIN and
/// drops what it has not read looks like one that has read all.
class StreamCollector final : public NetworkCollector {
 public:
  /// errors    std::runtime_error when the TLS files cannot be used
  StreamCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options);

 private:
  enum class End : std::uint8_t { fin, broken };

  void open(const boost::asio::ip::address& address) override;
  void close_socket() override;
  void write_due() override;
  void drop_doubts() override {}
  void take_back() noexcept override { cursor_.rewind(); }
  [[nodiscard]] bool look_for_progress() override {
    return state() == CollectorState::up && confirm();
  }
  [[nodiscard]] bool has_outstanding() const override { return !cursor_.all_confirmed(); }

  void on_connected();
  void handshake();
  void go_up();
  void wait_readable();
  void wait_for_room();
  void on_readable();
  bool read_tls(std::span<const std::uint8_t> bytes);
  bool write_batch();
  void note_written(std::size_t bytes);
  bool write_runs();
  bool encrypt_runs();
  bool send_output();
  bool on_send_error(int error);
  bool confirm();
  void check_acknowledged();
  void close_in_order();
  void stays_open();
  void settle_closed();
  void connection_ended(End end, const std::string& why);
  void await_reset();
  void judge_fin();

  boost::asio::ip::tcp::socket socket_;
  Alarm ack_alarm_;
  std::chrono::milliseconds ack_delay_;
  FrameRuns runs_;
  bool peer_ended_ = false;  ///< TLS: its close_notify came
  bool shut_down_ = false;   ///< our end was sent
  bool fin_came_ = false;    ///< nothing more is written; see await_reset()

  std::unique_ptr<TlsSession> tls_;
  std::vector<std::uint8_t> tls_staging_;
};

}  // namespace heptap
