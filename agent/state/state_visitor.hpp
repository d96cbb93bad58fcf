#pragma once

#include "agent/state/saved_records.hpp"
#include "agent/state/state_file.hpp"

namespace heptap {

/// Told of what a file of state has, in its order; of the run first, and once.
class StateVisitor {
 public:
  StateVisitor() = default;
  StateVisitor(const StateVisitor&) = delete;
  StateVisitor& operator=(const StateVisitor&) = delete;
  virtual ~StateVisitor() = default;

  virtual void take(const SavedRun& /*run*/) {}
  virtual void take(const SavedCall& /*call*/) {}
  virtual void take(const SavedMedia& /*media*/) {}
  virtual void take(const SavedTracked& /*tracked*/) {}
  virtual void take(const SavedVerdict& /*verdict*/) {}
};

/// Reads a file from its beginning to its end, or up to the first fault.
[[nodiscard]] StateFault read_state(const SpoolFile& file, StateVisitor& visitor);

}  // namespace heptap
