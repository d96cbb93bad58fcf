#include "proto/rtp/srtcp.hpp"

#include "proto/rtp/rtcp.hpp"

namespace heptap {
namespace {

constexpr std::size_t word_bytes = 4;
constexpr std::size_t clear_bytes = 8;
constexpr std::size_t gcm_tag_bytes = 16;

constexpr std::uint32_t encrypted_bit = 0x80000000;
constexpr std::uint32_t likely_indexes = 1U << 20U;  // a report each second for twelve days
constexpr std::uint32_t most_growth = 16;
constexpr std::uint32_t largest_gap = 0xffff;

struct Layout {
  std::size_t tag_bytes;
  std::size_t key_id_bytes;
};

// The tag of AES-GCM (0 here) is inside of what is encrypted, and the word comes last.
constexpr std::array<std::size_t, 5> tag_sizes{10, 4, 16, 8, 0};
constexpr std::array<std::size_t, 4> key_id_sizes{0, 1, 2, 4};

constexpr Layout layout_at(std::size_t number) noexcept {
  return {tag_sizes[number / key_id_sizes.size()], key_id_sizes[number % key_id_sizes.size()]};
}

/// gives     bytes in front of the trailer; 0 when there cannot be one of this layout
std::size_t body_bytes(std::size_t size, const Layout& layout) noexcept {
  const std::size_t trailer = word_bytes + layout.key_id_bytes + layout.tag_bytes;
  const std::size_t least = clear_bytes + (layout.tag_bytes == 0 ? gcm_tag_bytes : 0);
  if (size < trailer + least || (size - trailer) % word_bytes != 0) return 0;
  return size - trailer;
}

constexpr std::uint32_t index_of(std::uint32_t word) noexcept { return word & ~encrypted_bit; }
constexpr bool is_encrypted(std::uint32_t word) noexcept { return (word & encrypted_bit) != 0; }

}  // namespace

Result<SrtcpHead> parse_srtcp_head(Bytes in) noexcept {
  if (!looks_like_rtcp(in)) return Errc::malformed;
  ByteReader r{in};
  SrtcpHead out;
  out.count = r.u8() & 0x1fU;
  out.payload_type = r.u8();
  out.packet_bytes = (r.be16() + 1U) * word_bytes;
  out.ssrc = r.be32();
  return out;
}

std::string_view to_string(SrtcpKind kind) noexcept {
  switch (kind) {
    case SrtcpKind::other: return "other";
    case SrtcpKind::clear: return "clear";
    case SrtcpKind::authenticated: return "authenticated";
    case SrtcpKind::encrypted: return "encrypted";
    case SrtcpKind::unproven: return "unproven";
  }
  return "?";
}

SrtcpVerdict SrtcpRecogniser::add(Bytes in, SrtcpHint hint) noexcept {
  const auto head = parse_srtcp_head(in);
  if (!head) return {};
  if (hint != SrtcpHint::encrypted && count_rtcp(in)) return {SrtcpKind::clear, in, {}};
  count(*head);
  const Words words = words_of(in);
  prove(words);
  last_words_ = words;
  const auto layout = layout_of(words, hint);
  if (!layout) {
    const bool is_proven = proven_ || hint == SrtcpHint::encrypted;
    return {is_proven ? SrtcpKind::encrypted : SrtcpKind::unproven, {}, {}};
  }
  const std::uint32_t word = words[*layout];
  note_index(index_of(word));
  if (is_encrypted(word)) return {SrtcpKind::encrypted, {}, index_of(word)};
  const Bytes plain = in.first(body_bytes(in.size(), layout_at(*layout)));
  return {SrtcpKind::authenticated, plain, index_of(word)};
}

// What says that it is not encrypted must be plain RTCP to its last byte.
SrtcpRecogniser::Words SrtcpRecogniser::words_of(Bytes in) noexcept {
  Words words;
  words.fill(no_word);
  for (std::size_t i = 0; i < layout_count; ++i) {
    const std::size_t body = body_bytes(in.size(), layout_at(i));
    if (body == 0) continue;
    const std::uint32_t word = ByteReader{in.subspan(body)}.be32();
    if (index_of(word) >= likely_indexes) continue;
    if (is_encrypted(word) || count_rtcp(in.first(body))) words[i] = word;
  }
  return words;
}

void SrtcpRecogniser::count(const SrtcpHead& head) noexcept {
  if (figures_.packet_count == 0 || figures_.head.ssrc != head.ssrc) {
    *this = SrtcpRecogniser{};
    last_words_.fill(no_word);
  }
  figures_.head = head;
  ++figures_.packet_count;
}

void SrtcpRecogniser::prove(const Words& words) noexcept {
  for (std::size_t i = 0; i < layout_count && !proven_; ++i) {
    if (words[i] == no_word || last_words_[i] == no_word) continue;
    const std::uint32_t growth = index_of(words[i]) - index_of(last_words_[i]);
    if (growth >= 1 && growth <= most_growth) proven_ = static_cast<std::uint8_t>(i);
  }
}

// Before there is proof, only SDP gives leave to guess, and what is plain is the better guess.
std::optional<std::size_t> SrtcpRecogniser::layout_of(const Words& words,
                                                      SrtcpHint hint) const noexcept {
  if (proven_)
    return words[*proven_] != no_word ? std::optional<std::size_t>{*proven_} : std::nullopt;
  if (hint == SrtcpHint::none) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < layout_count; ++i) {
    if (words[i] == no_word) continue;
    if (!is_encrypted(words[i])) return i;
    if (!found) found = i;
  }
  return found;
}

void SrtcpRecogniser::note_index(std::uint32_t index) noexcept {
  if (figures_.index) {
    const std::uint32_t growth = index - *figures_.index;
    if (growth >= 1 && growth <= largest_gap) figures_.lost_count += growth - 1;
  }
  figures_.index = index;
}

}  // namespace heptap
