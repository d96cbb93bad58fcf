#include "agent/capture/user_filter.hpp"

#include <memory>

#include "agent/capture/capture_limits.hpp"

namespace heptap {

bool UserFilter::is_name_unknown() const noexcept { return error.starts_with("unknown host"); }

UserFilter compile_filter(pcap_t& handle, const std::string& expression) {
  constexpr int optimize = 1;
  bpf_program compiled{};
  if (pcap_compile(&handle, &compiled, expression.c_str(), optimize, PCAP_NETMASK_UNKNOWN) != 0) {
    return {{}, pcap_geterr(&handle)};
  }
  UserFilter filter{{compiled.bf_insns, compiled.bf_insns + compiled.bf_len}, ""};
  pcap_freecode(&compiled);
  return filter;
}

UserFilter compile_filter(std::uint32_t link_type, const std::string& expression) {
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(
      pcap_open_dead(static_cast<int>(link_type), max_frame_bytes), &pcap_close);
  if (!handle) return {{}, "out of memory"};
  return compile_filter(*handle, expression);
}

}  // namespace heptap
