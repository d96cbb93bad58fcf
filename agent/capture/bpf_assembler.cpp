// A jump that does not fit makes the program longer, and by that others that did fit until then: the
// layout is made again until nothing changes. What has become far stays far, so that it ends.
#include "agent/capture/bpf_assembler.hpp"

namespace heptap {
namespace {

constexpr std::size_t farthest = 255;
constexpr unsigned unconditional = BPF_JMP | BPF_JA;

}  // namespace

struct BpfAssembler::Layout {
  struct Far {
    bool yes = false;
    bool no = false;
    bool operator==(const Far&) const = default;
  };

  explicit Layout(std::size_t items) : far(items), starts(items + 1) {}

  // Instructions between the one at `item`, or the jump `beside` places behind it, and `to`.
  [[nodiscard]] std::size_t distance(std::size_t item, std::size_t beside,
                                     std::size_t to) const noexcept {
    return starts[to] - starts[item] - beside - 1;
  }

  void place_items() noexcept {
    for (std::size_t i = 0; i < far.size(); ++i) {
      starts[i + 1] = starts[i] + 1 + (far[i].yes ? 1U : 0U) + (far[i].no ? 1U : 0U);
    }
  }

  std::vector<Far> far;             // which branches of an item need a jump beside it
  std::vector<std::size_t> starts;  // first instruction of an item
};

BpfAssembler::Label BpfAssembler::label() {
  places_.push_back(0);
  return {places_.size() - 1};
}

void BpfAssembler::add(unsigned code, std::uint32_t k) {
  items_.push_back({static_cast<std::uint16_t>(code), k, next, next});
}

void BpfAssembler::jump(Label to) { items_.push_back({unconditional, 0, to, next}); }

void BpfAssembler::jump_if(unsigned test, std::uint32_t k, Label yes, Label no) {
  const auto code = static_cast<std::uint16_t>(BPF_JMP | test | BPF_K);
  items_.push_back({code, k, yes, no});
}

std::size_t BpfAssembler::target(Label label, std::size_t item) const noexcept {
  return label.id == next.id ? item + 1 : places_[label.id];
}

std::vector<bpf_insn> BpfAssembler::assemble() const {
  Layout layout(items_.size());
  for (bool changed = true; changed;) {
    changed = false;
    layout.place_items();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const Item& item = items_[i];
      if (BPF_CLASS(item.code) != BPF_JMP || item.code == unconditional) continue;
      Layout::Far far = layout.far[i];
      far.yes = far.yes || layout.distance(i, 0, target(item.yes, i)) > farthest;
      far.no = far.no || layout.distance(i, 0, target(item.no, i)) > farthest;
      changed = changed || !(far == layout.far[i]);
      layout.far[i] = far;
    }
  }
  std::vector<bpf_insn> out;
  out.reserve(layout.starts.back());
  for (std::size_t i = 0; i < items_.size(); ++i) write(i, layout, out);
  return out;
}

void BpfAssembler::write(std::size_t at, const Layout& layout, std::vector<bpf_insn>& out) const {
  const Item& item = items_[at];
  if (BPF_CLASS(item.code) != BPF_JMP) return out.push_back({item.code, 0, 0, item.k});
  const std::size_t yes = target(item.yes, at);
  const std::size_t no = target(item.no, at);
  const auto go = [&](std::size_t to) {
    const std::size_t beside = out.size() - layout.starts[at];
    const auto distance = static_cast<std::uint32_t>(layout.distance(at, beside, to));
    out.push_back({unconditional, 0, 0, distance});
  };
  if (item.code == unconditional) return go(yes);
  const Layout::Far far = layout.far[at];
  const auto branch = [&](bool is_far, std::size_t beside, std::size_t to) {
    return static_cast<std::uint8_t>(is_far ? beside : layout.distance(at, 0, to));
  };
  out.push_back({item.code, branch(far.yes, 0, yes), branch(far.no, far.yes ? 1 : 0, no), item.k});
  if (far.yes) go(yes);
  if (far.no) go(no);
}

}  // namespace heptap
