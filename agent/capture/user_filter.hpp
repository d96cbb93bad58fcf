#pragma once

#include <pcap/pcap.h>

#include <cstdint>
#include <string>
#include <vector>

namespace heptap {

/// A filter expression of the user's, as tcpdump takes them, compiled by libpcap. Host names in it are
/// looked up, which may take seconds.
/// source    pcap-filter(7)
struct UserFilter {
  std::vector<bpf_insn> program;  ///< empty: there is an error
  std::string error;              ///< libpcap's words; empty: none

  /// gives     true when the fault is not in the expression: a name in it is not known now
  [[nodiscard]] bool is_name_unknown() const noexcept;
};

/// handle    an interface that is open: the program finds VLAN tags where the kernel keeps them
[[nodiscard]] UserFilter compile_filter(pcap_t& handle, const std::string& expression);

/// The same for frames that are whole.
/// link_type Ethernet or Linux cooked
[[nodiscard]] UserFilter compile_filter(std::uint32_t link_type, const std::string& expression);

}  // namespace heptap
