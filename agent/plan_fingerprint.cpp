#include "agent/plan_fingerprint.hpp"

#include <concepts>
#include <string_view>
#include <type_traits>

#include "proto/hash.hpp"

namespace heptap {
namespace {

class Fingerprint {
 public:
  // With its length: what one text ends with is not what the next one begins with.
  Fingerprint& operator<<(std::string_view text) { return mix(TextHash(0)(text)).mix(text.size()); }
  template <class Number>
  requires std::integral<Number> || std::is_enum_v<Number> Fingerprint& operator<<(Number number) {
    return mix(static_cast<std::uint64_t>(number));
  }
  Fingerprint& operator<<(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) *this << text;
    return mix(texts.size());
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  Fingerprint& mix(std::uint64_t part) noexcept {
    using namespace hash_parts;
    value_ = fold(value_ ^ part ^ key_b, key_c) + key_d;
    return *this;
  }

  std::uint64_t value_ = hash_parts::key_a;
};

void add(Fingerprint& print, const MaskSettings& mask) {
  print << mask.users << mask.keep << mask.credentials << mask.keys << mask.bodies << mask.digits;
}

void add(Fingerprint& print, const PlanRuleSettings& rule) {
  print << rule.name << rule.when << rule.lua << rule.on_error;
  print << rule.send.has_value() << rule.send.value_or(std::vector<std::string>{}) << rule.drop;
  print << rule.sample << rule.limit << rule.limit_by;
  add(print, rule.mask);
  print << rule.node_suffix << rule.group << rule.count << rule.log << rule.scope << rule.next;
}

}  // namespace

std::uint64_t plan_fingerprint(const PlanSettings& plan, const std::vector<std::string>& names) {
  Fingerprint print;
  print << names << plan.written_for << plan.unmatched << plan.lua << plan.captagent;
  for (const AddressPrefix& prefix : plan.local) print << to_string(prefix);
  for (const PlanRuleSettings& rule : plan.rules) add(print, rule);
  print << plan.rules.size();
  return print.value();
}

}  // namespace heptap
