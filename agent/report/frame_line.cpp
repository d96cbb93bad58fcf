#include "agent/report/frame_line.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>

#include "agent/report/text.hpp"
#include "proto/hep/chunk.hpp"
#include "proto/hep/json_text.hpp"
#include "proto/hep/text.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/osip.hpp"

namespace heptap {
namespace {

namespace json = boost::json;

bool is_sip(const hep::HepView& frame) noexcept {
  return frame.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip);
}

std::string sip_summary(Bytes payload) {
  SipView sip;
  if (parse_sip(payload, sip) != Errc::none) {
    return "SIP not a SIP message, " + std::to_string(payload.size()) + " bytes";
  }
  std::string out = "SIP ";
  if (sip.is_request()) {
    out += one_line(sip.method()) + ' ' + one_line(sip.request_uri());
  } else {
    out += std::to_string(sip.status_code()) + ' ' + one_line(sip.reason());
  }
  return out + ' ' + one_line(sip.call_id());
}

std::string other_summary(const hep::HepView& frame) {
  const Bytes content = frame.payload.empty() ? frame.compressed_payload : frame.payload;
  std::string out = "type " + std::to_string(frame.payload_type) + ", " +
                    std::to_string(content.size()) + " bytes";
  if (frame.payload.empty()) out += " compressed";
  if (!frame.correlation_id.empty()) out += ' ' + one_line(frame.correlation_id);
  return out;
}

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
void put(json::object& out, const char* key, const std::optional<T>& value) {
  if (value) out[key] = *value;
}

void put(json::object& out, const char* key, std::string_view text) {
  if (!text.empty()) out[key] = valid_utf8(text);
}

// What Boost.JSON leaves as it is, and a terminal would not.
std::string serialized(const json::object& out) {
  const std::string all = json::serialize(out);
  std::string printable;
  printable.reserve(all.size());
  for (std::string_view rest = all; !rest.empty();) {
    const auto character =
        rest.substr(0, std::max<std::size_t>(hep::utf8_character_bytes(rest), 1));
    rest.remove_prefix(character.size());
    if (!hep::acts_on_terminals(character)) {
      printable += character;
      continue;
    }
    const auto escape = hep::json_escape(character);
    printable.append(escape.data(), escape.size());
  }
  return printable;
}

void put_payload(json::object& out, Bytes payload) {
  const std::string text = valid_utf8(as_text(payload));
  out["payload"] = text;
  if (text != as_text(payload)) out["payload_hex"] = hex(payload);
}

json::object address_details(const OsipAddressView& address) {
  json::object out;
  put(out, "display_name", address.display_name);
  put(out, "user", address.uri.user);
  put(out, "host", address.uri.host);
  put(out, "tag", address.tag);
  return out;
}

json::array media_details(const OsipMessage& sip) {
  json::array out;
  for (std::size_t i = 0; i < sip.media_count(); ++i) {
    const OsipMediaView media = sip.media(i);
    json::object line;
    put(line, "type", media.type);
    put(line, "address", media.address);
    put(line, "port", media.port);
    put(line, "proto", media.proto);
    out.push_back(std::move(line));
  }
  return out;
}

std::string call_id_of(const OsipMessage& sip) {
  std::string id{sip.call_id_number()};
  if (!sip.call_id_host().empty()) id.append("@").append(sip.call_id_host());
  return id;
}

// What libosip2, the full grammar, makes of the message.
json::object sip_details(Bytes payload) {
  SipView index;
  OsipMessage sip;
  if (parse_sip(payload, index) != Errc::none || sip.parse(index) != Errc::none) {
    return {{"valid", false}};
  }
  json::object out{{"valid", true}};
  if (index.is_request()) {
    put(out, "method", sip.method());
  } else {
    out["status"] = sip.status_code();
    put(out, "reason", sip.reason());
  }
  put(out, "call_id", call_id_of(sip));
  put(out, "cseq", std::string{sip.cseq_number()}.append(" ").append(sip.cseq_method()));
  out["from"] = address_details(sip.from());
  out["to"] = address_details(sip.to());
  if (sip.has_sdp()) out["media"] = media_details(sip);
  return out;
}

}  // namespace

std::string console_line(const hep::HepView& frame) {
  return utc_time(frame.time_us()) + ' ' + to_string(frame.source, frame.source_port) + " -> " +
         to_string(frame.destination, frame.destination_port) + ' ' +
         (is_sip(frame) && !frame.payload.empty() ? sip_summary(frame.payload)
                                                  : other_summary(frame));
}

std::string json_line(const hep::HepView& frame) {
  std::array<char, 32> time{};
  std::snprintf(time.data(), time.size(), "%u.%06u", frame.time_seconds, frame.time_micros);
  json::object out{{"time", time.data()},
                   {"src", to_string(frame.source)},
                   {"src_port", frame.source_port},
                   {"dst", to_string(frame.destination)},
                   {"dst_port", frame.destination_port},
                   {"ip_protocol", frame.ip_protocol},
                   {"type", frame.payload_type},
                   {"node_id", frame.node_id}};
  put(out, "node_name", frame.node_name);
  put(out, "auth_key", frame.auth_key);
  put(out, "correlation_id", frame.correlation_id);
  put(out, "vlan_id", frame.vlan_id);
  put(out, "tcp_flags", frame.tcp_flags);
  put(out, "ip_tos", frame.ip_tos);
  put(out, "mos", frame.mos);
  put(out, "r_factor", frame.r_factor);
  put(out, "jitter", frame.jitter);
  put(out, "keep_alive", frame.keep_alive);
  if (frame.source_mac) out["src_mac"] = mac_text(*frame.source_mac);
  if (frame.destination_mac) out["dst_mac"] = mac_text(*frame.destination_mac);
  put(out, "ethertype", frame.ethertype);
  put(out, "geo_location", frame.geo_location);
  put(out, "transaction_type", frame.transaction_type);
  put(out, "payload_json_keys", frame.payload_json_keys);
  put(out, "tag_values", frame.tag_values);
  put(out, "tag_type", frame.tag_type);
  put(out, "event_type", frame.event_type);
  put(out, "group_id", frame.group_id);
  if (!frame.compressed_payload.empty()) {
    out["compressed_payload_hex"] = hex(frame.compressed_payload);
    if (frame.payload.empty()) return serialized(out);
  }
  put_payload(out, frame.payload);
  if (is_sip(frame)) out["sip"] = sip_details(frame.payload);
  return serialized(out);
}

}  // namespace heptap
