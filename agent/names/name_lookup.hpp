#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "agent/names/dns_channel.hpp"
#include "agent/names/name_members.hpp"

struct ares_addrinfo;

namespace heptap {

/// What a name's members are.
struct NameQuery {
  std::string host;        ///< each of its addresses, at this port
  std::uint16_t port = 0;  ///< not used for a service
  std::string service;     ///< "_hep._tcp.example.org": each address of its targets, instead

  [[nodiscard]] const std::string& name() const noexcept {
    return service.empty() ? host : service;
  }
  bool operator==(const NameQuery&) const = default;
};

/// What came of a look-up.
struct NameAnswer {
  std::string fault;  ///< empty: there is at least one member
  NameMembers members;
  std::chrono::seconds ttl{0};  ///< the least of all records
};

/// Looks up one name, once: /etc/hosts first, then the name servers. Starts at once, and ends within
/// `longest`, whatever servers answer.
class NameLookup {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds longest{20};
  static constexpr std::chrono::seconds ttl_of_files{60};
  static constexpr std::size_t max_targets =
      64;  ///< of a service; the others are counted as left out

  /// servers   as DnsChannel has it
  /// errors    none: answer() has them
  NameLookup(NameQuery query, const std::vector<std::string>& servers, Clock::time_point now);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  void add_sockets(std::vector<pollfd>& sockets) const { channel_.add_sockets(sockets); }

  /// Goes on with what has come; waits for nothing.
  /// gives     whether answer() is there
  [[nodiscard]] bool work(Clock::time_point now);

  /// As soon as work() gave true.
  [[nodiscard]] const NameAnswer& answer() const noexcept { return answer_; }

 private:
  /// A host whose addresses are asked for.
  struct Host {
    NameLookup* lookup;
    ServiceTarget target;
  };

  void ask_service();
  void ask_addresses(ServiceTarget target);
  [[nodiscard]] bool find_in_files(Host& host);
  void take_service(int status, Bytes message);
  void take_targets(std::vector<SrvRecord> records);
  void take_addresses(Host& host, int status, const ares_addrinfo* found);
  void note_ttl(std::int64_t seconds) noexcept;
  void note_fault(int status);
  void finish();

  const NameQuery query_;
  const Clock::time_point until_;
  DnsChannel channel_;
  std::list<Host> hosts_;  ///< they stay where they are: c-ares knows of them
  std::size_t asked_ = 0;  ///< questions without an answer
  std::size_t targets_left_out_ = 0;
  std::int64_t ttl_s_;
  NameAnswer answer_;
};

}  // namespace heptap
