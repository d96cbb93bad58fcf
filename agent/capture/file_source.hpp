#pragma once

#include <memory>
#include <string>
#include <variant>

#include "agent/capture/byte_source.hpp"
#include "agent/capture/capture_error.hpp"
#include "agent/capture/file_stream.hpp"
#include "agent/capture/pcap_reader.hpp"
#include "agent/capture/pcapng_reader.hpp"
#include "agent/capture/raw_frame.hpp"
#include "agent/capture/read_state.hpp"

namespace heptap {

/// The frames of a capture file: pcap (micro- and nanoseconds, either byte order) or pcapng (any
/// number of sections, interfaces and link types), plain or gzipped, whatever its name ends in.
class CaptureFile {
 public:
  /// Reads enough to know the format.
  /// path      "-" is standard input
  /// wait      for a pipe or FIFO; one that is told to stop ends there, perhaps within a record
  /// errors    CaptureError
  [[nodiscard]] static CaptureFile open(const std::string& path, InputWait wait = {});

  /// The same from any stream; `name` is what errors call it.
  [[nodiscard]] static CaptureFile from_stream(std::unique_ptr<ByteStream> stream,
                                               const std::string& name);

  /// Gives the next frame. Once it says end or damaged it keeps saying so.
  /// lifetime  out.bytes live until the next call
  [[nodiscard]] ReadState next(RawFrame& out) noexcept;

  /// gives     where and why next() said damaged; meaningless before
  [[nodiscard]] const Damage& damage() const noexcept { return damage_; }

  /// gives     as PcapngReader has them; none for a pcap file
  [[nodiscard]] BadRecords bad_packets() const noexcept;
  [[nodiscard]] BadRecords bad_interfaces() const noexcept;

  /// For a progress line: both count bytes of the file as it lies on disk.
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return source_.file_bytes(); }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }  ///< 0: unknown

 private:
  using Reader = std::variant<PcapReader, PcapngReader>;
  CaptureFile(ByteSource source, bool compressed, Reader reader);

  ByteSource source_;
  bool compressed_;
  Reader reader_;
  std::uint64_t size_bytes_ = 0;
  ReadState state_ = ReadState::frame;
  Damage damage_;
};

}  // namespace heptap
