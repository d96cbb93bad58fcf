#include "agent/names/name_lookup.hpp"

#include <ares.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace heptap {
namespace {

constexpr int type_srv = 33;
constexpr int class_in = 1;

bool is_absent(int status) noexcept { return status == ARES_ENOTFOUND || status == ARES_ENODATA; }

std::string words_for(int status) {
  switch (status) {
    case ARES_ENOTFOUND: return "there is no such name";
    case ARES_ENODATA: return "it has no such records";
    case ARES_EDESTRUCTION:  // by work()
    case ARES_ETIMEOUT: return "no name server has answered";
    case ARES_ECONNREFUSED: return "no name server can be reached, or all have failed";
    case ARES_ESERVFAIL: return "the name server has failed";
    case ARES_EBADRESP: return "the answer cannot be read";
    default: return ares_strerror(status);
  }
}

// Copied out: c-ares has no alignment to promise.
std::optional<IpAddress> address_of(const ares_addrinfo_node& node) {
  if (node.ai_family == AF_INET && node.ai_addrlen >= sizeof(sockaddr_in)) {
    sockaddr_in address{};
    std::memcpy(&address, node.ai_addr, sizeof address);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &address.sin_addr, octets.size());
    return IpAddress::from(octets);
  }
  if (node.ai_family == AF_INET6 && node.ai_addrlen >= sizeof(sockaddr_in6)) {
    sockaddr_in6 address{};
    std::memcpy(&address, node.ai_addr, sizeof address);
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &address.sin6_addr, octets.size());
    return IpAddress::from(octets);
  }
  return std::nullopt;
}

}  // namespace

NameLookup::NameLookup(NameQuery query, const std::vector<std::string>& servers,
                       Clock::time_point now)
    : query_(std::move(query)),
      until_(now + longest),
      channel_(servers),
      ttl_s_(std::numeric_limits<std::int32_t>::max()) {
  if (!query_.service.empty()) {
    ask_service();
    return;
  }
  SrvRecord record;
  record.port = query_.port;
  record.target = query_.host;
  add_target(std::move(record));
}

// The callbacks that this causes find an owner that is still there.
NameLookup::~NameLookup() { channel_.close(); }

bool NameLookup::work(Clock::time_point now) {
  channel_.work();
  if (asked_ != 0 && now >= until_) channel_.close();
  if (asked_ != 0) return false;
  answer_.ttl = std::chrono::seconds{ttl_s_};
  return true;
}

void NameLookup::ask_service() {
  ++asked_;
  ares_search(
      channel_.get(), query_.service.c_str(), class_in, type_srv,
      [](void* self, int status, int, unsigned char* message, int size_bytes) {
        static_cast<NameLookup*>(self)->take_service(
            status, Bytes{message, static_cast<std::size_t>(std::max(size_bytes, 0))});
      },
      this);
}

void NameLookup::add_target(SrvRecord record) {
  FoundTarget& target = answer_.targets.emplace_back(FoundTarget{.record = std::move(record)});
  if (find_in_files(target)) return;
  for (const IpFamily family : {IpFamily::v4, IpFamily::v6}) {
    ask_addresses(questions_.emplace_back(Question{this, answer_.targets.size() - 1, family}));
  }
}

// c-ares may call back at once.
void NameLookup::ask_addresses(Question& question) {
  ++asked_;
  ares_addrinfo_hints hints{};
  hints.ai_flags = ARES_AI_NOSORT;
  hints.ai_family = question.family == IpFamily::v4 ? AF_INET : AF_INET6;
  const std::string host = answer_.targets[question.target].record.target;
  ares_getaddrinfo(
      channel_.get(), host.c_str(), nullptr, &hints,
      [](void* asked, int status, int, ares_addrinfo* found) {
        const Question& answered = *static_cast<const Question*>(asked);
        answered.lookup->take_addresses(answered, status, found);
        if (found != nullptr) ares_freeaddrinfo(found);
      },
      &question);
}

bool NameLookup::find_in_files(FoundTarget& target) {
  bool has_found = false;
  for (const IpFamily family : {IpFamily::v4, IpFamily::v6}) {
    auto& addresses = target.families[static_cast<std::size_t>(family)].list;
    hostent* found = nullptr;
    const int status = ares_gethostbyname_file(channel_.get(), target.record.target.c_str(),
                                               family == IpFamily::v4 ? AF_INET : AF_INET6, &found);
    if (status != ARES_SUCCESS) continue;
    for (char** one = found->h_addr_list; *one != nullptr; ++one) {
      std::array<std::uint8_t, 16> octets{};
      const auto size_bytes = std::min(static_cast<std::size_t>(found->h_length), octets.size());
      std::memcpy(octets.data(), *one, size_bytes);
      addresses.push_back(IpAddress::from(Bytes{octets}.first(size_bytes)));
    }
    ares_free_hostent(found);
    has_found |= !addresses.empty();
  }
  if (has_found) note_ttl(ttl_of_files.count());
  return has_found;
}

void NameLookup::take_service(int status, Bytes message) {
  --asked_;
  if (status != ARES_SUCCESS) return note_fault(status);
  auto records = parse_srv_records(message);
  if (!records) return note_fault(ARES_EBADRESP);
  take_targets(*records);
}

void NameLookup::take_targets(std::vector<SrvRecord> records) {
  for (const SrvRecord& one : records) note_ttl(one.ttl_s);
  std::erase_if(records, [](const SrvRecord& one) { return one.target.empty() || one.port == 0; });
  std::sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    return std::tie(a.priority, b.weight, a.target, a.port) <
           std::tie(b.priority, a.weight, b.target, b.port);
  });
  if (records.empty()) return note_fault(ARES_ENODATA);
  const std::size_t count = std::min(records.size(), max_targets);
  answer_.targets_left_out = records.size() - count;
  for (std::size_t i = 0; i < count; ++i) add_target(std::move(records[i]));
}

void NameLookup::take_addresses(const Question& question, int status, const ares_addrinfo* found) {
  --asked_;
  auto& addresses =
      answer_.targets[question.target].families[static_cast<std::size_t>(question.family)];
  addresses.has_failed = status != ARES_SUCCESS && !is_absent(status);
  if (status != ARES_SUCCESS) addresses.fault = words_for(status);
  if (found == nullptr) return;
  for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
    const auto address = address_of(*node);
    if (!address) continue;
    addresses.list.push_back(*address);
    note_ttl(node->ai_ttl);
  }
  for (const auto* alias = found->cnames; alias != nullptr; alias = alias->next) {
    note_ttl(alias->ttl);
  }
}

void NameLookup::note_ttl(std::int64_t seconds) noexcept {
  ttl_s_ = std::min(ttl_s_, std::max<std::int64_t>(seconds, 0));
}

void NameLookup::note_fault(int status) {
  if (answer_.fault.empty()) answer_.fault = words_for(status);
}

}  // namespace heptap
