// A statement becomes a rule whose condition is all that has to hold to come to it: what the ifs around it
// ask. Expressions send, too, so they are walked in captagent's order: what is on the right of && is come
// to when what is on the left holds.
#include "agent/plan/captagent_plan.hpp"

#include <algorithm>
#include <utility>

#include "agent/plan/captagent_functions.hpp"
#include "agent/plan/captagent_parser.hpp"
#include "agent/plan/captagent_truth.hpp"
#include "agent/plan/plan.hpp"
#include "config/plan_limits.hpp"
#include "config/text.hpp"

namespace heptap {
namespace captagent {
namespace {

// Whose messages a block is asked about.
struct Protocols {
  bool sip = false;
  bool rtcp = false;

  void add(const Expression& expression) {
    if (expression.kind == Expression::Kind::call) add(expression.call);
    for (const Expression& part : expression.parts) add(part);
  }
  void add(const std::vector<Statement>& statements) {
    for (const Statement& one : statements) {
      if (one.kind == Statement::Kind::call) add(one.call);
      add(one.condition);
      add(one.body);
      add(one.otherwise);
    }
  }
  void add(const Call& call) {
    const Protocol protocol = find_function(call).protocol;
    sip |= protocol == Protocol::sip;
    rtcp |= protocol == Protocol::rtcp;
  }
};

// gives     the field that all messages of a block have; empty: it is for all
std::string_view field_of(const Block& block) {
  Protocols calls;
  calls.add(block.statements);
  if (calls.sip != calls.rtcp) return calls.sip ? "sip" : "rtcp";
  if (calls.sip) return {};
  if (block.name.starts_with("sip")) return "sip";
  if (block.name.starts_with("rtcp")) return "rtcp";
  return block.name.starts_with("report") ? "heptap.report" : "";
}

PlanLogLevel level_of(const std::string& text) {
  const char first = text.empty() ? '\0' : text.front();
  if (first == 'E' || first == 'e') return PlanLogLevel::error;
  return first == 'N' || first == 'n' ? PlanLogLevel::info : PlanLogLevel::debug;
}

class Compiler {
 public:
  explicit Compiler(const std::vector<std::string>& collectors) : collectors_(collectors) {
    plan_.rules.unmatched = Unmatched::drop;
  }

  CaptagentPlan compile(const std::vector<Block>& blocks) {
    std::vector<std::string_view> of;
    of.reserve(blocks.size());
    for (const Block& block : blocks) of.push_back(field_of(block));
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      drop_ends_all_ = std::none_of(
          of.begin() + static_cast<std::ptrdiff_t>(i) + 1, of.end(),
          [&](auto other) { return other.empty() || of[i].empty() || other == of[i]; });
      compile(blocks[i], of[i]);
    }
    return std::move(plan_);
  }

 private:
  // What is come to inside of it may need more than what is come to behind it.
  class Scope {
   public:
    explicit Scope(Compiler& compiler)
        : compiler_(compiler), size_(compiler.path_.size()), is_dead_(compiler.is_dead_) {}
    ~Scope() {
      compiler_.path_.erase(compiler_.path_.begin() + static_cast<std::ptrdiff_t>(size_),
                            compiler_.path_.end());
      compiler_.is_dead_ = is_dead_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Compiler& compiler_;
    std::size_t size_;
    bool is_dead_;
  };

  void compile(const Block& block, std::string_view field) {
    gone_.clear();
    const Scope scope(*this);
    if (!field.empty()) path_.push_back(parse_condition(field));
    block_depth_ = path_.size();
    compile(block.statements);
  }

  void compile(const std::vector<Statement>& statements) {
    for (const Statement& one : statements) {
      switch (one.kind) {
        case Statement::Kind::call: static_cast<void>(value(one.call)); break;
        case Statement::Kind::drop: drop(one); break;
        case Statement::Kind::branch:
        case Statement::Kind::loop: branch(one); break;
      }
    }
  }

  void branch(const Statement& statement) {
    if (statement.kind == Statement::Kind::loop) {
      plan_.notes.push_back({statement.at, "while: nothing changes what it asks; this is if"});
    }
    Truth truth = value(statement.condition);
    inside(truth, statement.body);
    if (!statement.otherwise.empty()) inside(negation_of(std::move(truth)), statement.otherwise);
  }

  void inside(const Truth& truth, const std::vector<Statement>& statements) {
    const Scope scope(*this);
    enter(truth);
    compile(statements);
  }

  // What follows is come to only when this holds.
  void enter(const Truth& truth) {
    if (truth.known) {
      is_dead_ |= !*truth.known;
    } else {
      path_.push_back(truth.condition);
    }
  }

