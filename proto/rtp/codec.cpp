#include "proto/rtp/codec.hpp"

#include <array>

#include "proto/sip/chars.hpp"
#include "proto/sip/encoding.hpp"

namespace heptap {
namespace {

enum class Source : bool { g113, provisional };

// What one codec is, whatever its rate.
struct Format {
  CodecId id;
  std::string_view name;
  std::uint32_t clock_hz;
  Scale scale = Scale::narrowband;
  double ptime_ms = 20;
  double look_ahead_ms = 0;
};

constexpr Scale nb = Scale::narrowband;
constexpr Scale wb = Scale::wideband;
constexpr Scale fb = Scale::fullband;

// In the order of CodecId.
constexpr std::array<Format, static_cast<std::size_t>(CodecId::count_)> formats{{
    {CodecId::unknown, "", 0},
    {CodecId::pcmu, "PCMU", 8000},
    {CodecId::pcma, "PCMA", 8000},
    {CodecId::l16, "L16", 44100, wb},
    {CodecId::g722, "G722", 8000, wb},
    {CodecId::g723, "G723", 8000, nb, 30, 7.5},
    {CodecId::g726_40, "G726-40", 8000},
    {CodecId::g726_32, "G726-32", 8000},
    {CodecId::g726_24, "G726-24", 8000},
    {CodecId::g726_16, "G726-16", 8000},
    {CodecId::g728, "G728", 8000},
    {CodecId::g729, "G729", 8000, nb, 20, 5},
    {CodecId::gsm, "GSM", 8000},
    {CodecId::gsm_hr, "GSM-HR-08", 8000},
    {CodecId::gsm_efr, "GSM-EFR", 8000},
    {CodecId::is641, "IS641", 8000},
    {CodecId::amr, "AMR", 8000, nb, 20, 5},
    {CodecId::amr_wb, "AMR-WB", 16000, wb, 20, 5},
    {CodecId::ilbc, "iLBC", 8000, nb, 30},
    {CodecId::speex, "speex", 8000},
    {CodecId::opus, "opus", 48000, fb, 20, 6.5},
    {CodecId::evs, "EVS", 16000, fb},
    {CodecId::comfort_noise, "CN", 8000},
    {CodecId::telephone_event, "telephone-event", 8000},
    {CodecId::video, "", 90000},
}};

constexpr bool are_in_order() noexcept {
  for (std::size_t i = 0; i < formats.size(); ++i) {
    if (static_cast<std::size_t>(formats[i].id) != i) return false;
  }
  return true;
}
static_assert(are_in_order());

constexpr const Format& format_of(CodecId id) noexcept {
  return formats[static_cast<std::size_t>(id)];
}

struct Figures {
  CodecId id;
  std::uint32_t bit_rate_bps;
  double ie;
  double bpl;
  Source source = Source::provisional;
};

// A codec's first row is that of its usual rate.
constexpr std::array figures{
    Figures{CodecId::unknown, 0, 0, 10},
    Figures{CodecId::pcmu, 64'000, 0, 25.1, Source::g113},
    Figures{CodecId::pcma, 64'000, 0, 25.1, Source::g113},
    Figures{CodecId::l16, 0, 0, 4.3},
    Figures{CodecId::g722, 64'000, 13, 4.3},
    Figures{CodecId::g722, 56'000, 20, 4.3},
    Figures{CodecId::g722, 48'000, 31, 4.3},
    Figures{CodecId::g723, 6'300, 15, 16.1, Source::g113},
    Figures{CodecId::g723, 5'300, 19, 16.1},
    Figures{CodecId::g726_40, 40'000, 2, 19},
    Figures{CodecId::g726_32, 32'000, 7, 19},
    Figures{CodecId::g726_24, 24'000, 25, 19},
    Figures{CodecId::g726_16, 16'000, 50, 19},
    Figures{CodecId::g728, 16'000, 7, 16},
    Figures{CodecId::g728, 12'800, 20, 16},
    Figures{CodecId::g729, 8'000, 11, 19, Source::g113},
    Figures{CodecId::gsm, 13'000, 20, 10},
    Figures{CodecId::gsm_hr, 5'600, 23, 10},
    Figures{CodecId::gsm_efr, 12'200, 5, 10, Source::g113},
    Figures{CodecId::is641, 7'400, 10, 10},
    Figures{CodecId::amr, 12'200, 5, 10, Source::g113},
    Figures{CodecId::amr, 10'200, 6, 10},
    Figures{CodecId::amr, 7'950, 10, 10},
    Figures{CodecId::amr, 7'400, 12, 10},
    Figures{CodecId::amr, 6'700, 14, 10},
    Figures{CodecId::amr, 5'900, 16.5, 10},
    Figures{CodecId::amr, 5'150, 19.5, 10},
    Figures{CodecId::amr, 4'750, 21, 10},
    Figures{CodecId::amr_wb, 12'650, 13, 4.3},
    Figures{CodecId::amr_wb, 6'600, 41, 4.3},
    Figures{CodecId::amr_wb, 8'850, 26, 4.3},
    Figures{CodecId::amr_wb, 14'250, 10, 4.3},
    Figures{CodecId::amr_wb, 15'850, 7, 4.3},
    Figures{CodecId::amr_wb, 18'250, 5, 4.3},
    Figures{CodecId::amr_wb, 19'850, 3, 4.3},
    Figures{CodecId::amr_wb, 23'050, 1, 4.6},
    Figures{CodecId::amr_wb, 23'850, 8, 4.9},
    Figures{CodecId::ilbc, 13'330, 11, 32},
    Figures{CodecId::ilbc, 15'200, 11, 32},
    Figures{CodecId::speex, 0, 11, 20},
    Figures{CodecId::opus, 0, 10.2, 4.3},
    Figures{CodecId::evs, 0, 10.2, 4.3},
};

// Names beside those of `formats`: of SDP, and of what phones write into their reports.
struct Alias {
  std::string_view name;
  CodecId id;
};

constexpr std::array aliases{
    Alias{"G711", CodecId::pcmu},
    Alias{"G711U", CodecId::pcmu},
    Alias{"G711A", CodecId::pcma},
    Alias{"G7231", CodecId::g723},
    Alias{"AAL2-G726-40", CodecId::g726_40},
    Alias{"AAL2-G726-32", CodecId::g726_32},
    Alias{"AAL2-G726-24", CodecId::g726_24},
    Alias{"AAL2-G726-16", CodecId::g726_16},
    Alias{"G729A", CodecId::g729},
    Alias{"G729B", CodecId::g729},
    Alias{"G729AB", CodecId::g729},
    Alias{"GSM-FR", CodecId::gsm},
    Alias{"GSM-HR", CodecId::gsm_hr},
};

constexpr bool is_skipped(char c) noexcept { return c == '.' || c == '-' || c == '_'; }

// Takes the next character that counts off a name; 0 at its end.
constexpr char next_character(std::string_view& name) noexcept {
  while (!name.empty()) {
    const char c = name.front();
    if (c == '/') return 0;
    name.remove_prefix(1);
    if (!is_skipped(c)) return sip_chars::lower(c);
  }
  return 0;
}

constexpr bool is_same_name(std::string_view a, std::string_view b) noexcept {
  for (;;) {
    const char c = next_character(a);
    if (c != next_character(b)) return false;
    if (c == 0) return true;
  }
}

CodecId id_of(std::string_view name) noexcept {
  for (const Format& format : formats) {
    if (!format.name.empty() && is_same_name(name, format.name)) return format.id;
  }
  for (const Alias& alias : aliases) {
    if (is_same_name(name, alias.name)) return alias.id;
  }
  return CodecId::unknown;
}

// Speex above 8 kHz is a wideband codec without figures.
CodecId id_at(CodecId id, std::uint32_t clock_hz) noexcept {
  const bool is_other = id == CodecId::speex && clock_hz != 0 && clock_hz != 8000;
  return is_other ? CodecId::unknown : id;
}

const Figures& figures_of(CodecId id, std::uint32_t bit_rate_bps) noexcept {
  const Figures* usual = nullptr;
  for (const Figures& row : figures) {
    if (row.id != id) continue;
    if (row.bit_rate_bps == bit_rate_bps) return row;
    if (usual == nullptr) usual = &row;
  }
  return usual != nullptr ? *usual : figures.front();
}

Codec codec_of(CodecId id, std::uint32_t clock_hz, std::uint32_t bit_rate_bps = 0) noexcept {
  const Format& format = format_of(id);
  const Figures& row = figures_of(id, bit_rate_bps);
  Codec codec;
  codec.id = id;
  codec.scale = format.scale;
  codec.is_provisional = row.source == Source::provisional;
  codec.clock_hz = clock_hz != 0 ? clock_hz : format.clock_hz;
  codec.ie = row.ie;
  codec.bpl = row.bpl;
  codec.ptime_ms = format.ptime_ms;
  codec.look_ahead_ms = format.look_ahead_ms;
  return codec;
}

// Linear PCM of 8 kHz sounds as G.711 does.
Codec linear_pcm(Codec codec) noexcept {
  if (codec.id != CodecId::l16 || codec.clock_hz > 8000) return codec;
  codec.scale = Scale::narrowband;
  codec.bpl = figures_of(CodecId::pcmu, 0).bpl;
  return codec;
}

}  // namespace

std::string_view to_string(CodecId id) noexcept {
  return id < CodecId::count_ ? format_of(id).name : std::string_view{};
}

bool is_voice(CodecId id) noexcept {
  return id != CodecId::comfort_noise && id != CodecId::telephone_event && id != CodecId::video;
}

Codec find_codec(std::string_view encoding_name, std::uint32_t clock_hz,
                 std::uint32_t bit_rate_bps) noexcept {
  return linear_pcm(codec_of(id_at(id_of(encoding_name), clock_hz), clock_hz, bit_rate_bps));
}

Codec static_codec(std::uint8_t payload_type) noexcept {
  if (payload_type >= 25 && payload_type <= 34) return codec_of(CodecId::video, 0);
  const StaticPayload payload = static_payload(payload_type);
  return find_codec(payload.encoding, payload.clock_hz);
}

Codec without_concealment(Codec codec) noexcept {
  if (codec.id == CodecId::pcmu || codec.id == CodecId::pcma) codec.bpl = 4.3;
  return codec;
}

Codec on_narrowband_scale(Codec codec) noexcept {
  if (codec.id != CodecId::g722) return codec;
  codec.scale = Scale::narrowband;
  codec.ie = 5;
  codec.bpl = 7.1;
  return codec;
}

}  // namespace heptap
