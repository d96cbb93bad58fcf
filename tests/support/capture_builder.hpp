#pragma once

#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "proto/bytes.hpp"

namespace heptap::test {

using Buffer = std::vector<std::uint8_t>;

/// Writes integers of either byte order behind each other.
class FileBuilder {
 public:
  explicit FileBuilder(std::endian order) : order_(order) {}

  FileBuilder& u16(std::uint16_t v) { return integer(v, 2); }
  FileBuilder& u32(std::uint32_t v) { return integer(v, 4); }
  FileBuilder& u64(std::uint64_t v) { return integer(v, 8); }
  FileBuilder& bytes(Bytes run) {
    file_.insert(file_.end(), run.begin(), run.end());
    return *this;
  }
  FileBuilder& pad_to_32_bits() {
    while (file_.size() % 4 != 0) file_.push_back(0);
    return *this;
  }

  [[nodiscard]] std::endian order() const { return order_; }
  [[nodiscard]] const Buffer& file() const { return file_; }

 private:
  FileBuilder& integer(std::uint64_t v, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = 8 * (order_ == std::endian::little ? i : size - 1 - i);
      file_.push_back(static_cast<std::uint8_t>(v >> shift));
    }
    return *this;
  }

  std::endian order_;
  Buffer file_;
};

inline constexpr std::uint32_t pcap_us = 0xa1b2c3d4;
inline constexpr std::uint32_t pcap_ns = 0xa1b23c4d;
inline constexpr std::uint32_t pcap_modified = 0xa1b2cd34;

/// A pcap file, record by record.
class PcapBuilder {
 public:
  explicit PcapBuilder(std::endian order = std::endian::little, std::uint32_t magic = pcap_us,
                       std::uint32_t link_field = 1)
      : out_(order), modified_(magic == pcap_modified) {
    out_.u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(link_field);
  }

  PcapBuilder& record(std::uint32_t seconds, std::uint32_t fraction, Bytes frame) {
    return record(seconds, fraction, frame, static_cast<std::uint32_t>(frame.size()));
  }
  PcapBuilder& record(std::uint32_t seconds, std::uint32_t fraction, Bytes frame,
                      std::uint32_t wire_bytes) {
    return head(seconds, fraction, static_cast<std::uint32_t>(frame.size()), wire_bytes).raw(frame);
  }
  PcapBuilder& head(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured_bytes,
                    std::uint32_t wire_bytes) {
    out_.u32(seconds).u32(fraction).u32(captured_bytes).u32(wire_bytes);
    if (modified_) out_.u32(7).u32(0x0800);
    return *this;
  }
  PcapBuilder& raw(Bytes run) {
    out_.bytes(run);
    return *this;
  }

  [[nodiscard]] const Buffer& file() const { return out_.file(); }

 private:
  FileBuilder out_;
  bool modified_;
};

/// A pcapng file, block by block. It starts empty: the first block is a section().
class PcapngBuilder {
 public:
  explicit PcapngBuilder(std::endian order = std::endian::little) : out_(order) {}

  /// Any block. `claimed_bytes` and `end_bytes`, when given, lie about its length.
  PcapngBuilder& block(std::uint32_t type, Bytes body, std::uint32_t claimed_bytes = 0,
                       std::uint32_t end_bytes = 0) {
    const auto padded = static_cast<std::uint32_t>((body.size() + 3) / 4 * 4 + 12);
    const std::uint32_t total = claimed_bytes != 0 ? claimed_bytes : padded;
    out_.u32(type).u32(total).bytes(body).pad_to_32_bits();
    out_.u32(end_bytes != 0 ? end_bytes : total);
    return *this;
  }

  PcapngBuilder& section(std::uint64_t length = UINT64_MAX, std::uint16_t major = 1) {
    return block(0x0a0d0d0a, part().u32(0x1a2b3c4d).u16(major).u16(0).u64(length).file());
  }
  PcapngBuilder& interface(std::uint16_t link_type, std::uint32_t snap_bytes = 0,
                           const Buffer& options = {}) {
    return block(1, part().u16(link_type).u16(0).u32(snap_bytes).bytes(options).file());
  }
  PcapngBuilder& enhanced(std::uint32_t interface, std::uint64_t ticks, Bytes frame,
                          std::uint32_t wire_bytes, const Buffer& options = {}) {
    return block(6, part()
                        .u32(interface)
                        .u32(static_cast<std::uint32_t>(ticks >> 32))
                        .u32(static_cast<std::uint32_t>(ticks))
                        .u32(static_cast<std::uint32_t>(frame.size()))
                        .u32(wire_bytes)
                        .bytes(frame)
                        .pad_to_32_bits()
                        .bytes(options)
                        .file());
  }
  PcapngBuilder& enhanced(std::uint32_t interface, std::uint64_t ticks, Bytes frame) {
    return enhanced(interface, ticks, frame, static_cast<std::uint32_t>(frame.size()));
  }
  PcapngBuilder& obsolete(std::uint16_t interface, std::uint64_t ticks, Bytes frame) {
    const auto size = static_cast<std::uint32_t>(frame.size());
    return block(2, part()
                        .u16(interface)
                        .u16(0)
                        .u32(static_cast<std::uint32_t>(ticks >> 32))
                        .u32(static_cast<std::uint32_t>(ticks))
                        .u32(size)
                        .u32(size)
                        .bytes(frame)
                        .file());
  }
  PcapngBuilder& simple(Bytes frame, std::uint32_t wire_bytes) {
    return block(3, part().u32(wire_bytes).bytes(frame).file());
  }
  PcapngBuilder& raw(Bytes run) {
    out_.bytes(run);
    return *this;
  }

  /// One option, to be joined to others.
  [[nodiscard]] Buffer option(std::uint16_t code, Bytes value) const {
    const auto size = static_cast<std::uint16_t>(value.size());
    return part().u16(code).u16(size).bytes(value).pad_to_32_bits().file();
  }
  [[nodiscard]] Buffer resolution(std::uint8_t value) const { return option(9, {&value, 1}); }
  [[nodiscard]] Buffer time_offset(std::int64_t seconds) const {
    return option(14, part().u64(static_cast<std::uint64_t>(seconds)).file());
  }

  [[nodiscard]] FileBuilder part() const { return FileBuilder{out_.order()}; }
  [[nodiscard]] const Buffer& file() const { return out_.file(); }

 private:
  FileBuilder out_;
};

[[nodiscard]] inline Buffer joined(Buffer a, const Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace heptap::test
