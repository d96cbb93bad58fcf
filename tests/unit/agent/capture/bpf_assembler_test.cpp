#include "agent/capture/bpf_assembler.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

namespace {

constexpr unsigned accept_all = 0xffffffff;

unsigned run(const std::vector<bpf_insn>& program, std::uint8_t first) {
  REQUIRE(bpf_validate(program.data(), static_cast<int>(program.size())) != 0);
  const std::array<std::uint8_t, 1> packet{first};
  return bpf_filter(program.data(), packet.data(), 1, 1);
}

void fill(BpfAssembler& out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out.add(BPF_MISC | BPF_TAX);
}

/// Says whether the first byte is 7, with so many instructions before each of the answers.
std::vector<bpf_insn> is_seven(std::size_t before_no, std::size_t before_yes) {
  BpfAssembler out;
  const auto yes = out.label();
  const auto no = out.label();
  out.add(BPF_LD | BPF_B | BPF_ABS, 0);
  out.jump_if(BPF_JEQ, 7, yes, no);
  fill(out, before_no);
  out.place(no);
  out.add(BPF_RET | BPF_K, 0);
  fill(out, before_yes);
  out.place(yes);
  out.add(BPF_RET | BPF_K, accept_all);
  return out.assemble();
}

}  // namespace

TEST_CASE("a branch goes to its label, however far") {
  const std::size_t before_no = GENERATE(0U, 1U, 254U, 255U, 256U, 257U, 3000U);
  const std::size_t before_yes = GENERATE(0U, 1U, 253U, 254U, 255U, 256U, 700U);
  CAPTURE(before_no, before_yes);
  const auto program = is_seven(before_no, before_yes);
  CHECK(run(program, 7) == accept_all);
  CHECK(run(program, 8) == 0);
}

TEST_CASE("only a branch of more than 255 instructions has a jump beside it") {
  CHECK(is_seven(0, 254).size() == 4 + 254);
  CHECK(is_seven(0, 255).size() == 4 + 255 + 1);
  CHECK(is_seven(254, 0).size() == 4 + 254);
  CHECK(is_seven(255, 0).size() == 4 + 255 + 2);  // the jump to yes makes no far as well
}

TEST_CASE("a jump beside a branch makes others go farther") {
  constexpr unsigned tests = 200;
  BpfAssembler out;
  const auto yes = out.label();
  out.add(BPF_LD | BPF_B | BPF_ABS, 0);
  for (unsigned i = 0; i < tests; ++i) out.jump_if(BPF_JEQ, i, yes);
  fill(out, 200);
  out.add(BPF_RET | BPF_K, 0);
  out.place(yes);
  out.add(BPF_RET | BPF_K, accept_all);
  const auto program = out.assemble();
  for (unsigned byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    CHECK((run(program, static_cast<std::uint8_t>(byte)) != 0) == (byte < tests));
  }
}
