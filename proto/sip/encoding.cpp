#include "proto/sip/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "proto/sip/chars.hpp"

namespace heptap {
namespace {

constexpr std::array<std::string_view, 76> names{
    "PCMU",         "PCMA",          "G722",         "G729",         "opus",      "telephone-event",
    "CN",           "GSM",           "G723",         "iLBC",         "speex",     "AMR",
    "AMR-WB",       "EVS",           "G726-16",      "G726-24",      "G726-32",   "G726-40",
    "AAL2-G726-16", "AAL2-G726-24",  "AAL2-G726-32", "AAL2-G726-40", "G7221",     "G7291",
    "G728",         "G729D",         "G729E",        "GSM-EFR",      "GSM-HR-08", "AMR-WB+",
    "SILK",         "iSAC",          "L8",           "L16",          "L24",       "DVI4",
    "LPC",          "QCELP",         "MPA",          "EVRC",         "EVRC0",     "EVRC1",
    "EVRCB",        "EVRCWB",        "VMR-WB",       "BV16",         "BV32",      "CODEC2",
    "MP4A-LATM",    "mpeg4-generic", "PCMU-WB",      "PCMA-WB",      "red",       "ulpfec",
    "flexfec",      "rtx",           "parityfec",    "tone",         "CLEARMODE", "t38",
    "H261",         "H263",          "H263-1998",    "H263-2000",    "H264",      "H264-SVC",
    "H265",         "H266",          "VP8",          "VP9",          "AV1",       "JPEG",
    "MPV",          "MP2T",          "nv",           "CelB"};

struct Assigned {
  std::uint8_t payload_type;
  StaticPayload payload;
};

constexpr std::array<Assigned, 25> assigned{{
    {0, {"PCMU", 8000}},     {3, {"GSM", 8000}},    {4, {"G723", 8000}},   {5, {"DVI4", 8000}},
    {6, {"DVI4", 16000}},    {7, {"LPC", 8000}},    {8, {"PCMA", 8000}},   {9, {"G722", 8000}},
    {10, {"L16", 44100, 2}}, {11, {"L16", 44100}},  {12, {"QCELP", 8000}}, {13, {"CN", 8000}},
    {14, {"MPA", 90000}},    {15, {"G728", 8000}},  {16, {"DVI4", 11025}}, {17, {"DVI4", 22050}},
    {18, {"G729", 8000}},    {19, {"CN", 8000}},    {25, {"CelB", 90000}}, {26, {"JPEG", 90000}},
    {28, {"nv", 90000}},     {31, {"H261", 90000}}, {32, {"MPV", 90000}},  {33, {"MP2T", 90000}},
    {34, {"H263", 90000}},
}};

}  // namespace

EncodingId encoding_id(std::string_view name) noexcept {
  const auto found = std::find_if(names.begin(), names.end(), [name](std::string_view known) {
    return known.size() == name.size() && sip_chars::equal_ignoring_case(known, name);
  });
  if (found == names.end()) return encoding_unknown;
  return static_cast<EncodingId>(found - names.begin() + 1);
}

std::string_view encoding_name(EncodingId id) noexcept {
  return id == encoding_unknown || id > names.size() ? std::string_view{} : names[id - 1U];
}

StaticPayload static_payload(std::uint8_t payload_type) noexcept {
  for (const Assigned& row : assigned) {
    if (row.payload_type == payload_type) return row.payload;
  }
  return {};
}

}  // namespace heptap
