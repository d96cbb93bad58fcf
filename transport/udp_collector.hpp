#pragma once

#include "transport/network_collector.hpp"

#include <boost/asio/ip/udp.hpp>

#include <cstddef>
#include <cstdint>

namespace heptap {

/// A collector over UDP: batches of datagrams straight from the ring, on a connected socket, so
/// that ICMP errors come back to us.
///
/// A datagram leaves the ring when it is sent, and its place on the ledger stays in doubt until
/// `udp_doubt` has passed without an error. An error means that everything in doubt counts as
/// refused, and that we go to backoff: the rest waits in the ring. The next attempt risks one
/// datagram only.
class UdpCollector final : public NetworkCollector {
 public:
  UdpCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options);

 private:
  void open(const boost::asio::ip::address& address) override;
  void close_socket() override;
  void write_due() override;
  void drop_doubts() override;
  void take_back() noexcept override {}  // a datagram in doubt is not in the ring any more
  [[nodiscard]] bool look_for_progress() override { return false; }  // age_doubts() has noticed
  [[nodiscard]] bool has_outstanding() const override { return cursor_.counters().queued > 0; }
  [[nodiscard]] bool is_proven() const override { return !probing_; }

  bool send_batch();
  bool on_sent(std::size_t asked, std::size_t sent);
  void read_path_mtu();
  void warn_of_fragments();
  bool on_segments_error(int error);
  bool on_send_error(int error);
  void on_refused(int error);
  void wait_for_room();
  void wait_for_icmp();
  void age_doubts();

  boost::asio::ip::udp::socket socket_;
  Alarm doubt_alarm_;
  std::uint64_t young_doubts_ = 0;   ///< sent since doubt_alarm_ last rang
  std::uint64_t old_doubts_ = 0;     ///< sent in the interval before
  std::size_t longest_whole_ = 0;    ///< that leaves in one IP packet
  bool warned_ = false;              ///< of longer ones
  std::size_t longest_segment_ = 0;  ///< of frames that may go in one message
  bool probing_ = false;             ///< was refused: one datagram at a time until one goes through
  bool one_by_one_ = false;          ///< a short batch hid its error; find it
};

}  // namespace heptap
