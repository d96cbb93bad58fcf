// Why capture files are not read through libpcap, which stays for live capture and as the judge in
// the tests:
//   - it refuses a pcapng file whose interfaces differ in link type or snap length, which is what
//     `dumpcap -i any -i tun0` and mergecap write;
//   - it says that a file is damaged, but not at which byte, and reads no gzip;
//   - it costs 0.17 us a packet against 0.045 us for parsing records in one large buffer (0.25
//     against 0.14 when each record is also copied out, as fread does), and all that heptap does
//     with a packet has 1 us.
//
// A file passes three layers: a ByteStream (FileStream, and GzipStream stacked on it) is read(2) to
// what is above; ByteSource is the window that makes a record lie in one piece; PcapReader and
// PcapngReader find records in the window and turn them into frames that borrow from it.
#include "agent/capture/file_source.hpp"

#include <utility>

#include "agent/capture/gzip_stream.hpp"

namespace heptap {
namespace {

constexpr std::size_t magic_bytes = 4;

/// What people feed us that is something else, and what to do about it.
struct OtherFormat {
  std::string_view magic;
  std::string_view what;
};
constexpr OtherFormat other_formats[] = {
    {"\x28\xb5\x2f\xfd", "is compressed with zstd; use: zstd -dc FILE | heptap replay -"},
    {"\xfd\x37zX", "is compressed with xz; use: xz -dc FILE | heptap replay -"},
    {"BZh", "is compressed with bzip2; use: bzip2 -dc FILE | heptap replay -"},
    {"snoo", "is a snoop capture; convert it with: editcap FILE out.pcapng"},
};

[[noreturn]] void refuse(CaptureError::Kind kind, const std::string& name, std::string_view why) {
  throw CaptureError(kind, name + ": " + std::string{why});
}

[[noreturn]] void refuse_content(const ByteSource& source, Bytes start, const std::string& name) {
  const StreamFailure failure = source.failure();
  if (failure && failure.error_number != 0) {
    refuse(CaptureError::Kind::unavailable, name, failure.reason);
  }
  constexpr auto kind = CaptureError::Kind::not_a_capture;
  if (failure) refuse(kind, name, failure.reason);
  if (start.empty()) refuse(kind, name, "is empty");
  for (const OtherFormat& other : other_formats) {
    if (as_text(start).starts_with(other.magic)) refuse(kind, name, other.what);
  }
  refuse(kind, name, "neither a pcap nor a pcapng file");
}

/// gives     whether these first four bytes are those of a pcapng file
bool is_pcapng(Bytes start) noexcept {
  ByteReader r{start};
  return r.be32() == pcapng_section_header;
}

}  // namespace

CaptureFile::CaptureFile(ByteSource source, bool compressed, Reader reader)
    : source_(std::move(source)), compressed_(compressed), reader_(std::move(reader)) {}

CaptureFile CaptureFile::open(const std::string& path, InputWait wait) {
  auto stream = std::make_unique<FileStream>(path, std::move(wait));
  const std::uint64_t size_bytes = stream->size_bytes();
  CaptureFile file = from_stream(std::move(stream), path == "-" ? "standard input" : path);
  file.size_bytes_ = size_bytes;
  return file;
}

CaptureFile CaptureFile::from_stream(std::unique_ptr<ByteStream> stream, const std::string& name) {
  ByteSource source{std::move(stream)};
  Bytes start = source.at_least(magic_bytes);
  const bool compressed = is_gzip(start);
  if (compressed) {
    source = ByteSource{std::make_unique<GzipStream>(std::move(source))};
    start = source.at_least(magic_bytes);
  }
  if (is_pcap(start)) return {std::move(source), compressed, PcapReader{}};
  if (is_pcapng(start)) return {std::move(source), compressed, PcapngReader{}};
  refuse_content(source, start, name);
}

ReadState CaptureFile::next(RawFrame& out) noexcept {
  if (state_ != ReadState::frame) return state_;
  if (auto* pcap = std::get_if<PcapReader>(&reader_)) {
    state_ = pcap->next(source_, out, damage_);
  } else if (auto* pcapng = std::get_if<PcapngReader>(&reader_)) {
    state_ = pcapng->next(source_, out, damage_);
  }
  if (state_ == ReadState::damaged && compressed_) {
    damage_.compressed_offset = source_.file_bytes();
  }
  return state_;
}

BadRecords CaptureFile::bad_packets() const noexcept {
  const auto* pcapng = std::get_if<PcapngReader>(&reader_);
  return pcapng == nullptr ? BadRecords{} : pcapng->bad_packets();
}

BadRecords CaptureFile::bad_interfaces() const noexcept {
  const auto* pcapng = std::get_if<PcapngReader>(&reader_);
  return pcapng == nullptr ? BadRecords{} : pcapng->bad_interfaces();
}

}  // namespace heptap
