#include "agent/state/state_visitor.hpp"

#include <utility>

namespace heptap {
namespace {

/// A record of each kind, used again for the next one.
class Teller {
 public:
  explicit Teller(StateVisitor& visitor) noexcept : visitor_(visitor) {}

  /// gives     whether it is one
  [[nodiscard]] bool tell(const SavedRecord& record) {
    const bool is_first = !std::exchange(has_begun_, true);
    if (is_first != (record.kind == SavedKind::run)) return false;
    switch (record.kind) {
      case SavedKind::run: return tell(record, run_);
      case SavedKind::call: return tell(record, call_);
      case SavedKind::media: return tell(record, media_);
      case SavedKind::tracked: return tell(record, tracked_);
      case SavedKind::verdict: return tell(record, verdict_);
      case SavedKind::end: break;
    }
    return false;
  }
  [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }

 private:
  template <class Saved>
  bool tell(const SavedRecord& record, Saved& saved) {
    if (!decode(record.bytes, saved)) return false;
    visitor_.take(saved);
    return true;
  }

  StateVisitor& visitor_;
  bool has_begun_ = false;
  SavedRun run_;
  SavedCall call_;
  SavedMedia media_;
  SavedTracked tracked_;
  SavedVerdict verdict_;
};

}  // namespace

StateFault read_state(const SpoolFile& file, StateVisitor& visitor) {
  StateFileReader reader(file);
  Teller teller(visitor);
  while (const std::optional<SavedRecord> record = reader.next()) {
    if (!teller.tell(*record)) return StateFault::damaged;
  }
  if (reader.fault() != StateFault::none) return reader.fault();
  return teller.has_begun() ? StateFault::none : StateFault::damaged;
}

}  // namespace heptap
