#include "agent/calls/carrier_map.hpp"

#include <algorithm>

namespace heptap {
namespace {

IpAddress masked(const IpAddress& address, unsigned bits) noexcept {
  IpAddress out = address;
  for (std::size_t i = 0; i < out.octets.size(); ++i) {
    const auto first = static_cast<unsigned>(i * 8);
    if (bits >= first + 8) continue;
    const unsigned kept = bits > first ? bits - first : 0;
    out.octets[i] = static_cast<std::uint8_t>(out.octets[i] & (0xff00U >> kept));
  }
  return out;
}

template <class Prefixes>
auto place_of(Prefixes& prefixes, const IpAddress& address) noexcept {
  return std::lower_bound(
      prefixes.begin(), prefixes.end(), address,
      [](const auto& prefix, const IpAddress& x) { return prefix.address.octets < x.octets; });
}

}  // namespace

Errc CarrierMap::add(std::string_view carrier, const IpAddress& address, unsigned length) {
  if (length > address.bytes().size() * 8) return Errc::malformed;
  if (prefix_count_ == max_prefixes) return Errc::over_limit;
  const bool is_new = std::find(names_.begin(), names_.end(), carrier) == names_.end();
  if (is_new && names_.size() == max_carriers) return Errc::over_limit;
  const std::uint16_t number = number_of(carrier);
  auto& prefixes = prefixes_of(address.family, length);
  const IpAddress prefix = masked(address, length);
  const auto place = place_of(prefixes, prefix);
  if (place != prefixes.end() && place->address == prefix) {
    place->carrier = number;
    return Errc::none;
  }
  prefixes.insert(place, {prefix, number});
  ++prefix_count_;
  return Errc::none;
}

std::uint16_t CarrierMap::find(const IpAddress& address) const noexcept {
  for (const Length& length : lengths_) {
    if (length.family != address.family) continue;
    const IpAddress prefix = masked(address, length.bits);
    const auto place = place_of(length.prefixes, prefix);
    if (place != length.prefixes.end() && place->address == prefix) return place->carrier;
  }
  return default_carrier;
}

std::vector<CarrierMap::Prefix>& CarrierMap::prefixes_of(IpFamily family, unsigned bits) {
  auto place = std::find_if(lengths_.begin(), lengths_.end(),
                            [&](const Length& length) { return length.bits <= bits; });
  while (place != lengths_.end() && place->bits == bits && place->family != family) ++place;
  if (place == lengths_.end() || place->bits != bits) {
    place = lengths_.insert(place, {bits, family, {}});
  }
  return place->prefixes;
}

std::uint16_t CarrierMap::number_of(std::string_view carrier) {
  const auto known = std::find(names_.begin(), names_.end(), carrier);
  if (known != names_.end()) return static_cast<std::uint16_t>(known - names_.begin());
  names_.emplace_back(carrier);
  return static_cast<std::uint16_t>(names_.size() - 1);
}

}  // namespace heptap
