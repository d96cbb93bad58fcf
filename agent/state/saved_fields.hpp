#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "agent/state/field_codec.hpp"
#include "proto/net/address.hpp"

// What the files of records have in common.
namespace heptap {

/// gives     what is behind the last of an enumeration that has no count_
template <class Enum>
[[nodiscard]] constexpr Enum after(Enum last) noexcept {
  return static_cast<Enum>(static_cast<std::uint8_t>(last) + 1);
}

/// pass_record   goes over its fields with what it is given, here what writes
template <class Record, class Pass>
[[nodiscard]] bool write_record(Record& record, std::vector<std::uint8_t>& out, Pass pass_record) {
  FieldWriter fields(out);
  pass_record(fields, record);
  return fields.is_right();
}

/// The same with what reads, into a record as new.
template <class Record, class Pass>
[[nodiscard]] bool read_record(Bytes in, Record& out, Pass pass_record) {
  out = Record{};
  FieldReader fields(in);
  pass_record(fields, out);
  return fields.is_whole();
}

template <class Fields>
void pass(Fields& f, IpAddress& address) {
  address.family = f.choice(address.family, after(IpFamily::v6));
  f.octets(address.octets);
  const auto has_no_more = [&] {
    return std::all_of(address.octets.begin() + 4, address.octets.end(),
                       [](std::uint8_t octet) { return octet == 0; });
  };
  f.require(address.family == IpFamily::v6 || has_no_more());
}

}  // namespace heptap
