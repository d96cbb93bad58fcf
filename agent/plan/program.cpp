// Conditions become steps from the last to the first: when a comparison is written, the places where
// it goes on are there already.
#include "agent/plan/program.hpp"

#include <algorithm>
#include <cstddef>

#include "agent/plan/place_of.hpp"

namespace heptap {
class ProgramBuilder {
 public:
  ProgramBuilder(Program& program, SubjectKind kind, std::vector<FieldRef>& fields)
      : program_(program), kind_(kind), fields_(fields) {}

  /// gives     where a message goes on to find out whether the condition holds
  std::uint32_t write(const Condition& condition, std::uint32_t on_true, std::uint32_t on_false) {
    switch (condition.kind) {
      case Condition::Kind::test: return write(condition.test, on_true, on_false);
      case Condition::Kind::negation: return write(condition.parts.front(), on_false, on_true);
      case Condition::Kind::all_of: return write_all(condition.parts, on_true, on_false);
      case Condition::Kind::any_of: return write_any(condition.parts, on_true, on_false);
    }
    return on_false;
  }

 private:
  std::uint32_t write(const FieldTest& test, std::uint32_t on_true, std::uint32_t on_false) {
    const Field* const other = test.other.field;
    const bool may_be = test.field.field->kinds.contains(kind_) &&
                        (other == nullptr || other->kinds.contains(kind_));
    if (!may_be || on_true == on_false) return on_false;
    program_.steps_.push_back(
        {.test = {},
         .slot = place_of(fields_, test.field),
         .other = other == nullptr ? Program::none : place_of(fields_, test.other),
         .on_true = on_true,
         .on_false = on_false});
    program_.tests_.push_back(test);
    return static_cast<std::uint32_t>(program_.steps_.size() - 1);
  }

  std::uint32_t write_all(const std::vector<Condition>& parts, std::uint32_t on_true,
                          std::uint32_t on_false) {
    const std::size_t before = program_.steps_.size();
    std::uint32_t next = on_true;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      next = write(*part, next, on_false);
      if (next == on_false) forget_from(before);
    }
    return next;
  }

  std::uint32_t write_any(const std::vector<Condition>& parts, std::uint32_t on_true,
                          std::uint32_t on_false) {
    const std::size_t before = program_.steps_.size();
    std::uint32_t next = on_false;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      next = write(*part, on_true, next);
      if (next == on_true) forget_from(before);
    }
    return next;
  }

  // Steps that nothing goes to, because a part before them decides alone.
  void forget_from(std::size_t step) {
    program_.steps_.resize(step);
    program_.tests_.resize(step);
  }

  Program& program_;
  SubjectKind kind_;
  std::vector<FieldRef>& fields_;
};

Program::Program(std::span<const Condition> conditions, SubjectKind kind,
                 std::vector<FieldRef>& fields)
    : entries_(conditions.size(), end) {
  ProgramBuilder builder(*this, kind, fields);
  std::uint32_t next = end;
  for (std::size_t i = conditions.size(); i-- > 0;) {
    next = builder.write(conditions[i], holds_bit | static_cast<std::uint32_t>(i), next);
    entries_[i] = next;
  }
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    steps_[i].test = make_ready(tests_[i]);
    steps_[i].has_limit = tests_[i].expression != nullptr;
  }
}

std::uint32_t Program::next_match(std::span<const FieldRef> fields, FieldCache& cache,
                                  std::uint32_t from) const noexcept {
  if (from >= entries_.size()) return none;
  std::uint32_t at = entries_[from];
  while ((at & holds_bit) == 0) {
    const Step& step = steps_[at];
    const auto values = cache.values(step.slot, fields[step.slot]).all();
    const auto others = step.other == none ? std::span<const Value>{}
                                           : cache.values(step.other, fields[step.other]).all();
    if (step.has_limit) cache.note_longer(values, looks_at(tests_[at]));
    at = step.test.run(step.test, values, others) ? step.on_true : step.on_false;
  }
  return at == end ? none : at & ~holds_bit;
}

}  // namespace heptap
