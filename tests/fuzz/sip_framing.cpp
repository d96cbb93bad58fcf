// A stream has the same parts however it is cut in two, be it in step or seen from its middle; all
// that is in it is a part; and what is found by searching is taken, or nobody would get on.
#include <numeric>

#include "tests/fuzz/require.hpp"
#include "tests/support/sip_stream_reader.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::size_t most_cuts = 64;  // so that long inputs do not take long

SipStreamReader read(std::string_view text, std::size_t cut, bool in_step) {
  SipStreamReader reader(in_step);
  reader.add(text.substr(0, cut));
  reader.add(text.substr(cut));
  reader.finish();
  return reader;
}

void require_progress(Bytes in) {
  SipView view;
  const SipFrame found = find_sip(in, false, view);
  const bool is_at_front = found.part == SipPart::junk && found.size_bytes == 0;
  require(!is_at_front || frame_sip(in, false, view).part != SipPart::junk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const std::string_view text = as_text({data, size});
  if (size != 0) require_progress({data, size});
  for (const bool in_step : {true, false}) {
    const SipStreamReader whole = read(text, size, in_step);
    require(whole.held().empty());
    require(std::accumulate(whole.bytes().begin(), whole.bytes().end(), std::size_t{0}) == size);
    for (const std::string& message : whole.messages) {
      require(text.find(message) != std::string_view::npos);
    }
    for (std::size_t cut = 1; cut < size; cut += 1 + size / most_cuts) {
      const SipStreamReader halves = read(text, cut, in_step);
      require(halves.messages == whole.messages && halves.bytes() == whole.bytes());
    }
  }
  return 0;
}
