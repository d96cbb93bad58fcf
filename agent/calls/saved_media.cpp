// How calls that media belong to leave their table, and come into another one.
#include "agent/calls/saved_media.hpp"

#include "agent/calls/media_edit.hpp"

namespace heptap {
namespace {

static_assert(SavedMedia::max_descriptions == MediaEdit::max_descriptions);
static_assert(SavedMedia::max_claims == MediaEdit::max_claims);
static_assert(SavedMedia::max_learned == MediaEdit::max_learned);

template <class Nodes, class Take>
void walk(const Nodes& nodes, std::uint32_t chain, Take take) {
  for (; chain != no_node; chain = nodes[chain].next) take(nodes[chain]);
}

void save_text(const MediaParts& parts, std::uint32_t chain, std::size_t size, std::string& out) {
  out.clear();
  walk(parts.texts, chain, [&](const TextBlock& block) {
    out.append(block.bytes.data(), std::min(size - out.size(), TextBlock::max_bytes));
  });
}

void save_claims(const MediaParts& parts, std::uint32_t chain, std::vector<MediaClaim>& out) {
  out.clear();
  walk(parts.claims, chain, [&](const MediaClaim& claim) {
    out.push_back(claim);
    out.back().next = no_node;
  });
}

SavedLine saved_line(const MediaParts& parts, const MediaLine& line) {
  SavedLine out{.line = line, .formats = {}};
  out.line.next = out.line.payloads = no_node;
  walk(parts.payloads, line.payloads, [&](const PayloadBlock& block) {
    const auto* const first = block.formats.data();
    out.formats.insert(out.formats.end(), first, first + block.count);
  });
  return out;
}

SavedDescription saved_description(const MediaParts& parts, const MediaDescription& one) {
  SavedDescription out{.description = one, .lines = {}, .claims = {}};
  out.description.next = out.description.lines = out.description.claims = no_node;
  walk(parts.lines, one.lines,
       [&](const MediaLine& line) { out.lines.push_back(saved_line(parts, line)); });
  save_claims(parts, one.claims, out.claims);
  return out;
}

// gives     the call without its nodes
MediaCall alone(const MediaCall& call) {
  MediaCall out;
  out.hash = call.hash;
  out.first_us = call.first_us;
  out.last_us = call.last_us;
  out.ended_us = call.ended_us;
  out.answered_us = call.answered_us;
  out.opened_us = call.opened_us;
  out.confirmed_tag = call.confirmed_tag;
  out.first_hop = call.first_hop;
  out.caller_tag_count = call.caller_tag_count;
  out.is_here = true;
  out.is_answered = call.is_answered;
  out.has_bye = call.has_bye;
  out.caller_tags = call.caller_tags;
  return out;
}

}  // namespace

void save_media(const MediaParts& parts, const MediaCall& call, SavedMedia& out) {
  out.call = alone(call);
  save_text(parts, call.call_id, call.call_id_bytes, out.call_id);
  save_text(parts, call.link, call.link_bytes, out.link);
  out.descriptions.clear();
  walk(parts.descriptions, call.descriptions, [&](const MediaDescription& one) {
    out.descriptions.push_back(saved_description(parts, one));
  });
  save_claims(parts, call.learned, out.learned);
}

void MediaEdit::restore(const SavedMedia& saved) noexcept {
  for (const SavedDescription& one : saved.descriptions) {
    const std::uint32_t at = parts_.descriptions.push_back(call_.descriptions);
    if (at == no_node) {
      ++keep_.counts.not_kept;
      break;
    }
    MediaDescription& description = parts_.descriptions[at];
    description = one.description;
    for (const SavedLine& line : one.lines) restore_line(description, line);
    for (const MediaClaim& claim : one.claims) add_claim(description.claims, claim);
  }
  for (const MediaClaim& claim : saved.learned) add_claim(call_.learned, claim);
}

void MediaEdit::restore_line(MediaDescription& description, const SavedLine& saved) noexcept {
  const std::uint32_t at = parts_.lines.push_back(description.lines);
  if (at == no_node) {
    ++keep_.counts.not_kept;
    return;
  }
  MediaLine& line = parts_.lines[at];
  line = saved.line;
  std::uint32_t block = no_node;
  for (const PayloadFormat& format : saved.formats) {
    if (!add_payload(line, block, format)) return;
  }
}

}  // namespace heptap
