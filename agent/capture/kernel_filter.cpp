#include "agent/capture/kernel_filter.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "agent/capture/filter_ports.hpp"
#include "agent/capture/tag_branches.hpp"
#include "proto/net/ip.hpp"
#include "proto/net/link.hpp"
#include "proto/net/packet.hpp"
#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

using Label = BpfAssembler::Label;

constexpr unsigned max_tags = 3;
constexpr unsigned max_extension_headers = 8;
constexpr std::size_t most_ranges = 256;  // of ports: their searches are half of all then

struct Link {
  std::uint32_t bytes;
  std::optional<std::uint32_t> ethertype_at;
};

std::optional<Link> link_of(std::uint32_t type) noexcept {
  switch (type) {
    case link_type::ethernet: return Link{14, 12};
    case link_type::linux_sll: return Link{16, 14};
    case link_type::linux_sll2: return Link{20, 0};
    case link_type::raw:
    case link_type::raw_bsd:
    case link_type::raw_openbsd:
    case link_type::ipv4:
    case link_type::ipv6: return Link{0, std::nullopt};
    default: return std::nullopt;
  }
}

// Writes the filter, from the link header inwards.
class FilterWriter {
 public:
  FilterWriter(const Link& link, const KernelFilterOptions& options, std::size_t max_ranges)
      : options_(options),
        link_(link),
        sip_ports_(port_bounds(options.sip_ports, max_ranges)),
        tunnel_ports_(tunnel_port_bounds()) {
    layout_.link_bytes = link.bytes;
    layout_.accept = out_.label();
    layout_.reject = out_.label();
  }

  /// gives     all of the filter
  std::vector<bpf_insn> program() {
    other_ = layout_.reject;
    write_link(link_);
    write_ip();
    write_transport();
    out_.place(layout_.accept);
    out_.add(BPF_RET | BPF_K, options_.snap_bytes);
    out_.place(layout_.reject);
    out_.add(BPF_RET | BPF_K, 0);
    return out_.assemble();
  }

  /// gives     what rejects our own connections; all else goes on behind it
  std::vector<bpf_insn> exclusions() {
    other_ = layout_.accept;
    write_link(link_);
    write_ip();
    out_.place(transport_);
    out_.jump(layout_.accept);
    out_.place(layout_.reject);
    out_.add(BPF_RET | BPF_K, 0);
    out_.place(layout_.accept);
    return out_.assemble();
  }

 private:
  void write_link(const Link& link) {
    out_.add(BPF_LDX | BPF_IMM, 0);
    if (!link.ethertype_at) return;
    out_.add(BPF_LD | BPF_H | BPF_ABS, *link.ethertype_at);
    for (unsigned tags = 0; tags <= max_tags; ++tags) write_ethertype(tags == max_tags);
    out_.place(ip_);
  }

  // Goes on behind when there is a tag, at the EtherType behind that.
  void write_ethertype(bool is_last) {
    for (const auto ip : {ethertype::ipv4, ethertype::ipv6}) out_.jump_if(BPF_JEQ, ip, ip_);
    out_.jump_if(BPF_JEQ, ethertype::bridged, layout_.accept);
    accept_tunnels(TunnelKey::ethertype);
    if (!is_last) {
      return step_over_tag(out_, other_, [this](std::uint32_t bytes) { skip_tag(bytes); });
    }
    for_each_tag([this](std::uint32_t type, std::uint32_t /*bytes*/) {
      out_.jump_if(BPF_JEQ, type, layout_.accept);
    });
    out_.jump(other_);
  }

  void skip_tag(std::uint32_t bytes) {
    layout_.load16(out_, bytes);
    out_.add(BPF_ST, FilterLayout::protocol);
    advance(bytes + 2);
    out_.add(BPF_LD | BPF_MEM, FilterLayout::protocol);
  }

  void advance(std::uint32_t bytes) {
    out_.add(BPF_MISC | BPF_TXA);
    out_.add(BPF_ALU | BPF_ADD | BPF_K, bytes);
    out_.add(BPF_MISC | BPF_TAX);
  }

  // By the version, as the decoder does: an EtherType does not say which.
  void write_ip() {
    const Label v4 = out_.label();
    const Label v6 = out_.label();
    out_.add(BPF_STX, FilterLayout::network);
    layout_.load8(out_, 0);
    out_.add(BPF_ALU | BPF_AND | BPF_K, 0xf0);
    out_.jump_if(BPF_JEQ, 0x40, v4);
    out_.jump_if(BPF_JEQ, 0x60, v6, other_);
    out_.place(v4);
    write_ipv4();
    out_.place(v6);
    write_ipv6();
  }

  // Of so many octets as the accumulator says; the protocol behind it is in there then.
  void skip_header() {
    out_.add(BPF_ALU | BPF_ADD | BPF_X);
    out_.add(BPF_MISC | BPF_TAX);
    out_.add(BPF_LD | BPF_MEM, FilterLayout::protocol);
  }

  void write_ipv4() {
    const Label found = out_.label();
    layout_.load16(out_, 6);
    out_.jump_if(BPF_JSET, 0x3fff, layout_.accept);  // an offset, or more to come
    layout_.load8(out_, 9);
    out_.add(BPF_ST, FilterLayout::protocol);
    layout_.load8(out_, 0);
    out_.add(BPF_ALU | BPF_AND | BPF_K, 0x0f);
    out_.add(BPF_ALU | BPF_LSH | BPF_K, 2);
    skip_header();
    write_protocol(found);
    out_.jump(other_);
    out_.place(found);
    reject_own(out_, layout_, IpFamily::v4, options_.exclusions);
    out_.jump(transport_);
  }

