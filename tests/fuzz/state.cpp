// Whatever lies in the place of a file of state: what of it is read is within its bounds, is written
// again as the same bytes, and can be put into tables that go on with it.
//
// input     SavedKind and size (two bytes, little-endian) of a record, and its bytes, again and again; or
//           a whole file, which begins with "HT"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "agent/state/saved_tables.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

namespace {

constexpr std::int64_t now_us = 1'700'000'000'000'000;

constexpr std::string_view message =
    "BYE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=a\r\n"
    "To: <sip:b>;tag=b\r\nCall-ID: c\r\nCSeq: 2 BYE\r\n\r\n";

/// Tables, and what goes on in them.
struct Run {
  CallTable calls{{.max_entries = 4, .keep_details = true}};
  MediaCalls media{{.max_calls = 4}};
  TrackedCalls tracked{KpiOptions{.limits = {.max_calls = 4}}};

  SavedTables all() { return {.calls = calls, .media = &media, .tracked = &tracked}; }

  void go_on(std::uint64_t call) {
    static SipView sip;
    static SdpView sdp;
    static MediaText text;
    require(parse_sip(as_bytes(message), sip) == Errc::none);
    const Packet packet;
    calls.update(call, sip, packet, now_us + 1, 1);
    media.learn(call, sip, packet, now_us + 1, sdp);
    tracked.update(call, sip, packet, now_us + 1);
    static_cast<void>(media.state(call, now_us + 2, text));
    static_cast<void>(media.find_rtp({}, 1, 0, now_us + 2, text));
    for (int day = 0; day < 2; ++day) tracked.look(0, now_us + day * 86'400'000'000);
    require(calls.size() <= 4 && media.use().entries <= 4 && tracked.use().entries <= 4);
  }
};

template <class Saved>
void take(Bytes bytes, Run& run) {
  Saved saved;
  if (!decode(bytes, saved)) return;
  std::vector<std::uint8_t> again;
  require(encode(saved, again));
  require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
  TableRestorer(run.all(), now_us).take(saved);
}

std::uint64_t hash_of(Bytes bytes) { return ByteReader(bytes).be64(); }

void take_records(Bytes in) {
  Run run;
  for (ByteReader r(in); !r.rest().empty();) {
    const std::uint8_t kind = r.u8();
    const std::size_t size = r.le16();
    const Bytes record = r.bytes(std::min(size, r.rest().size()));
    switch (static_cast<SavedKind>(kind % 6)) {
      case SavedKind::run: take<SavedRun>(record, run); break;
      case SavedKind::call: take<SavedCall>(record, run); break;
      case SavedKind::media: take<SavedMedia>(record, run); break;
      case SavedKind::tracked: take<SavedTracked>(record, run); break;
      case SavedKind::verdict: take<SavedVerdict>(record, run); break;
      case SavedKind::end: break;
    }
    run.go_on(hash_of(record));
  }
  run.tracked.finish();
  run.calls.finish();
}

/// The input as a file, which has no name any more.
SpoolFile file_of(Bytes in) {
  std::string name = "/tmp/heptap-fuzz-XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  require(descriptor >= 0);
  ::close(descriptor);
  SpoolFile file;
  require(!file.open(AT_FDCWD, name, O_RDWR));
  ::unlink(name.c_str());
  require(!file.write(in, 0));
  return file;
}

void take_file(Bytes in) {
  Run run;
  TableRestorer restorer(run.all(), now_us);
  static_cast<void>(read_state(file_of(in), restorer));
  run.go_on(1);
}

}  // namespace

// libFuzzer's name for the entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const std::vector<std::uint8_t> input = heptap::test::exact_block(data, size);
  const bool is_file = size >= 2 && input[0] == 'H' && input[1] == 'T';
  is_file ? take_file(input) : take_records(input);
  return 0;
}
