// Of a packet that an interface received, the kernel shows what is behind the link header, and says
// the EtherType beside. Of one that it is about to send, all is there; its network header is where the
// sender said, with tags not always at IP: so an Ethernet header is read as one. X is where we are.
#include "agent/capture/fanout_program.hpp"

#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>

#include <array>
#include <optional>

#include "agent/capture/filter_layout.hpp"
#include "agent/capture/filter_ports.hpp"
#include "agent/capture/tag_branches.hpp"
#include "proto/net/ip.hpp"
#include "proto/net/link.hpp"
#include "proto/net/packet.hpp"

namespace heptap {
namespace {

using Label = BpfAssembler::Label;

constexpr unsigned max_tags = 3;
constexpr std::uint32_t ethernet_bytes = 14;
constexpr std::array<std::uint32_t, 2> with_ethernet{ARPHRD_ETHER, ARPHRD_LOOPBACK};

constexpr std::uint32_t auxiliary(int what) noexcept {
  return static_cast<std::uint32_t>(SKF_AD_OFF + what);
}

// Writes the program, from the link header inwards.
class FanoutWriter {
 public:
  FanoutWriter(FanoutView view, std::uint32_t members) {
    view == FanoutView::kernel ? write_kernels_link() : write_ethernet();
    write_tags();
    write_ip();
    write_ports();
    write_result(members);
  }

  [[nodiscard]] std::vector<bpf_insn> program() const { return out_.assemble(); }

 private:
  enum Scratch : std::uint8_t { network, hash, protocol, port };

  void load(unsigned size, std::uint32_t offset) { out_.add(BPF_LD | size | BPF_IND, offset); }
  void recall(Scratch what) { out_.add(BPF_LD | BPF_MEM, what); }
  void recall_x(Scratch what) { out_.add(BPF_LDX | BPF_W | BPF_MEM, what); }
  void go_to(std::uint32_t offset) { out_.add(BPF_LDX | BPF_IMM, offset); }
  void load_auxiliary(int what) { out_.add(BPF_LD | BPF_W | BPF_ABS, auxiliary(what)); }

  void advance(std::uint32_t bytes) {
    out_.add(BPF_MISC | BPF_TXA);
    out_.add(BPF_ALU | BPF_ADD | BPF_K, bytes);
    out_.add(BPF_MISC | BPF_TAX);
  }

  void write_ethernet() {
    go_to(ethernet_bytes);
    out_.add(BPF_LD | BPF_H | BPF_ABS, ethernet_bytes - 2);
  }

  // Ends with the EtherType in the accumulator.
  void write_kernels_link() {
    const Label outgoing = out_.label();
    const Label ethernet = out_.label();
    const Label beside = out_.label();
    const Label done = out_.label();
    load_auxiliary(SKF_AD_PKTTYPE);
    out_.jump_if(BPF_JEQ, PACKET_OUTGOING, outgoing);
    go_to(0);
    out_.jump(beside);
    out_.place(outgoing);
    load_auxiliary(SKF_AD_HATYPE);
    for (const std::uint32_t type : with_ethernet) {
      out_.jump_if(BPF_JEQ, type, ethernet);
    }
    go_to(static_cast<std::uint32_t>(SKF_NET_OFF));
    out_.place(beside);
    load_auxiliary(SKF_AD_PROTOCOL);
    out_.jump(done);
    out_.place(ethernet);
    write_ethernet();
    out_.place(done);
  }

  void write_tags() {
    for (unsigned tags = 0; tags <= max_tags; ++tags) write_ethertype(tags == max_tags);
    out_.place(pppoe_);
    write_pppoe();
  }

  // Goes on behind when there is a tag, at the EtherType behind that.
  void write_ethertype(bool is_last) {
    for (const auto ip : {ethertype::ipv4, ethertype::ipv6}) out_.jump_if(BPF_JEQ, ip, ip_);
    out_.jump_if(BPF_JEQ, ethertype::pppoe, pppoe_);
    if (is_last) return out_.jump(unknown_);
    step_over_tag(out_, unknown_, [this](std::uint32_t bytes) { skip_tag(bytes); });
  }

  void skip_tag(std::uint32_t bytes) {
    load(BPF_H, bytes);
    out_.add(BPF_ST, protocol);
    advance(bytes + 2);
    recall(protocol);
  }

  // A session's header, and the protocol of PPP.
  void write_pppoe() {
    const Label found = out_.label();
    load(BPF_H, 6);
    out_.jump_if(BPF_JEQ, 0x0021, found);
    out_.jump_if(BPF_JEQ, 0x0057, found, unknown_);
    out_.place(found);
    advance(8);
  }

