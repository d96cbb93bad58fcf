#include "agent/pipeline/rtcp_suspects.hpp"

#include "agent/random_seed.hpp"

namespace heptap {

RtcpSuspects::RtcpSuspects(std::size_t max_ports) : ports_(max_ports, random_seed(), max_idle_us) {}

RtcpTrust RtcpSuspects::judge(const FlowKey& port, std::uint64_t call_hash, bool is_plausible,
                              std::int64_t time_us) noexcept {
  Port* const known =
      is_plausible ? ports_.find(port, time_us) : &ports_.find_or_add(port, time_us);
  if (known == nullptr) return RtcpTrust::sound;
  if (known->call_hash != call_hash) *known = {{}, call_hash};
  const bool was_suspect = known->suspicion.is_suspect();
  if (known->suspicion.add(is_plausible)) return RtcpTrust::sound;
  return was_suspect ? RtcpTrust::suspect : RtcpTrust::implausible;
}

}  // namespace heptap
