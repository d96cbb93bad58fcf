#include "proto/quality/vq_keys.hpp"

#include <algorithm>
#include <array>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr double most_16_bits = 65535;
constexpr double most_32_bits = 4294967295.0;
constexpr double most_hour_ms = 3600000;
constexpr VqRange percent{0, 100, false};
constexpr VqRange delay_ms{0, most_16_bits, false};
constexpr VqRange duration_ms{0, most_hour_ms, false};
constexpr VqRange count{0, most_32_bits, false};
constexpr VqRange level{-128, 126, true};
constexpr VqRange r_factor{0, 120, true};
constexpr VqRange mos{1, 5, true};

struct NumberRow {
  VqNumber number;
  std::string_view name;
  VqRange range;
};

// In the order of VqNumber.
constexpr std::array<NumberRow, static_cast<std::size_t>(VqNumber::count_)> numbers{{
    {VqNumber::pt, "PT", {0, 127, false}}, {VqNumber::fd, "FD", count},
    {VqNumber::fo, "FO", count},           {VqNumber::fpp, "FPP", count},
    {VqNumber::pps, "PPS", count},         {VqNumber::plc, "PLC", {0, 3, false}},
    {VqNumber::jba, "JBA", {0, 3, false}}, {VqNumber::jbr, "JBR", {0, 15, false}},
    {VqNumber::jbn, "JBN", delay_ms},      {VqNumber::jbm, "JBM", delay_ms},
    {VqNumber::jbx, "JBX", delay_ms},      {VqNumber::nlr, "NLR", percent},
    {VqNumber::jdr, "JDR", percent},       {VqNumber::bld, "BLD", percent},
    {VqNumber::bd, "BD", duration_ms},     {VqNumber::gld, "GLD", percent},
    {VqNumber::gd, "GD", duration_ms},     {VqNumber::gmin, "GMIN", {1, 255, false}},
    {VqNumber::rtd, "RTD", delay_ms},      {VqNumber::esd, "ESD", delay_ms},
    {VqNumber::owd, "OWD", delay_ms},      {VqNumber::sowd, "SOWD", delay_ms},
    {VqNumber::iaj, "IAJ", delay_ms},      {VqNumber::maj, "MAJ", delay_ms},
    {VqNumber::sl, "SL", level},           {VqNumber::nl, "NL", level},
    {VqNumber::rerl, "RERL", level},       {VqNumber::rlq, "RLQ", r_factor},
    {VqNumber::rcq, "RCQ", r_factor},      {VqNumber::extri, "EXTRI", r_factor},
    {VqNumber::extro, "EXTRO", r_factor},  {VqNumber::moslq, "MOSLQ", mos},
    {VqNumber::moscq, "MOSCQ", mos},
}};

// In the order of VqText.
constexpr std::array<std::string_view, static_cast<std::size_t>(VqText::count_)> texts{
    "START",       "STOP",        "PD",        "SR",          "FMTP",
    "SSUP",        "RLQEstAlg",   "RCQEstAlg", "ExtRIEstAlg", "ExtROEstAlg",
    "MOSLQEstAlg", "MOSCQEstAlg", "QoEEstAlg",
};

constexpr bool in_order = [] {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (static_cast<std::size_t>(numbers[i].number) != i) return false;
  }
  return true;
}();
static_assert(in_order);

constexpr auto keys = [] {
  std::array<VqKey, numbers.size() + texts.size()> all{};
  std::size_t at = 0;
  for (const NumberRow& row : numbers) all[at++] = {row.name, row.number, VqText::count_};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    all[at++] = {texts[i], VqNumber::count_, static_cast<VqText>(i)};
  }
  return all;
}();

// For each letter, the lengths of the keys that begin with it: what is no key is mostly known by
// that. Values that touch the next key ask often.
constexpr auto lengths_by_letter = [] {
  std::array<std::uint32_t, 26> lengths{};
  for (const VqKey& key : keys) {
    lengths[static_cast<std::size_t>(lower(key.name[0]) - 'a')] |= 1U << key.name.size();
  }
  return lengths;
}();

constexpr bool can_be_key(std::string_view name) noexcept {
  if (name.empty() || name.size() > 31 || !is_alpha(name[0])) return false;
  const auto letter = static_cast<std::size_t>(lower(name[0]) - 'a');
  return (lengths_by_letter[letter] >> name.size() & 1U) != 0;
}

}  // namespace

const VqKey* find_vq_key(std::string_view name) noexcept {
  if (!can_be_key(name)) return nullptr;
  const auto* const found = std::find_if(keys.begin(), keys.end(), [name](const VqKey& key) {
    return key.name.size() == name.size() && equal_ignoring_case(key.name, name);
  });
  return found == keys.end() ? nullptr : found;
}

std::string_view to_string(VqNumber number) noexcept {
  return number < VqNumber::count_ ? numbers[static_cast<std::size_t>(number)].name : "?";
}

std::string_view to_string(VqText text) noexcept {
  return text < VqText::count_ ? texts[static_cast<std::size_t>(text)] : "?";
}

VqRange vq_range(VqNumber number) noexcept {
  return numbers[static_cast<std::size_t>(number)].range;
}

}  // namespace heptap
