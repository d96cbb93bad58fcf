// Packets that have none of the ports are most: they go on after looking at those alone.
#include "agent/capture/filter_exclusions.hpp"

#include <set>
#include <vector>

namespace heptap {
namespace {

using Label = BpfAssembler::Label;

struct End {
  const IpAddress* address = nullptr;  // nullptr: any
  std::uint16_t port = 0;              // 0: any
};

struct Shape {
  std::uint32_t source;
  std::uint32_t destination;
  std::uint32_t words;
};

constexpr Shape shape_of(IpFamily family) noexcept {
  return family == IpFamily::v4 ? Shape{12, 16, 1} : Shape{8, 24, 4};
}

std::uint32_t word_of(const IpAddress& address, std::size_t word) noexcept {
  ByteReader r{address.bytes()};
  r.skip(word * 4);
  return r.be32();
}

class Exclusions {
 public:
  Exclusions(BpfAssembler& out, const FilterLayout& layout, IpFamily family)
      : out_(out), layout_(layout), shape_(shape_of(family)) {}

  void find_ports(const std::set<std::uint16_t>& ports, Label found) {
    for (const std::uint32_t offset : {0U, 2U}) {
      layout_.load16(out_, offset);
      for (const std::uint16_t port : ports) out_.jump_if(BPF_JEQ, port, found);
    }
  }

  void reject(const FilterExclusion& own) {
    const Label backwards = out_.label();
    const Label other = out_.label();
    const End local{own.local ? &*own.local : nullptr, own.local_port};
    const End remote{&own.remote, own.remote_port};
    out_.add(BPF_LD | BPF_MEM, FilterLayout::protocol);
    require(own.protocol, other);
    reject_between(local, remote, backwards);
    out_.place(backwards);
    reject_between(remote, local, other);
    out_.place(other);
  }

 private:
  void require(std::uint32_t value, Label otherwise) {
    out_.jump_if(BPF_JEQ, value, BpfAssembler::next, otherwise);
  }

  void reject_between(const End& from, const End& to, Label otherwise) {
    out_.add(BPF_LDX | BPF_W | BPF_MEM, FilterLayout::transport);
    require_port(0, from.port, otherwise);
    require_port(2, to.port, otherwise);
    out_.add(BPF_LDX | BPF_W | BPF_MEM, FilterLayout::network);
    require_address(shape_.source, from.address, otherwise);
    require_address(shape_.destination, to.address, otherwise);
    out_.jump(layout_.reject);
  }

  void require_port(std::uint32_t offset, std::uint16_t port, Label otherwise) {
    if (port == 0) return;
    layout_.load16(out_, offset);
    require(port, otherwise);
  }

  void require_address(std::uint32_t offset, const IpAddress* address, Label otherwise) {
    if (address == nullptr) return;
    for (std::uint32_t word = 0; word < shape_.words; ++word) {
      layout_.load32(out_, offset + word * 4);
      require(word_of(*address, word), otherwise);
    }
  }

  BpfAssembler& out_;
  const FilterLayout& layout_;
  Shape shape_;
};

}  // namespace

void reject_own(BpfAssembler& out, const FilterLayout& layout, IpFamily family,
                std::span<const FilterExclusion> exclusions) {
  std::vector<FilterExclusion> own;
  std::set<std::uint16_t> ports;
  for (const FilterExclusion& exclusion : exclusions) {
    if (exclusion.remote.family != family) continue;
    own.push_back(exclusion);
    ports.insert(exclusion.remote_port);
  }
  if (own.empty()) return;
  const Label found = out.label();
  const Label done = out.label();
  Exclusions writer(out, layout, family);
  writer.find_ports(ports, found);
  out.jump(done);
  out.place(found);
  out.add(BPF_STX, FilterLayout::transport);
  for (const FilterExclusion& exclusion : own) writer.reject(exclusion);
  out.add(BPF_LDX | BPF_W | BPF_MEM, FilterLayout::transport);
  out.place(done);
}

}  // namespace heptap
