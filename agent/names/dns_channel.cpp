#include "agent/names/dns_channel.hpp"

#include <ares.h>

#include <array>
#include <stdexcept>

namespace heptap {
namespace {

constexpr int first_timeout_ms = 1000;  // twice as long the second time
constexpr int tries = 2;

void require(int status, const std::string& what) {
  if (status != ARES_SUCCESS) {
    throw std::runtime_error("cannot " + what + ": " + ares_strerror(status));
  }
}

std::string joined(const std::vector<std::string>& servers) {
  std::string text;
  for (const std::string& one : servers) text.append(text.empty() ? "" : ",").append(one);
  return text;
}

}  // namespace

void DnsChannel::Destroy::operator()(ares_channeldata* channel) const noexcept {
  ares_destroy(channel);
}

DnsChannel::DnsChannel(const std::vector<std::string>& servers) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  require(library, "look up names");
  std::string only_dns = "b";
  ares_options options{};
  options.timeout = first_timeout_ms;
  options.tries = tries;
  options.lookups = only_dns.data();
  ares_channel channel = nullptr;
  require(
      ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS),
      "look up names");
  channel_.reset(channel);
  if (servers.empty()) return;
  require(ares_set_servers_ports_csv(channel, joined(servers).c_str()), "ask these name servers");
}

void DnsChannel::add_sockets(std::vector<pollfd>& sockets) const {
  if (!channel_) return;
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> fds{};
  const auto wanted =
      static_cast<unsigned>(ares_getsock(channel_.get(), fds.data(), static_cast<int>(fds.size())));
  for (unsigned i = 0; i < fds.size(); ++i) {
    const bool reads = (wanted >> i & 1U) != 0;
    const bool writes = (wanted >> (i + ARES_GETSOCK_MAXNUM) & 1U) != 0;
    const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
    if (events != 0) sockets.push_back({fds[i], static_cast<short>(events), 0});
  }
}

void DnsChannel::work() {
  if (!channel_) return;
  std::vector<pollfd> sockets;
  add_sockets(sockets);
  if (::poll(sockets.data(), sockets.size(), 0) > 0) {
    for (const pollfd& one : sockets) {
      const bool failed = (one.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
      const bool reads = failed || (one.revents & POLLIN) != 0;
      const bool writes = (one.revents & POLLOUT) != 0;
      if (!reads && !writes) continue;
      ares_process_fd(channel_.get(), reads ? one.fd : ARES_SOCKET_BAD,
                      writes ? one.fd : ARES_SOCKET_BAD);
    }
  }
  ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what came not in time
}

}  // namespace heptap
