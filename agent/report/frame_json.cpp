#include "agent/report/frame_json.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <string_view>

#include "agent/report/sip_json.hpp"
#include "proto/hep/chunk.hpp"
#include "proto/hep/json_text.hpp"

namespace heptap {
namespace {

using hep::JsonText;

// Enough for most frames: texts are in it twice, a payload and what is told of it.
constexpr std::size_t least_room = 2048;

std::string hex(Bytes in) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(in.size() * 2);
  for (const std::uint8_t byte : in) {
    out += digits[byte >> 4U];
    out += digits[byte & 0xfU];
  }
  return out;
}

// Six octets in the low end of eight.
std::string mac_text(std::uint64_t mac) {
  std::string out;
  for (int shift = 40; shift >= 0; shift -= 8) {
    const std::array<std::uint8_t, 1> octet{static_cast<std::uint8_t>(mac >> shift)};
    out += (out.empty() ? "" : ":") + hex(octet);
  }
  return out;
}

template <class T>
void put(JsonText& json, std::string_view key, const std::optional<T>& value) {
  if (value) json.number(key, *value);
}

void put(JsonText& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.utf8(key, text);
}

void put_mac(JsonText& json, std::string_view key, const std::optional<std::uint64_t>& mac) {
  if (mac) json.text(key, mac_text(*mac));
}

void put_addresses(JsonText& json, const hep::HepView& frame) {
  std::array<char, 32> time{};
  std::snprintf(time.data(), time.size(), "%u.%06u", frame.time_seconds, frame.time_micros);
  json.text("time", time.data());
  json.text("src", to_string(frame.source));
  json.number("src_port", frame.source_port);
  json.text("dst", to_string(frame.destination));
  json.number("dst_port", frame.destination_port);
  json.number("ip_protocol", frame.ip_protocol);
  json.number("type", frame.payload_type);
  json.number("node_id", frame.node_id);
}

void put_chunks(JsonText& json, const hep::HepView& frame) {
  put(json, "node_name", frame.node_name);
  put(json, "auth_key", frame.auth_key);
  put(json, "correlation_id", frame.correlation_id);
  put(json, "vlan_id", frame.vlan_id);
  put(json, "tcp_flags", frame.tcp_flags);
  put(json, "ip_tos", frame.ip_tos);
  put(json, "mos", frame.mos);
  put(json, "r_factor", frame.r_factor);
  put(json, "jitter", frame.jitter);
  put(json, "keep_alive", frame.keep_alive);
  put_mac(json, "src_mac", frame.source_mac);
  put_mac(json, "dst_mac", frame.destination_mac);
  put(json, "ethertype", frame.ethertype);
  put(json, "geo_location", frame.geo_location);
  put(json, "transaction_type", frame.transaction_type);
  put(json, "payload_json_keys", frame.payload_json_keys);
  put(json, "tag_values", frame.tag_values);
  put(json, "tag_type", frame.tag_type);
  put(json, "event_type", frame.event_type);
  put(json, "group_id", frame.group_id);
}

void put_payload(JsonText& json, const hep::HepView& frame) {
  const bool is_compressed = !frame.compressed_payload.empty();
  if (is_compressed) json.text("compressed_payload_hex", hex(frame.compressed_payload));
  if (is_compressed && frame.payload.empty()) return;
  const bool is_utf8 = json.utf8("payload", as_text(frame.payload));
  if (!is_utf8) json.text("payload_hex", hex(frame.payload));
  const bool is_sip = frame.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip);
  if (is_sip) append_sip(json, frame.payload);
}

}  // namespace

void append_frame_json(const hep::HepView& frame, std::string& out) {
  const std::size_t begin = out.size();
  for (std::size_t room = least_room + 2 * frame.payload.size();; room *= 2) {
    out.resize(begin + room);
    // Text is bytes: NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    JsonText json({reinterpret_cast<std::uint8_t*>(out.data() + begin), room});
    json.begin_object();
    put_addresses(json, frame);
    put_chunks(json, frame);
    put_payload(json, frame);
    json.end_object();
    if (json.ok()) return out.resize(begin + json.size());
  }
}

}  // namespace heptap
