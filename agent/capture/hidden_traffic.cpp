// Which packets a filter was written for is guessed from the numbers it compares with: each may be an
// address or a port. With the first pair of ends whose plain packet passes, all else is tried.
#include "agent/capture/hidden_traffic.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "agent/capture/filter_samples.hpp"
#include "proto/net/packet.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_guesses = 16;  // of ports, and of addresses: all pairs of them are tried

class Trial {
 public:
  Trial(std::uint32_t link_type, const bpf_program& filter)
      : link_type_(link_type), program_(filter.bf_insns, filter.bf_len) {
    guess();
  }

  /// gives     ends whose plain packets pass
  [[nodiscard]] std::optional<SampleEnds> find_ends(IpFamily family) const {
    const auto& addresses = family == IpFamily::v4 ? v4_ : v6_;
    for (const auto protocol : {ip_protocol_udp, ip_protocol_tcp, ip_protocol_sctp}) {
      for (const IpAddress& from : addresses) {
        for (const IpAddress& to : addresses) {
          if (const auto ends = find_ports({from, to, 0, 0, protocol})) return ends;
        }
      }
    }
    return std::nullopt;
  }

  /// gives     true, too, where the link cannot carry it
  [[nodiscard]] bool passes(const LinkSample& sample) const {
    const auto frame = frame_sample(link_type_, sample);
    if (!frame) return true;
    const auto size = static_cast<unsigned>(frame->size());
    return bpf_filter(program_.data(), frame->data(), size, size) != 0;
  }

 private:
  void guess() {
    std::array<std::uint32_t, 4> last{};
    for (const bpf_insn& i : program_) {
      if (BPF_CLASS(i.code) != BPF_JMP || BPF_OP(i.code) == BPF_JA) continue;
      std::rotate(last.begin(), last.begin() + 1, last.end());
      last.back() = i.k;
      if (i.k <= 0xffff) {
        add(ports_, static_cast<std::uint16_t>(i.k));
      } else {
        add(v4_, address_of(std::span(last).last(1)));
      }
      add(v6_, address_of(last));
    }
  }

  template <class T>
  static void add(std::vector<T>& guesses, const T& guess) {
    if (guesses.size() < max_guesses) guesses.push_back(guess);
  }

  static IpAddress address_of(std::span<const std::uint32_t> words) noexcept {
    std::array<std::uint8_t, 16> octets{};
    ByteWriter out{octets};
    for (const std::uint32_t word : words) out.be32(word);
    return IpAddress::from(Bytes{octets}.first(out.size()));
  }

  [[nodiscard]] std::optional<SampleEnds> find_ports(SampleEnds ends) const {
    for (const std::uint16_t from : ports_) {
      for (const std::uint16_t to : ports_) {
        ends.from_port = from;
        ends.to_port = to;
        if (passes(whole_sample(ends))) return ends;
      }
    }
    return std::nullopt;
  }

  std::uint32_t link_type_;
  std::span<const bpf_insn> program_;
  std::vector<std::uint16_t> ports_{5060};
  std::vector<IpAddress> v4_{address_of(std::array{0xc0000201U}),
                             address_of(std::array{0xc6336401U})};
  std::vector<IpAddress> v6_{address_of(std::array{0x20010db8U, 0U, 0U, 1U}),
                             address_of(std::array{0x20010db8U, 0U, 0U, 2U})};
};

std::string name_of(const TunnelRow& row) {
  std::string number;
  switch (row.key) {
    case TunnelKey::ethertype: number = "EtherType "; break;
    case TunnelKey::ip_protocol: number = "IP protocol "; break;
    case TunnelKey::gre_protocol: number = "GRE protocol "; break;
    case TunnelKey::udp_port: number = "UDP port "; break;
  }
  return std::string(to_string(row.tunnel)) + " (" + number + std::to_string(row.number) + ")";
}

}  // namespace

std::vector<std::string> what_it_hides(std::uint32_t link_type, const bpf_program& filter) {
  const Trial trial(link_type, filter);
  const auto v4 = trial.find_ends(IpFamily::v4);
  const auto v6 = trial.find_ends(IpFamily::v6);
  std::vector<std::string> hidden;
  if (v4 && !trial.passes(fragment_sample(*v4))) hidden.emplace_back("later fragments of IPv4");
  if (v6 && !trial.passes(fragment_sample(*v6))) hidden.emplace_back("later fragments of IPv6");
  if (!v4 && !v6) return hidden;
  for (const TunnelRow& row : tunnel_rows) {
    if (!trial.passes(tunnel_sample(row, v4 ? *v4 : *v6))) hidden.push_back(name_of(row));
  }
  return hidden;
}

}  // namespace heptap
