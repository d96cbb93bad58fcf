#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/calls/call.hpp"
#include "agent/calls/call_state.hpp"
#include "agent/calls/saved_media.hpp"
#include "agent/plan/plan_scopes.hpp"
#include "proto/bytes.hpp"

// What is kept of calls from one run to the next, and its bytes. Whatever changes in them is a new
// state_version.
namespace heptap {

/// What a record is of.
enum class SavedKind : std::uint8_t { end, run, call, media, tracked, verdict };

/// The first record: what all others depend on.
struct SavedRun {
  std::int64_t written_us = 0;
  std::uint64_t calls_seed = 0;  ///< of CallTable
  std::uint64_t media_seed = 0;  ///< of MediaCalls
  std::uint64_t tracked_seed = 0;
  std::uint64_t plan = 0;  ///< its fingerprint
};

struct SavedCall {
  std::uint64_t hash = 0;
  Call call;
  CallDetails details;
};

struct SavedTracked {
  std::uint64_t hash = 0;
  std::string carrier;  ///< its name; the number is in no file
  CallState state;
};

struct SavedRule {
  std::uint32_t rule = 0;  ///< index in the plan
  std::string suffix;
};

/// Rules that hold for a call.
struct SavedVerdict {
  std::uint64_t call_hash = 0;
  std::int64_t last_us = 0;
  std::uint8_t decides = HeldRules::none;  ///< index in `rules`
  std::vector<SavedRule> rules;
};

// Each appends the bytes of a record; what has a bound there is cut. gives whether it can be read again;
// else what was appended is not to be used
[[nodiscard]] bool encode(SavedRun& run, std::vector<std::uint8_t>& out);
[[nodiscard]] bool encode(SavedCall& call, std::vector<std::uint8_t>& out);
[[nodiscard]] bool encode(SavedMedia& media, std::vector<std::uint8_t>& out);
[[nodiscard]] bool encode(SavedTracked& tracked, std::vector<std::uint8_t>& out);
[[nodiscard]] bool encode(SavedVerdict& verdict, std::vector<std::uint8_t>& out);

// Each writes `out` as new. gives whether the bytes are such a record, with all values in their range:
// it can be given to its table then
[[nodiscard]] bool decode(Bytes in, SavedRun& out);
[[nodiscard]] bool decode(Bytes in, SavedCall& out);
[[nodiscard]] bool decode(Bytes in, SavedMedia& out);
[[nodiscard]] bool decode(Bytes in, SavedTracked& out);
[[nodiscard]] bool decode(Bytes in, SavedVerdict& out);

}  // namespace heptap
