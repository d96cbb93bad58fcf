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

void write_clean_text_chunk(ByteWriter& w, Chunk type, std::string_view text,
                            std::string_view more = {}) noexcept {
  const std::size_t bytes = clean_bytes(text) + more.size();
  if (bytes == 0) return;
  write_chunk_header(w, type, bytes);
  for (auto run = next_clean_run(text); !run.empty(); run = next_clean_run(text)) w.text(run);
  w.text(more);
}

}  // namespace

Relay::Relay(const Identity& identity, NodePolicy nodes)
    : nodes_(nodes),
      node_id_(identity.node_id),
      node_name_(sanitized(identity.node_name)),
      auth_key_(sanitized(identity.auth_key)) {}

std::size_t Relay::bound_bytes(Bytes frame, const Marks& marks) const noexcept {
  const std::size_t own_node = chunk_header_bytes + 4 + text_chunk_bytes(node_name_);
  const std::size_t suffix = text_chunk_bytes(marks.node_suffix);
  const std::size_t added = (nodes_ == NodePolicy::rewrite ? own_node : 0) + suffix +
                            text_chunk_bytes(marks.group_id) + text_chunk_bytes(auth_key_);
  return std::min(frame.size() + added, max_frame_bytes);
}

bool Relay::is_replaced(std::uint16_t generic_type, const Marks& marks) const noexcept {
  switch (static_cast<Chunk>(generic_type)) {
    case Chunk::auth_key:
    case Chunk::correlation_id:
    case Chunk::node_name:
    case Chunk::payload: return true;
    case Chunk::node_id: return nodes_ == NodePolicy::rewrite;
    case Chunk::group_id: return !marks.group_id.empty();
    default: return false;
  }
}

void Relay::write_node(ByteWriter& w, const HepView& view, std::string_view suffix) const noexcept {
  if (nodes_ == NodePolicy::rewrite) {
    write_chunk_header(w, Chunk::node_id, 4);
    w.be32(node_id_);
    return write_text_chunk(w, Chunk::node_name, node_name_, suffix);
  }
  const bool has_it = view.node_name.ends_with(suffix);
  write_clean_text_chunk(w, Chunk::node_name, view.node_name, has_it ? "" : suffix);
}

Result<Relayed> Relay::encode(Bytes frame, const HepView& view, std::span<std::uint8_t> out,
                              const Marks& marks) const noexcept {
  Relayed done;
  ByteWriter w{out.first(std::min(out.size(), max_frame_bytes))};
  w.be32(magic);
  w.be16(0);  // total length
  ByteReader chunks{frame};
  chunks.skip(frame_header_bytes);
  for (RawChunk chunk; !chunks.rest().empty() && next_chunk(chunks, chunk);) {
    const bool is_generic = chunk.vendor == 0;
    if (is_generic && is_replaced(chunk.type, marks)) continue;
    if (!is_generic && chunk.type <= last_generic_type) {
      ++done.chunks_left_out;
      continue;
    }
    w.bytes(chunk.whole);
  }
  write_clean_text_chunk(w, Chunk::correlation_id, view.correlation_id);
  // kamailio reads id and key as C strings: what follows them must begin with 0, as our own chunks and
  // the payload do. So they come after all that a stranger chose.
  write_node(w, view, marks.node_suffix);
  write_text_chunk(w, Chunk::group_id, marks.group_id);
  write_text_chunk(w, Chunk::auth_key, auth_key_);
  write_text_chunk(w, Chunk::payload, as_text(view.payload));
  if (!w.ok()) return Errc::over_limit;
  done.size_bytes = w.size();
  ByteWriter{out.subspan(4)}.be16(static_cast<std::uint16_t>(done.size_bytes));
  return done;
}

}  // namespace heptap::hep
