#include "transport/network_collector.hpp"

#include <utility>

namespace heptap {

namespace asio = boost::asio;

NetworkCollector::NetworkCollector(CollectorHost& host, CollectorPlace place,
                                   CollectorOptions options)
    : Collector(host, place, std::move(options)), resolver_(host.io()), peer_(options_.endpoint) {}

void NetworkCollector::connect() {
  enter_state(CollectorState::resolving);
  addresses_.clear();
  next_address_ = 0;
  boost::system::error_code not_an_address;
  const auto literal = asio::ip::make_address(options_.endpoint.host, not_an_address);
  if (!not_an_address) {
    addresses_.push_back(literal);
    return try_next_address();
  }
  epoch_.end();
  state_alarm_.set(options_.connect_timeout, [this] {
    epoch_.end();  // the answer may still come, and is not wanted any more
    resolver_.cancel();
    note_error("no answer for the name " + options_.endpoint.host);
    back_off();
    host_.settle();
  });
  resolver_.async_resolve(options_.endpoint.host, std::to_string(options_.endpoint.port),
                          [this, ticket = epoch_.ticket()](const auto& error, const auto& results) {
                            if (!ticket.valid()) return;
                            on_resolved(error, results);
                            host_.settle();
                          });
}

void NetworkCollector::on_resolved(const boost::system::error_code& error,
                                   const asio::ip::tcp::resolver::results_type& results) {
  if (error) {
    note_error("cannot resolve " + options_.endpoint.host + ": " + error.message());
    return back_off();
  }
  for (const auto& entry : results) addresses_.push_back(entry.endpoint().address());
  try_next_address();
}

void NetworkCollector::try_next_address() {
  if (next_address_ == addresses_.size()) return back_off();
  enter_state(CollectorState::connecting);
  epoch_.end();
  peer_.host = addresses_[next_address_].to_string();
  open(addresses_[next_address_++]);
}

void NetworkCollector::attempt_failed(const std::string& why) {
  note_error(with_place(why));
  epoch_.end();
  waits_for_room_ = false;
  close_socket();
  try_next_address();
}

void NetworkCollector::disconnect() {
  resolver_.cancel();
  close_socket();
}

std::string NetworkCollector::with_place(const std::string& why) const {
  Endpoint endpoint = options_.endpoint;
  if (next_address_ > 0) endpoint.host = addresses_[next_address_ - 1].to_string();
  const std::string place = to_string(endpoint);
  return place == name() ? why : place + ": " + why;
}

}  // namespace heptap
