#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/condition.hpp"
#include "proto/sip/mask.hpp"

namespace heptap {

/// What a verdict holds for, beyond the message it was found for.
enum class PlanScope : std::uint8_t {
  message,
  dialog,  ///< from now on all SIP messages of its Call-ID
  call,    ///< and its media and reports
};

/// How much of something may pass.
struct PlanLimit {
  std::uint32_t per_second = 0;
  std::optional<FieldRef> by;  ///< each value of this field has its own; nothing: all together
};

/// What happens when a message comes to no rule that sends or drops it.
enum class Unmatched : std::uint8_t { send, drop };

/// How loud a rule is in the log.
enum class PlanLogLevel : std::uint8_t { debug, info, error };

inline constexpr std::size_t max_node_suffix_bytes = 20;

/// What a rule does when its script comes to an error.
enum class OnError : std::uint8_t { skip, match };

/// A script of Lua.
struct PlanScript {
  std::string file;  ///< for what is said of it
  std::string text;
};

/// One rule: what becomes of the messages that a condition holds for. What `sample` or `limit` does not let
/// through is dropped; but a rule that sends and goes on only does not send it.
struct PlanRule {
  std::string name;
  std::string identity;  ///< what it is known by when a plan is read again; empty: its name
  std::optional<Condition> when;  ///< nothing: always
  std::string lua;                ///< a function of the script that has to agree
  OnError on_error = OnError::skip;
  std::optional<std::vector<std::string>> send;  ///< names of collectors; nothing: it sends nothing
  bool drops = false;
  std::uint32_t sample = 1;  ///< one Call-ID in so many
  std::optional<PlanLimit> limit;
  SipMasks masks;           ///< of what it sends; of one that sends nothing, of the message
  std::string node_suffix;  ///< behind the node name in frames
  std::string group;        ///< of frames; empty: that which they have
  std::string count;        ///< name of a counter that it adds to; empty: none
  bool logs = false;
  PlanLogLevel log_level = PlanLogLevel::info;
  std::string log_text;  ///< what it says; empty: its name
  PlanScope scope = PlanScope::message;
  bool goes_on = false;  ///< later rules are asked, too; of one that drops: what it lets through
};

/// A plan as it was read, by whatever front end.
struct PlanRules {
  std::vector<PlanRule> rules;
  Unmatched unmatched = Unmatched::send;
  PlanScript script = {};
  AddressPrefixes local = {};  ///< networks that are our own; empty: nobody has said
  std::string mask_key = {};  ///< secret of masks; at least MaskKey::min_bytes where a rule has any
  std::uint64_t fingerprint =
      0;  ///< of what it was read from; plans that differ have different ones
};

}  // namespace heptap
