#include "proto/hep/decode.hpp"

#include "proto/hep/chunk.hpp"
#include "proto/hep/raw_chunk.hpp"

namespace heptap::hep {
namespace {

// What decode() has to know beside the view.
struct Seen {
  std::optional<std::uint8_t> family;
  bool source = false;
  bool destination = false;
  bool seconds = false;
  bool micros = false;
};

template <class T>
bool take(Bytes body, T& value) noexcept {
  ByteReader r{body};
  if constexpr (sizeof(T) == 1) value = r.u8();
  if constexpr (sizeof(T) == 2) value = r.be16();
  if constexpr (sizeof(T) == 4) value = r.be32();
  if constexpr (sizeof(T) == 8) value = r.be64();
  return body.size() == sizeof(T);
}

template <class T>
bool take(Bytes body, std::optional<T>& value) noexcept {
  return take(body, value.emplace());
}

bool take_address(Bytes body, std::size_t size, IpAddress& value, bool& seen) noexcept {
  value = IpAddress::from(body);
  seen = true;
  return body.size() == size;
}

bool take_flagged(Bytes body, std::uint32_t& value, bool& seen) noexcept {
  seen = true;
  return take(body, value);
}

bool take_text(Bytes body, std::string_view& value) noexcept {
  value = as_text(body);
  return true;
}

bool take_bytes(Bytes body, Bytes& value) noexcept {
  value = body;
  return true;
}

// HEP 1 and 2 begin with their number and the size of their head: of IPv4 or IPv6, with a time or not.
bool is_old_version(Bytes in) noexcept {
  ByteReader r{in};
  const auto version = r.u8();
  const auto head_bytes = r.u8();
  return (version == 1 || version == 2) && head_bytes >= 16 && head_bytes <= 64;
}

// False when a chunk of fixed size has another one.
bool take_chunk(Chunk type, Bytes body, HepView& out, Seen& seen) noexcept {
  switch (type) {
    case Chunk::ip_family: return take(body, seen.family);
    case Chunk::ip_protocol: return take(body, out.ip_protocol);
    case Chunk::ipv4_source: return take_address(body, 4, out.source, seen.source);
    case Chunk::ipv4_destination: return take_address(body, 4, out.destination, seen.destination);
    case Chunk::ipv6_source: return take_address(body, 16, out.source, seen.source);
    case Chunk::ipv6_destination: return take_address(body, 16, out.destination, seen.destination);
    case Chunk::source_port: return take(body, out.source_port);
    case Chunk::destination_port: return take(body, out.destination_port);
    case Chunk::time_seconds: return take_flagged(body, out.time_seconds, seen.seconds);
    case Chunk::time_micros: return take_flagged(body, out.time_micros, seen.micros);
    case Chunk::payload_type: return take(body, out.payload_type);
    case Chunk::node_id: return take(body, out.node_id);
    case Chunk::keep_alive: return take(body, out.keep_alive);
    case Chunk::auth_key: return take_text(body, out.auth_key);
    case Chunk::payload: return take_bytes(body, out.payload);
    case Chunk::compressed_payload: return take_bytes(body, out.compressed_payload);
    case Chunk::correlation_id: return take_text(body, out.correlation_id);
    case Chunk::vlan_id: return take(body, out.vlan_id);
    case Chunk::node_name: return take_text(body, out.node_name);
    case Chunk::source_mac: return take(body, out.source_mac);
    case Chunk::destination_mac: return take(body, out.destination_mac);
    case Chunk::ethertype: return take(body, out.ethertype);
    case Chunk::tcp_flags: return take(body, out.tcp_flags);
    case Chunk::ip_tos: return take(body, out.ip_tos);
    case Chunk::mos: return take(body, out.mos);
    case Chunk::r_factor: return take(body, out.r_factor);
    case Chunk::geo_location: return take_text(body, out.geo_location);
    case Chunk::jitter: return take(body, out.jitter);
    case Chunk::transaction_type: return take_text(body, out.transaction_type);
    case Chunk::payload_json_keys: return take_text(body, out.payload_json_keys);
    case Chunk::tag_values: return take_text(body, out.tag_values);
    case Chunk::tag_type: return take(body, out.tag_type);
    case Chunk::event_type: return take(body, out.event_type);
    case Chunk::group_id: return take_text(body, out.group_id);
  }
  return true;  // a type that is not ours
}

Fault check_whole(const HepView& v, const Seen& seen) noexcept {
  if (v.payload_type == 0) return Fault::no_payload_type;
  if (!seen.source || !seen.destination) return Fault::no_address;
  if (v.source.family != v.destination.family) return Fault::ip_family;
  const auto family = v.source.family == IpFamily::v4 ? family_ipv4 : family_ipv6;
  if (seen.family != family) return Fault::ip_family;
  if (!seen.seconds || !seen.micros) return Fault::no_time;
  if (v.time_micros >= 1'000'000) return Fault::time_micros;
  if (v.payload.empty() && v.compressed_payload.empty()) return Fault::no_payload;
  return Fault::none;
}

}  // namespace

std::string_view describe(Fault fault) noexcept {
  switch (fault) {
    case Fault::none: return "good";
    case Fault::magic: return "does not start with HEP3";
    case Fault::version: return "HEP 1 or 2, only HEP3 is read";
    case Fault::total_length: return "length field differs from the size of the frame";
    case Fault::chunk_length:
      return "a chunk reaches beyond the frame or is shorter than its header";
    case Fault::chunk_size: return "a chunk of fixed size has another size";
    case Fault::ip_family: return "IP family missing or not that of the addresses";
    case Fault::no_address: return "source or destination address missing";
    case Fault::no_time: return "seconds or microseconds missing";
    case Fault::time_micros: return "microseconds make a second or more";
    case Fault::no_payload_type: return "payload type missing or 0";
    case Fault::no_payload: return "payload missing or empty";
    case Fault::count_: break;
  }
  return "?";
}

Result<std::size_t> frame_hep(Bytes in) noexcept {
  constexpr std::string_view start = "HEP3";
  const auto seen = as_text(in).substr(0, start.size());
  if (start.substr(0, seen.size()) != seen) return Errc::malformed;
  ByteReader r{in};
  r.be32();
  const std::size_t size = r.be16();
  if (!r.ok()) return Errc::incomplete;
  if (size < frame_header_bytes) return Errc::malformed;
  if (size > in.size()) return Errc::incomplete;
  return size;
}

Fault decode(Bytes in, HepView& out) noexcept {
  out = HepView{};
  ByteReader r{in};
  if (r.be32() != magic) return is_old_version(in) ? Fault::version : Fault::magic;
  if (r.be16() != in.size() || !r.ok()) return Fault::total_length;
  Seen seen;
  while (!r.rest().empty()) {
    RawChunk chunk;
    if (!next_chunk(r, chunk)) return Fault::chunk_length;
    if (chunk.vendor != 0) continue;
    if (!take_chunk(static_cast<Chunk>(chunk.type), chunk.body, out, seen)) {
      return Fault::chunk_size;
    }
  }
  return check_whole(out, seen);
}

}  // namespace heptap::hep
