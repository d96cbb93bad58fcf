#include "agent/plan/rtp_format_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "proto/sip/sdp_fields.hpp"

namespace heptap {
namespace {

constexpr unsigned first_dynamic = 96;
constexpr unsigned payload_types = 128;

constexpr std::array<std::string_view, 35> fixed{
    "ITU-T G.711 PCMU",
    "USA Federal Standard FS-1016",
    "ITU-T G.721",
    "GSM 06.10",
    "ITU-T G.723",
    "DVI4 8000 samples/s",
    "DVI4 16000 samples/s",
    "Experimental linear predictive encoding from Xerox PARC",
    "ITU-T G.711 PCMA",
    "ITU-T G.722",
    "16-bit uncompressed audio, stereo",
    "16-bit uncompressed audio, monaural",
    "Qualcomm Code Excited Linear Predictive coding",
    "Comfort noise",
    "MPEG-I/II Audio",
    "ITU-T G.728",
    "DVI4 11025 samples/s",
    "DVI4 22050 samples/s",
    "ITU-T G.729",
    "Comfort noise (old)",
    "Unassigned",
    "Unassigned",
    "Unassigned",
    "Unassigned",
    "Unassigned",
    "Sun CellB video encoding",
    "JPEG-compressed video",
    "Unassigned",
    "'nv' program",
    "Unassigned",
    "Unassigned",
    "ITU-T H.261",
    "MPEG-I/II Video",
    "MPEG-II transport streams",
    "ITU-T H.263",
};

constexpr std::string_view dynamic_prefix = "DynamicRTP-Type-";

struct DynamicName {
  std::array<char, 20> text{};
  std::size_t size = 0;
};

constexpr DynamicName dynamic_name(unsigned payload_type) noexcept {
  DynamicName name;
  std::copy(dynamic_prefix.begin(), dynamic_prefix.end(), name.text.begin());
  name.size = dynamic_prefix.size();
  for (unsigned digit = payload_type >= 100 ? 100 : 10; digit > 0; digit /= 10) {
    name.text[name.size++] = static_cast<char>('0' + payload_type / digit % 10);
  }
  return name;
}

constexpr auto dynamic = [] {
  std::array<DynamicName, payload_types - first_dynamic> names;
  for (unsigned i = 0; i < names.size(); ++i) names[i] = dynamic_name(first_dynamic + i);
  return names;
}();

}  // namespace

std::string_view rtp_format_name(std::string_view format) noexcept {
  unsigned payload_type = 0;
  const bool is_number = sdp_fields::read_number(format, payload_type);
  if (!is_number || payload_type >= payload_types) return format;
  if (payload_type < fixed.size()) return fixed[payload_type];
  if (payload_type >= 72 && payload_type <= 76) return "Reserved for RTCP conflict avoidance";
  if (payload_type < first_dynamic) return "Unassigned";
  const DynamicName& name = dynamic[payload_type - first_dynamic];
  return {name.text.data(), name.size};
}

}  // namespace heptap
