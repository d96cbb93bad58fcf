#pragma once

#include <poll.h>

#include <memory>
#include <string>
#include <vector>

struct ares_channeldata;

namespace heptap {

/// One conversation of c-ares with the name servers. It has no thread: who owns it waits for its sockets,
/// and lets it work.
class DnsChannel {
 public:
  /// Reads /etc/resolv.conf.
  /// servers   "address" or "address:port", asked instead of those of the machine; empty: those
  /// errors    std::runtime_error
  explicit DnsChannel(const std::vector<std::string>& servers);

  /// Appends what it waits for.
  void add_sockets(std::vector<pollfd>& sockets) const;

  /// Takes what has come, and asks again where nothing came in time; waits for nothing. Callbacks of
  /// queries are called in here.
  void work();

  /// Null after close(). For functions of c-ares, which may call back at once.
  [[nodiscard]] ares_channeldata* get() const noexcept { return channel_.get(); }

  /// Ends all queries: each is called back once more.
  void close() noexcept { channel_.reset(); }

 private:
  struct Destroy {
    void operator()(ares_channeldata* channel) const noexcept;
  };
  std::unique_ptr<ares_channeldata, Destroy> channel_;
};

}  // namespace heptap