  // At the end of a plan, there is nothing to end.
  void drop(const Statement& statement) {
    const bool is_always = path_.size() == block_depth_;
    if (drop_ends_all_ && !is_always) {
      PlanRule rule;
      rule.drops = true;
      add(std::move(rule), "drop", statement.at);
    }
    if (!drop_ends_all_ && !is_always && !is_dead_) leave(statement.at);
    is_dead_ = true;
  }

  // The rest of the block is not for what has come here, but other blocks are.
  void leave(CaptagentPlace at) {
    std::vector<Condition> here(path_.begin() + static_cast<std::ptrdiff_t>(block_depth_),
                                path_.end());
    count(here, at);
    gone_.push_back(negation_of(*joined(Condition::Kind::all_of, std::move(here))));
  }

  Truth value(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::call: return value(expression.call);
      case Expression::Kind::number: return {expression.is_true, {}};
      case Expression::Kind::negation: return negation_of(value(expression.parts.front()));
      case Expression::Kind::all_of: return values(expression.parts, Condition::Kind::all_of);
      case Expression::Kind::any_of: return values(expression.parts, Condition::Kind::any_of);
    }
    return {};
  }

  Truth values(const std::vector<Expression>& parts, Condition::Kind kind) {
    const Scope scope(*this);
    const bool is_all = kind == Condition::Kind::all_of;
    std::vector<Truth> truths;
    for (const Expression& part : parts) {
      truths.push_back(value(part));
      enter(is_all ? truths.back() : negation_of(truths.back()));
    }
    return truth_of(kind, std::move(truths));
  }

  Truth value(const Call& call) {
    const Function& function = find_function(call);
    Truth truth = function.ask(call);
    if (function.effect == Function::Effect::sends) send(call);
    if (function.effect == Function::Effect::logs) log(call);
    if (!function.note.empty()) {
      plan_.notes.push_back({call.at, call.name + "(): " + std::string{function.note}});
    }
    return truth;
  }

  void send(const Call& call) {
    const Argument& name = call.arguments.front();
    if (std::find(collectors_.begin(), collectors_.end(), name.text) == collectors_.end()) {
      const std::string_view near = nearest(name.text, {collectors_.begin(), collectors_.end()});
      throw CaptagentError({name.at, "\"" + printable(name.text) + "\" is no collector",
                            near.empty() ? "" : "did you mean " + std::string{near} + "?"});
    }
    PlanRule rule;
    rule.send = {name.text};
    rule.goes_on = true;
    add(std::move(rule), call.name, call.at);
  }

  void log(const Call& call) {
    PlanRule rule;
    rule.logs = true;
    rule.log_level = level_of(call.arguments[0].text);
    rule.log_text = call.arguments[1].text;
    rule.goes_on = true;
    add(std::move(rule), call.name, call.at);
  }

  void add(PlanRule rule, const std::string& function, CaptagentPlace at) {
    if (is_dead_) return;
    count(path_, at);
    count(gone_, at);
    if (plan_.rules.rules.size() == max_plan_rules) {
      throw CaptagentError(
          {at, "the plan has too many statements", "at most " + std::to_string(max_plan_rules)});
    }
    std::vector<Condition> all = path_;
    all.insert(all.end(), gone_.begin(), gone_.end());
    rule.when = joined(Condition::Kind::all_of, std::move(all));
    rule.name = function + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    plan_.rules.rules.push_back(std::move(rule));
  }

  void count(const std::vector<Condition>& conditions, CaptagentPlace at) {
    for (const Condition& one : conditions) {
      size_ += size_of(one);
      if (size_ <= max_captagent_conditions) continue;
      throw CaptagentError(
          {at, "the plan asks too much", "nest less, and ask outside for what all ask inside"});
    }
  }

  const std::vector<std::string>& collectors_;
  CaptagentPlan plan_;
  std::vector<Condition> path_;  // what has to hold to come to a statement
  std::vector<Condition> gone_;  // and what has not dropped before
  std::size_t block_depth_ = 0;  // of path_, at the beginning of the block
  std::size_t size_ = 0;
  bool is_dead_ = false;  // nothing comes here
  bool drop_ends_all_ = false;
};

}  // namespace
}  // namespace captagent

CaptagentPlan read_captagent_plan(std::string_view text,
                                  const std::vector<std::string>& collectors) {
  if (text.size() > max_captagent_bytes) {
    throw CaptagentError(
        {{}, "the plan is longer than " + std::to_string(max_captagent_bytes) + " bytes", {}});
  }
  return captagent::Compiler(collectors).compile(captagent::parse_plan(text));
}

}  // namespace heptap
