#include "agent/capture/exchange_filter.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <cerrno>

#include "proto/net/link.hpp"

namespace heptap {
namespace {

// From this offset on: what is beside a packet, not in it.
constexpr std::uint32_t auxiliary{static_cast<std::uint32_t>(SKF_AD_OFF)};

bool loads_from_packet(const bpf_insn& instruction) noexcept {
  const auto kind = BPF_CLASS(instruction.code);
  if (kind != BPF_LD && kind != BPF_LDX) return false;
  const auto mode = BPF_MODE(instruction.code);
  return mode == BPF_ABS || mode == BPF_IND || mode == BPF_MSH;
}

std::optional<std::uint32_t> place_in_header1(std::uint32_t offset) noexcept {
  switch (offset) {
    case 0: return auxiliary + SKF_AD_PKTTYPE;
    case 14: return auxiliary + SKF_AD_PROTOCOL;
    default: return std::nullopt;
  }
}

std::optional<std::uint32_t> place_in_header2(std::uint32_t offset) noexcept {
  switch (offset) {
    case 0: return auxiliary + SKF_AD_PROTOCOL;
    case 4: return auxiliary + SKF_AD_IFINDEX;
    case 10: return auxiliary + SKF_AD_PKTTYPE;
    default: return std::nullopt;
  }
}

// Where the kernel has what libpcap has at an offset.
std::optional<std::uint32_t> kernels_place(std::uint32_t link_type, std::uint32_t offset) noexcept {
  const bool is_first = link_type == link_type::linux_sll;
  const std::uint32_t header_bytes = is_first ? 16 : 20;
  if (offset >= auxiliary) return offset;
  if (offset >= header_bytes) return offset - header_bytes;
  return is_first ? place_in_header1(offset) : place_in_header2(offset);
}

}  // namespace

std::optional<std::vector<bpf_insn>> kernel_form(std::uint32_t link_type,
                                                 std::span<const bpf_insn> program) {
  std::vector<bpf_insn> out(program.begin(), program.end());
  if (link_type != link_type::linux_sll && link_type != link_type::linux_sll2) return out;
  for (bpf_insn& instruction : out) {
    if (!loads_from_packet(instruction)) continue;
    const auto place = kernels_place(link_type, instruction.k);
    if (!place) return std::nullopt;
    instruction.k = *place;
  }
  return out;
}

std::error_code exchange_filter(int fd, std::uint32_t link_type,
                                std::span<const bpf_insn> program) {
  const auto fitting = kernel_form(link_type, program);
  if (!fitting) return std::make_error_code(std::errc::not_supported);
  std::vector<sock_filter> instructions;
  for (const bpf_insn& i : *fitting) instructions.push_back({i.code, i.jt, i.jf, i.k});
  sock_fprog filter{static_cast<unsigned short>(instructions.size()), instructions.data()};
  if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0) return {};
  return {errno, std::generic_category()};
}

}  // namespace heptap
