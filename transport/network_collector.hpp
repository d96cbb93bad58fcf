#pragma once

#include "transport/collector.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace heptap {

/// A collector at the other end of a network: from its name to a connection.
///
///     resolving -> connecting [-> handshaking] -> up
///         ^             |  each address in turn
///       backoff <-------+
class NetworkCollector : public Collector {
 protected:
  NetworkCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options);

  // A carrier's part.

  /// Begins an attempt, which ends in connection_up() or attempt_failed().
  virtual void open(const boost::asio::ip::address& address) = 0;
  virtual void close_socket() = 0;

  // For carriers to call.
  void attempt_failed(const std::string& why);

  // Collector
  void connect() final;
  void disconnect() final;
  [[nodiscard]] std::vector<Endpoint> peers() const final { return {peer_}; }
  [[nodiscard]] std::string with_place(const std::string& why) const final;

 private:
  void on_resolved(const boost::system::error_code& error,
                   const boost::asio::ip::tcp::resolver::results_type& results);
  void try_next_address();

  boost::asio::ip::tcp::resolver resolver_;
  std::vector<boost::asio::ip::address> addresses_;
  std::size_t next_address_ = 0;
  Endpoint peer_;  ///< tried last
};

}  // namespace heptap
