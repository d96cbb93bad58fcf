#include "proto/hep/relay.hpp"

#include <algorithm>

#include "proto/hep/raw_chunk.hpp"
#include "proto/hep/text.hpp"

namespace heptap::hep {
namespace {

constexpr auto last_generic_type = static_cast<std::uint16_t>(Chunk::group_id);

std::size_t clean_bytes(std::string_view text) noexcept {
  std::size_t bytes = 0;
  for (auto run = next_clean_run(text); !run.empty(); run = next_clean_run(text)) {
    bytes += run.size();
  }
  return bytes;
}

void write_clean_text_chunk(ByteWriter& w, Chunk type, std::string_view text) noexcept {
  const std::size_t bytes = clean_bytes(text);
  if (bytes == 0) return;
  write_chunk_header(w, type, bytes);
  for (auto run = next_clean_run(text); !run.empty(); run = next_clean_run(text)) w.text(run);
}

// kamailio reads id and key as C strings: what follows them must begin with 0, as our own chunks and
// the payload do. So they come after all that a stranger chose.
std::vector<std::uint8_t> own_chunks(const Identity& identity, NodePolicy nodes) {
  const std::string node_name = sanitized(identity.node_name);
  const std::string auth_key = sanitized(identity.auth_key);
  std::vector<std::uint8_t> bytes(chunk_header_bytes + 4 + text_chunk_bytes(node_name) +
                                  text_chunk_bytes(auth_key));
  ByteWriter w{bytes};
  if (nodes == NodePolicy::rewrite) {
    write_chunk_header(w, Chunk::node_id, 4);
    w.be32(identity.node_id);
    write_text_chunk(w, Chunk::node_name, node_name);
  }
  write_text_chunk(w, Chunk::auth_key, auth_key);
  bytes.resize(w.size());
  return bytes;
}

}  // namespace

Relay::Relay(const Identity& identity, NodePolicy nodes)
    : nodes_(nodes), own_(own_chunks(identity, nodes)) {}

std::size_t Relay::bound_bytes(Bytes frame) const noexcept {
  return std::min(frame.size() + own_.size(), max_frame_bytes);
}

bool Relay::is_replaced(std::uint16_t generic_type) const noexcept {
  switch (static_cast<Chunk>(generic_type)) {
    case Chunk::auth_key:
    case Chunk::correlation_id:
    case Chunk::node_name:
    case Chunk::payload: return true;
    case Chunk::node_id: return nodes_ == NodePolicy::rewrite;
    default: return false;
  }
}

Result<Relayed> Relay::encode(Bytes frame, const HepView& view,
                              std::span<std::uint8_t> out) const noexcept {
  Relayed done;
  ByteWriter w{out.first(std::min(out.size(), max_frame_bytes))};
  w.be32(magic);
  w.be16(0);  // total length
  ByteReader chunks{frame};
  chunks.skip(frame_header_bytes);
  for (RawChunk chunk; !chunks.rest().empty() && next_chunk(chunks, chunk);) {
    const bool is_generic = chunk.vendor == 0;
    if (is_generic && is_replaced(chunk.type)) continue;
    if (!is_generic && chunk.type <= last_generic_type) {
      ++done.chunks_left_out;
      continue;
    }
    w.bytes(chunk.whole);
  }
  write_clean_text_chunk(w, Chunk::correlation_id, view.correlation_id);
  if (nodes_ == NodePolicy::keep) write_clean_text_chunk(w, Chunk::node_name, view.node_name);
  w.bytes(own_);
  write_text_chunk(w, Chunk::payload, as_text(view.payload));
  if (!w.ok()) return Errc::over_limit;
  done.size_bytes = w.size();
  ByteWriter{out.subspan(4)}.be16(static_cast<std::uint16_t>(done.size_bytes));
  return done;
}

}  // namespace heptap::hep
