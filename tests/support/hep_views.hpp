#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <span>

#include "proto/hep/decode.hpp"

namespace heptap::test {

/// gives     what is in a frame, which has no fault; borrows from it
inline hep::HepView view_of(std::span<const std::uint8_t> frame) {
  hep::HepView view;
  REQUIRE(hep::decode(frame, view) == hep::Fault::none);
  return view;
}

}  // namespace heptap::test
