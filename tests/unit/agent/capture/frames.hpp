#pragma once

#include <zlib.h>

#include <catch2/catch.hpp>
#include <memory>
#include <ostream>
#include <vector>

#include "agent/capture/file_source.hpp"
#include "tests/support/capture_builder.hpp"
#include "tests/support/memory_stream.hpp"

namespace heptap::test {

/// A frame that outlives its file.
struct Frame {
  std::int64_t time_ns;
  std::uint32_t link_type;
  std::uint32_t interface_id;
  std::uint32_t wire_bytes;
  Buffer bytes;

  bool operator==(const Frame&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Frame& f) {
  return out << "{t " << f.time_ns << " link " << f.link_type << " if " << f.interface_id
             << " wire " << f.wire_bytes << " bytes " << f.bytes.size() << '}';
}

/// All that a file gave.
struct Reading {
  std::vector<Frame> frames;
  ReadState state = ReadState::frame;
  Damage damage;
  std::uint64_t bad_records = 0;
};

inline Reading read_all(CaptureFile file) {
  Reading all;
  RawFrame frame;
  while ((all.state = file.next(frame)) == ReadState::frame) {
    all.frames.push_back({frame.time_ns, frame.link_type, frame.interface_id, frame.wire_bytes,
                          Buffer(frame.bytes.begin(), frame.bytes.end())});
  }
  CHECK(file.next(frame) == all.state);  // it keeps saying so
  all.damage = file.damage();
  all.bad_records = file.bad_packets().count + file.bad_interfaces().count;
  return all;
}

inline Reading read_all(Bytes file, std::size_t step = SIZE_MAX, StreamFailure failure = {}) {
  return read_all(
      CaptureFile::from_stream(std::make_unique<MemoryStream>(file, step, failure), "test"));
}

/// One gzip member.
inline Buffer gzipped(Bytes in) {
  z_stream zlib{};
  REQUIRE(deflateInit2(&zlib, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Buffer out(deflateBound(&zlib, in.size()));
  zlib.next_in = const_cast<Bytef*>(in.data());  // NOLINT: zlib only reads it
  zlib.avail_in = static_cast<uInt>(in.size());
  zlib.next_out = out.data();
  zlib.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&zlib, Z_FINISH) == Z_STREAM_END);
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}

/// `size` bytes that differ from place to place and from `seed` to `seed`.
inline Buffer payload(std::size_t size, std::size_t seed) {
  Buffer out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 7 + seed * 31 + 1);
  return out;
}

}  // namespace heptap::test
