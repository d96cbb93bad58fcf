#pragma once

#include <poll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "agent/names/dns_channel.hpp"
#include "agent/names/srv_record.hpp"
#include "proto/net/address.hpp"

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

/// What came of one question for addresses.
struct FoundAddresses {
  std::vector<IpAddress> list = {};
  std::string fault = {};   ///< why there is none; empty: there is one
  bool has_failed = false;  ///< nobody has said whether there is any
};

/// A host, and what is known of its addresses.
struct FoundTarget {
  SrvRecord record;
  std::array<FoundAddresses, 2> families = {};  ///< by IpFamily
};

/// What came of a look-up.
struct NameAnswer {
  std::string fault = {};  ///< empty: there is at least one target
  std::vector<FoundTarget> targets = {};
  std::size_t targets_left_out = 0;  ///< more than are looked at
  std::chrono::seconds ttl{0};       ///< the least of all records
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
  /// For the addresses of a target, of one family. c-ares would ask for both at once, but then it does not
  /// say that only one was answered.
  struct Question {
    NameLookup* lookup;
    std::size_t target;
    IpFamily family;
  };

  void ask_service();
  void add_target(SrvRecord record);
  void ask_addresses(Question& question);
  [[nodiscard]] bool find_in_files(FoundTarget& target);
  void take_service(int status, Bytes message);
  void take_targets(std::vector<SrvRecord> records);
  void take_addresses(const Question& question, int status, const ares_addrinfo* found);
  void note_ttl(std::int64_t seconds) noexcept;
  void note_fault(int status);

  const NameQuery query_;
  const Clock::time_point until_;
  DnsChannel channel_;
  std::list<Question> questions_;  ///< they stay where they are: c-ares knows of them
  std::size_t asked_ = 0;          ///< questions without an answer
  std::int64_t ttl_s_;
  NameAnswer answer_;
};

}  // namespace heptap
