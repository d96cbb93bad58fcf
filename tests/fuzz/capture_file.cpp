// Any bytes, cut into reads of any size, are refused, or read to an end or to damage within them.
#include "agent/capture/file_source.hpp"

#include <cstdlib>

#include "tests/support/memory_stream.hpp"

using namespace heptap;

// The first byte chooses the size of the reads.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  if (size == 0) return 0;
  const std::size_t step = data[0] == 0 ? SIZE_MAX : data[0];
  auto stream = std::make_unique<test::MemoryStream>(Bytes{data + 1, size - 1}, step);
  try {
    CaptureFile file = CaptureFile::from_stream(std::move(stream), "fuzz");
    RawFrame frame;
    volatile unsigned sum = 0;  // all bytes are there to be read, and are read
    while (file.next(frame) == ReadState::frame) {
      if (frame.wire_bytes < frame.bytes.size()) std::abort();
      for (const std::uint8_t byte : frame.bytes) sum = sum + byte;
    }
    if (file.bytes_read() > size - 1) std::abort();
    if (file.next(frame) == ReadState::frame) std::abort();
  } catch (const CaptureError&) {
  }
  return 0;
}