  void write_ipv6() {
    const Label found = out_.label();
    layout_.load8(out_, 6);
    out_.add(BPF_ST, FilterLayout::protocol);
    advance(40);
    out_.add(BPF_LD | BPF_MEM, FilterLayout::protocol);
    for (unsigned headers = 0; headers < max_extension_headers; ++headers) {
      write_protocol(found);
      write_extension();
    }
    out_.jump(layout_.accept);
    out_.place(found);
    reject_own(out_, layout_, IpFamily::v6, options_.exclusions);
    out_.jump(transport_);
  }

  // Of the protocol in the accumulator; goes on behind when it is another one.
  void write_protocol(Label found) {
    for (const auto protocol : {ip_protocol_udp, ip_protocol_tcp, ip_protocol_sctp}) {
      out_.jump_if(BPF_JEQ, protocol, found);
    }
    accept_tunnels(TunnelKey::ip_protocol);
  }

  void write_extension() {
    const Label extension = out_.label();
    out_.jump_if(BPF_JEQ, ip_protocol_fragment, layout_.accept);
    for (std::uint32_t protocol = 0; protocol <= 0xff; ++protocol) {
      if (protocol == ip_protocol_fragment) continue;
      if (!is_ipv6_extension(static_cast<std::uint8_t>(protocol))) continue;
      out_.jump_if(BPF_JEQ, protocol, extension);
    }
    out_.jump(other_);
    out_.place(extension);
    layout_.load8(out_, 0);
    out_.add(BPF_ST, FilterLayout::protocol);
    layout_.load8(out_, 1);
    out_.add(BPF_ALU | BPF_ADD | BPF_K, 1);
    out_.add(BPF_ALU | BPF_LSH | BPF_K, 3);
    skip_header();
  }

  void accept_tunnels(TunnelKey key) {
    if (other_.id == layout_.accept.id) return;  // as all else
    for (const TunnelRow& row : tunnel_rows) {
      if (row.key == key) out_.jump_if(BPF_JEQ, row.number, layout_.accept);
    }
  }

  void write_transport() {
    out_.place(transport_);
    if (options_.any_port && options_.rtp) return out_.jump(layout_.accept);
    if (!options_.any_port) accept_ports(sip_ports_);
    out_.add(BPF_LD | BPF_MEM, FilterLayout::protocol);
    const Label otherwise = options_.any_port ? layout_.accept : layout_.reject;
    out_.jump_if(BPF_JEQ, ip_protocol_udp, BpfAssembler::next, otherwise);
    accept_ports(tunnel_ports_);
    write_datagram(otherwise);
  }

  void accept_ports(const PortBounds& ports) {
    for (const std::uint32_t offset : {0U, 2U}) {
      layout_.load16(out_, offset);
      find_port(out_, ports, layout_.accept);
    }
  }

  // RTP and RTCP begin with the bits 10, with which no SIP does.
  void write_datagram(Label no_media) {
    constexpr std::uint32_t udp_bytes = 8;
    layout_.load8(out_, udp_bytes);
    out_.add(BPF_ALU | BPF_AND | BPF_K, 0xc0);
    out_.jump_if(BPF_JEQ, 0x80, options_.rtp ? layout_.accept : BpfAssembler::next, no_media);
    if (options_.rtp) return;
    layout_.load8(out_, udp_bytes + 1);
    out_.add(BPF_ALU | BPF_AND | BPF_K, 0xe0);
    out_.jump_if(BPF_JEQ, 0xc0, layout_.accept, layout_.reject);
  }

  const KernelFilterOptions& options_;
  Link link_;
  PortBounds sip_ports_;
  PortBounds tunnel_ports_;
  BpfAssembler out_;
  FilterLayout layout_;
  Label other_{};  // for what is neither SIP nor a connection of ours
  Label ip_ = out_.label();
  Label transport_ = out_.label();
};

}  // namespace

std::vector<bpf_insn> kernel_filter(std::uint32_t link_type, const KernelFilterOptions& options) {
  const std::optional<Link> link = link_of(link_type);
  if (!link) return {};
  KernelFilterOptions fitting = options;
  for (std::size_t ranges = most_ranges;; ranges = std::max<std::size_t>(ranges / 2, 1)) {
    std::vector<bpf_insn> program = FilterWriter(*link, fitting, ranges).program();
    if (program.size() <= options.most_instructions) return program;
    if (ranges > 1) continue;
    if (fitting.exclusions.empty()) return program;
    fitting.exclusions.resize(fitting.exclusions.size() / 2);
  }
}

std::vector<bpf_insn> without_own(std::uint32_t link_type, const KernelFilterOptions& options,
                                  std::span<const bpf_insn> filter) {
  const std::optional<Link> link = link_of(link_type);
  std::vector<bpf_insn> program;
  KernelFilterOptions fitting;
  fitting.exclusions = options.exclusions;
  while (link && !fitting.exclusions.empty()) {
    program = FilterWriter(*link, fitting, 1).exclusions();
    if (program.size() + filter.size() <= options.most_instructions) break;
    fitting.exclusions.resize(fitting.exclusions.size() / 2);
    program.clear();
  }
  program.insert(program.end(), filter.begin(), filter.end());
  return program;
}

std::string describe(std::span<const bpf_insn> program) {
  std::string out;
  for (std::size_t i = 0; i < program.size(); ++i) {
    out.append(bpf_image(&program[i], static_cast<int>(i))).push_back('\n');
  }
  return out;
}

}  // namespace heptap
