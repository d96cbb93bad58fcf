#include "proto/hep/encode.hpp"

#include <algorithm>
#include <limits>

#include "proto/hep/raw_chunk.hpp"
#include "proto/hep/text.hpp"

namespace heptap::hep {
namespace {

void u8_chunk(ByteWriter& w, Chunk type, std::uint8_t value) noexcept {
  write_chunk_header(w, type, 1);
  w.u8(value);
}

void be16_chunk(ByteWriter& w, Chunk type, std::uint16_t value) noexcept {
  write_chunk_header(w, type, 2);
  w.be16(value);
}

struct WireTime {
  std::uint32_t seconds;
  std::uint32_t micros;
};

WireTime wire_time(std::int64_t time_us) noexcept {
  constexpr std::int64_t micros_per_second = 1'000'000;
  constexpr std::int64_t last =
      std::numeric_limits<std::uint32_t>::max() * micros_per_second + (micros_per_second - 1);
  const auto clamped = static_cast<std::uint64_t>(std::clamp<std::int64_t>(time_us, 0, last));
  return {static_cast<std::uint32_t>(clamped / micros_per_second),
          static_cast<std::uint32_t>(clamped % micros_per_second)};
}

// Correlation ids come off the wire. Nearly all are clean; the others are cleaned into `room`.
// A longer one than any Call-ID that HOMER stores is cut.
constexpr std::size_t max_correlation_id_bytes = 1024;

std::string_view clean_correlation_id(std::string_view id,
                                      std::array<char, max_correlation_id_bytes>& room) noexcept {
  id = id.substr(0, max_correlation_id_bytes);
  if (clean_prefix_bytes(id) == id.size()) return id;
  return {room.data(), sanitize(id, room.data())};
}

}  // namespace

Encoder::Encoder(const Identity& identity)
    : v4_(make_template(identity, IpFamily::v4)),
      v6_(make_template(identity, IpFamily::v6)),
      node_name_(sanitized(identity.node_name)) {}

Encoder::Template Encoder::make_template(const Identity& identity, IpFamily family) {
  const bool v4 = family == IpFamily::v4;
  const std::size_t address_bytes = v4 ? 4 : 16;
  const std::string auth_key = sanitized(identity.auth_key);
  Template t;
  t.bytes.resize(128 + text_chunk_bytes(auth_key));
  ByteWriter w{t.bytes};
  // Writes a chunk whose value is filled in for each frame; gives where the value stands.
  const auto open_chunk = [&w](Chunk type, std::size_t body_bytes) {
    write_chunk_header(w, type, body_bytes);
    const std::size_t at = w.size();
    for (std::size_t i = 0; i < body_bytes; ++i) w.u8(0);
    return at;
  };
  w.be32(magic);
  w.be16(0);  // total length
  u8_chunk(w, Chunk::ip_family, v4 ? family_ipv4 : family_ipv6);
  t.ip_protocol = open_chunk(Chunk::ip_protocol, 1);
  t.source = open_chunk(v4 ? Chunk::ipv4_source : Chunk::ipv6_source, address_bytes);
  t.destination = open_chunk(v4 ? Chunk::ipv4_destination : Chunk::ipv6_destination, address_bytes);
  t.source_port = open_chunk(Chunk::source_port, 2);
  t.destination_port = open_chunk(Chunk::destination_port, 2);
  t.time_seconds = open_chunk(Chunk::time_seconds, 4);
  t.time_micros = open_chunk(Chunk::time_micros, 4);
  t.payload_type = open_chunk(Chunk::payload_type, 1);
  write_chunk_header(w, Chunk::node_id, 4);
  w.be32(identity.node_id);
  write_text_chunk(w, Chunk::auth_key, auth_key);
  t.bytes.resize(w.size());
  return t;
}

// HEP has one family for both ends. A packet has, too; a mixed pair cannot come from decode().
const Encoder::Template& Encoder::template_of(const Message& m) const noexcept {
  return m.source.family == IpFamily::v4 ? v4_ : v6_;
}

std::size_t Encoder::overhead_bytes(const Message& m,
                                    std::string_view correlation_id) const noexcept {
  std::size_t bytes = template_of(m).bytes.size() + text_chunk_bytes(correlation_id) +
                      text_chunk_bytes(node_name_) + chunk_header_bytes;
  if (!m.marks.node_suffix.empty()) {
    bytes += m.marks.node_suffix.size() + (node_name_.empty() ? chunk_header_bytes : 0);
  }
  bytes += text_chunk_bytes(m.marks.group_id);
  if (m.vlan_id != 0) bytes += chunk_header_bytes + 2;
  if (m.tcp_flags != 0) bytes += chunk_header_bytes + 1;
  if (m.ip_tos != 0) bytes += chunk_header_bytes + 1;
  if (m.mos) bytes += chunk_header_bytes + 2;
  return bytes;
}

std::size_t Encoder::bound_bytes(const Message& m) const noexcept {
  return std::min(overhead_bytes(m, m.correlation_id) + m.payload.size(), max_frame_bytes);
}

void Encoder::write_optional_chunks(const Message& m, std::string_view correlation_id,
                                    ByteWriter& w) const noexcept {
  write_text_chunk(w, Chunk::correlation_id, correlation_id);
  if (m.vlan_id != 0) be16_chunk(w, Chunk::vlan_id, m.vlan_id);
  write_text_chunk(w, Chunk::node_name, node_name_, m.marks.node_suffix);
  if (m.tcp_flags != 0) u8_chunk(w, Chunk::tcp_flags, m.tcp_flags);
  if (m.ip_tos != 0) u8_chunk(w, Chunk::ip_tos, m.ip_tos);
  if (m.mos) be16_chunk(w, Chunk::mos, *m.mos);
  write_text_chunk(w, Chunk::group_id, m.marks.group_id);
}

Result<Encoded> Encoder::encode(const Message& m, std::span<std::uint8_t> out) const noexcept {
  std::array<char, max_correlation_id_bytes> room;  // NOLINT: filled only when an id is unclean
  const auto correlation_id = clean_correlation_id(m.correlation_id, room);
  const bool is_sip = m.type == PayloadType::sip;
  if (!is_sip && (correlation_id.empty() || m.payload.empty())) return Errc::malformed;

  const std::size_t overhead = overhead_bytes(m, correlation_id);
  if (overhead > max_frame_bytes || m.keep_bytes > max_frame_bytes - overhead) {
    return Errc::over_limit;
  }
  const std::size_t payload_bytes = std::min(m.payload.size(), max_frame_bytes - overhead);
  const std::size_t size = overhead + payload_bytes;
  if (size > out.size()) return Errc::over_limit;

  const Template& t = template_of(m);
  const auto address_bytes = m.source.bytes().size();
  const auto time = wire_time(m.time_us);
  const auto at = [&out](std::size_t offset) { return ByteWriter{out.subspan(offset)}; };
  at(0).bytes(t.bytes);
  at(4).be16(static_cast<std::uint16_t>(size));
  at(t.ip_protocol).u8(m.ip_protocol);
  at(t.source).bytes(Bytes{m.source.octets}.first(address_bytes));
  at(t.destination).bytes(Bytes{m.destination.octets}.first(address_bytes));
  at(t.source_port).be16(m.source_port);
  at(t.destination_port).be16(m.destination_port);
  at(t.time_seconds).be32(time.seconds);
  at(t.time_micros).be32(time.micros);
  at(t.payload_type).u8(static_cast<std::uint8_t>(m.type));

  ByteWriter w{out.subspan(t.bytes.size())};
  write_optional_chunks(m, correlation_id, w);
  write_chunk_header(w, Chunk::payload, payload_bytes);
  w.bytes(m.payload.first(payload_bytes));
  return Encoded{size, payload_bytes, payload_bytes < m.payload.size()};
}

}  // namespace heptap::hep
