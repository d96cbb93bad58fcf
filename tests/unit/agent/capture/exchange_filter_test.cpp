#include "agent/capture/exchange_filter.hpp"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "agent/capture/kernel_filter.hpp"
#include "agent/capture/user_filter.hpp"
#include "proto/net/link.hpp"
#include "proto/net/packet.hpp"

using namespace heptap;

namespace {

using Program = std::vector<bpf_insn>;

constexpr std::uint32_t beside{static_cast<std::uint32_t>(SKF_AD_OFF)};

Program load_at(std::uint32_t offset) { return {{BPF_LD | BPF_H | BPF_ABS, 0, 0, offset}}; }

std::vector<std::uint32_t> offsets(const Program& program) {
  std::vector<std::uint32_t> all;
  for (const bpf_insn& i : program) all.push_back(i.k);
  return all;
}

// Of a socket that the kernel filters as it does packet sockets.
class Pair {
 public:
  Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds_.data()) == 0); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() {
    for (const int fd : fds_) ::close(fd);
  }
  [[nodiscard]] int receiver() const { return fds_[1]; }
  bool arrives(char c) {
    REQUIRE((::send(fds_[0], &c, 1, 0) == 1 || errno == EPERM));
    char got = 0;
    return ::recv(fds_[1], &got, 1, 0) == 1 && got == c;
  }

 private:
  std::array<int, 2> fds_{};
};

Program only(char c) {
  return {{BPF_LD | BPF_B | BPF_ABS, 0, 0, 0},
          {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(c)},
          {BPF_RET | BPF_K, 0, 0, 64},
          {BPF_RET | BPF_K, 0, 0, 0}};
}

}  // namespace

TEST_CASE("of Linux cooked packets the kernel has what is behind the header, and some of that") {
  struct Row {
    std::uint32_t link;
    std::uint32_t offset;
    std::uint32_t want;
  };
  const auto row = GENERATE(values<Row>({
      {link_type::ethernet, 12, 12},
      {link_type::linux_sll, 16, 0},
      {link_type::linux_sll, 36, 20},
      {link_type::linux_sll, 0, beside + SKF_AD_PKTTYPE},
      {link_type::linux_sll, 14, beside + SKF_AD_PROTOCOL},
      {link_type::linux_sll, beside + SKF_AD_VLAN_TAG, beside + SKF_AD_VLAN_TAG},
      {link_type::linux_sll2, 20, 0},
      {link_type::linux_sll2, 0, beside + SKF_AD_PROTOCOL},
      {link_type::linux_sll2, 4, beside + SKF_AD_IFINDEX},
      {link_type::linux_sll2, 10, beside + SKF_AD_PKTTYPE},
  }));
  CAPTURE(row.link, row.offset);
  const auto program = kernel_form(row.link, load_at(row.offset));
  REQUIRE(program);
  CHECK(program->front().k == row.want);
}

TEST_CASE("what else that header says, the kernel does not know") {
  CHECK_FALSE(kernel_form(link_type::linux_sll, load_at(6)));
  CHECK_FALSE(kernel_form(link_type::linux_sll2, load_at(8)));
  const UserFilter user = compile_filter(link_type::linux_sll, "link[6:2] = 0");
  CHECK_FALSE(kernel_form(link_type::linux_sll, user.program));
}

TEST_CASE("only loads from the packet are moved") {
  const Program program{{BPF_LD | BPF_IMM, 0, 0, 3},
                        {BPF_LDX | BPF_B | BPF_MSH, 0, 0, 16},
                        {BPF_LD | BPF_H | BPF_IND, 0, 0, 18},
                        {BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 5060},
                        {BPF_RET | BPF_K, 0, 0, 17}};
  const auto moved = kernel_form(link_type::linux_sll, program);
  REQUIRE(moved);
  CHECK(offsets(*moved) == std::vector<std::uint32_t>{3, 0, 2, 5060, 17});
}

TEST_CASE("the generated filter has a form for the kernel on every link") {
  KernelFilterOptions options;
  options.exclusions.push_back({ip_protocol_udp, IpAddress{}, 9060, {}, 0});
  const auto link = GENERATE(link_type::ethernet, link_type::linux_sll, link_type::linux_sll2);
  CHECK(kernel_form(link, kernel_filter(link, options)));
  const UserFilter user = compile_filter(link, "udp port 5060");
  CHECK(kernel_form(link, without_own(link, options, user.program)));
}

TEST_CASE("a socket has the new filter at once, and the old one when the new one cannot be") {
  Pair pair;
  CHECK_FALSE(exchange_filter(pair.receiver(), link_type::ethernet, only('a')));
  CHECK(pair.arrives('a'));
  CHECK_FALSE(pair.arrives('b'));
  CHECK_FALSE(exchange_filter(pair.receiver(), link_type::ethernet, only('b')));
  CHECK(pair.arrives('b'));
  CHECK_FALSE(pair.arrives('a'));
  CHECK(exchange_filter(pair.receiver(), link_type::linux_sll, load_at(6)) ==
        std::errc::not_supported);
  CHECK(exchange_filter(pair.receiver(), link_type::ethernet, load_at(0)) ==
        std::errc::invalid_argument);
  CHECK(pair.arrives('b'));
}
