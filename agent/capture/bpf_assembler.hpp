#pragma once

#include <pcap/pcap.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace heptap {

/// Puts a program of classic BPF together, whose jumps are said by label. Jumps go forward only, as
/// the kernel wants them; a test whose branch is too far for its eight bits gets an unconditional
/// jump beside it.
/// source    McCanne and Jacobson, The BSD Packet Filter (1993); Linux,
///           Documentation/networking/filter.rst
class BpfAssembler {
 public:
  /// A place in the program, to jump to before it is reached.
  struct Label {
    std::size_t id = 0;
  };
  /// The instruction behind.
  static constexpr Label next{std::numeric_limits<std::size_t>::max()};

  [[nodiscard]] Label label();
  /// The label stands for the instruction that is added next. Once for each label.
  void place(Label label) noexcept { places_[label.id] = items_.size(); }

  /// Adds an instruction that is no jump.
  void add(unsigned code, std::uint32_t k = 0);
  void jump(Label to);
  /// test      BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET: how the accumulator is held against k
  void jump_if(unsigned test, std::uint32_t k, Label yes, Label no = next);

  /// gives     the program; every label that is jumped to has its place, and an instruction there,
  ///           or behind the program what the caller puts behind it
  [[nodiscard]] std::vector<bpf_insn> assemble() const;

 private:
  struct Item {
    std::uint16_t code;
    std::uint32_t k;
    Label yes;
    Label no;
  };
  struct Layout;

  [[nodiscard]] std::size_t target(Label label, std::size_t item) const noexcept;
  void write(std::size_t item, const Layout& layout, std::vector<bpf_insn>& out) const;

  std::vector<Item> items_;
  std::vector<std::size_t> places_;  // item of each label
};

}  // namespace heptap
