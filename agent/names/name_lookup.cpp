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
  ask_addresses({std::move(record), {}});
}

// The callbacks that this causes find an owner that is still there.
NameLookup::~NameLookup() { channel_.close(); }

bool NameLookup::work(Clock::time_point now) {
  channel_.work();
  if (asked_ != 0 && now >= until_) {
    note_fault(ARES_ETIMEOUT);
    channel_.close();
  }
  if (asked_ != 0) return false;
  finish();
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

void NameLookup::ask_addresses(ServiceTarget target) {
  Host& host = hosts_.emplace_back(Host{this, std::move(target)});
  if (find_in_files(host)) return;
  ++asked_;
  ares_addrinfo_hints hints{};
  hints.ai_flags = ARES_AI_NOSORT;
  hints.ai_family = AF_UNSPEC;
  ares_getaddrinfo(
      channel_.get(), host.target.record.target.c_str(), nullptr, &hints,
      [](void* asked, int status, int, ares_addrinfo* found) {
        Host& asked_host = *static_cast<Host*>(asked);
        asked_host.lookup->take_addresses(asked_host, status, found);
        if (found != nullptr) ares_freeaddrinfo(found);
      },
      &host);
}

bool NameLookup::find_in_files(Host& host) {
  for (const int family : {AF_INET, AF_INET6}) {
    hostent* found = nullptr;
    const int status =
        ares_gethostbyname_file(channel_.get(), host.target.record.target.c_str(), family, &found);
    if (status != ARES_SUCCESS) continue;
    for (char** one = found->h_addr_list; *one != nullptr; ++one) {
      std::array<std::uint8_t, 16> octets{};
      const auto size_bytes = std::min(static_cast<std::size_t>(found->h_length), octets.size());
      std::memcpy(octets.data(), *one, size_bytes);
      host.target.addresses.push_back(IpAddress::from(Bytes{octets}.first(size_bytes)));
    }
    ares_free_hostent(found);
  }
  if (host.target.addresses.empty()) return false;
  note_ttl(ttl_of_files.count());
  return true;
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
  targets_left_out_ = records.size() - count;
  for (std::size_t i = 0; i < count; ++i) ask_addresses({std::move(records[i]), {}});
}

// A target that is not there is left out; of one that nobody knows of just now, nothing can be said, and
// so of all.
void NameLookup::take_addresses(Host& host, int status, const ares_addrinfo* found) {
  --asked_;
  const bool is_fault = status != ARES_SUCCESS && (query_.service.empty() || !is_absent(status));
  if (is_fault) return note_fault(status);
  if (found == nullptr) return;
  for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
    const auto address = address_of(*node);
    if (!address) continue;
    host.target.addresses.push_back(*address);
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

void NameLookup::finish() {
  std::vector<ServiceTarget> targets;
  for (Host& one : hosts_) targets.push_back(std::move(one.target));
  hosts_.clear();
  answer_.members = members_of(targets);
  answer_.members.left_out += targets_left_out_;
  answer_.ttl = std::chrono::seconds{ttl_s_};
  if (answer_.members.list.empty()) note_fault(ARES_ENODATA);
}

}  // namespace heptap
