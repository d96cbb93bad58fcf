#include "proto/hep/srtcp_json.hpp"

#include "proto/hep/json_text.hpp"

namespace heptap::hep {

Result<std::size_t> encode_srtcp_json(const SrtcpFigures& figures,
                                      std::span<std::uint8_t> out) noexcept {
  JsonText json{out};
  json.begin_object();
  json.truth("srtcp", true);
  json.number("ssrc", figures.head.ssrc);
  json.number("pt", figures.head.payload_type);
  if (figures.index) json.number("index", *figures.index);
  json.number("packets", figures.packet_count);
  json.number("lost", figures.lost_count);
  json.end_object();
  if (!json.ok()) return Errc::over_limit;
  return json.size();
}

}  // namespace heptap::hep