  // By the version, as the decoder does: an EtherType does not say which.
  void write_ip() {
    const Label v4 = out_.label();
    const Label v6 = out_.label();
    out_.place(ip_);
    out_.add(BPF_STX, network);
    out_.add(BPF_LD | BPF_IMM, 0);
    out_.add(BPF_ST, hash);
    load(BPF_B, 0);
    out_.add(BPF_ALU | BPF_AND | BPF_K, 0xf0);
    out_.jump_if(BPF_JEQ, 0x40, v4);
    out_.jump_if(BPF_JEQ, 0x60, v6, unknown_);
    out_.place(v4);
    write_ipv4();
    out_.place(v6);
    write_ipv6();
  }

  void write_ipv4() {
    hash_addresses(12, 2);
    load(BPF_H, 6);
    out_.jump_if(BPF_JSET, 0x3fff, hashed_);  // an offset, or more to come
    load(BPF_B, 9);
    require_ports();
    load(BPF_B, 0);
    out_.add(BPF_ALU | BPF_AND | BPF_K, 0x0f);
    out_.add(BPF_ALU | BPF_LSH | BPF_K, 2);
    out_.add(BPF_ALU | BPF_ADD | BPF_X);
    out_.add(BPF_MISC | BPF_TAX);
    out_.jump(ports_);
  }

  void write_ipv6() {
    hash_addresses(8, 8);
    load(BPF_B, 6);
    require_ports();
    advance(40);
  }

  // Multiplied, so that an address and a port that count up together do not undo each other.
  void hash_addresses(std::uint32_t first, std::uint32_t words) {
    for (std::uint32_t word = 0; word < words; ++word) {
      recall_x(network);
      load(BPF_W, first + word * 4);
      hash_accumulator();
    }
    recall(hash);
    out_.add(BPF_ALU | BPF_MUL | BPF_K, 0x9e3779b1);
    out_.add(BPF_ST, hash);
    recall_x(network);
  }

  void hash_accumulator() {
    recall_x(hash);
    out_.add(BPF_ALU | BPF_XOR | BPF_X);
    out_.add(BPF_ST, hash);
  }

  void require_ports() {
    const Label found = out_.label();
    out_.add(BPF_ST, protocol);
    for (const auto with_ports : {ip_protocol_udp, ip_protocol_tcp, ip_protocol_sctp}) {
      out_.jump_if(BPF_JEQ, with_ports, found);
    }
    out_.jump(hashed_);
    out_.place(found);
  }

  void write_ports() {
    const Label no_tunnel = out_.label();
    out_.place(ports_);
    recall(protocol);
    out_.jump_if(BPF_JEQ, ip_protocol_udp, BpfAssembler::next, no_tunnel);
    for (const std::uint32_t offset : {0U, 2U}) {
      load(BPF_H, offset);
      find_port(out_, tunnel_port_bounds(), hashed_);
    }
    out_.place(no_tunnel);
    load(BPF_H, 0);
    out_.add(BPF_ST, port);
    load(BPF_H, 2);
    recall_x(port);
    out_.add(BPF_ALU | BPF_XOR | BPF_X);
    hash_accumulator();
  }

  // The last steps of MurmurHash3, which is in the public domain.
  void write_result(std::uint32_t members) {
    out_.place(hashed_);
    recall(hash);
    fold(16);
    out_.add(BPF_ALU | BPF_MUL | BPF_K, 0x85ebca6b);
    fold(13);
    out_.add(BPF_ALU | BPF_MUL | BPF_K, 0xc2b2ae35);
    fold(16);
    out_.add(BPF_ALU | BPF_MOD | BPF_K, members);
    out_.add(BPF_RET | BPF_A);
    out_.place(unknown_);
    out_.add(BPF_RET | BPF_K, 0);
  }

  void fold(std::uint32_t bits) {
    out_.add(BPF_MISC | BPF_TAX);
    out_.add(BPF_ALU | BPF_RSH | BPF_K, bits);
    out_.add(BPF_ALU | BPF_XOR | BPF_X);
  }

  BpfAssembler out_;
  Label pppoe_ = out_.label();
  Label ip_ = out_.label();
  Label ports_ = out_.label();
  Label hashed_ = out_.label();
  Label unknown_ = out_.label();
};

}  // namespace

std::vector<bpf_insn> fanout_program(FanoutView view, std::uint32_t members) {
  return FanoutWriter(view, members).program();
}

}  // namespace heptap
