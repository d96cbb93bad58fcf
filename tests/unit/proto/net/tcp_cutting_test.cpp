// However a stream is cut into segments, TcpStreams gives its bytes once and in order.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/net/tcp_streams.hpp"
#include "tests/support/stream_reader.hpp"
#include "tests/support/tcp_segment.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Random = std::mt19937_64;

const StreamLimits limits{.max_bytes = 1 << 16, .max_streams = 4, .max_stream_bytes = 1 << 16};

struct Cut {
  std::size_t offset;
  std::string bytes;
};

/// Line ends of all kinds among few letters.
std::string random_text(Random& random, std::size_t size) {
  std::string out;
  while (out.size() < size) out.push_back("\r\n\nab"[below(random, 5)]);
  return out;
}

/// A cutting without holes: pieces of up to `most` bytes, each of a text of its own.
void cut(Random& random, std::size_t size, std::size_t most, std::vector<Cut>& out) {
  for (std::size_t at = 0; at < size;) {
    const std::size_t piece = std::min(size - at, 1 + below(random, most));
    out.push_back({at, random_text(random, piece)});
    at += piece;
  }
}

/// What the bytes are when the first of each place wins.
class FirstWins {
 public:
  explicit FirstWins(std::size_t size) : text_(size, '?'), known_(size, false) {}

  void add(const Cut& cut) {
    for (std::size_t i = 0; i < cut.bytes.size(); ++i) {
      if (!known_[cut.offset + i]) text_[cut.offset + i] = cut.bytes[i];
      known_[cut.offset + i] = true;
    }
  }
  [[nodiscard]] std::string_view in_order() const {
    const auto end = std::find(known_.begin(), known_.end(), false);
    return std::string_view(text_).substr(0, static_cast<std::size_t>(end - known_.begin()));
  }

 private:
  std::string text_;
  std::vector<bool> known_;
};

/// Uses some bytes, and waits for anything a reader may wait for.
StreamReader random_reader(Random& random) {
  return StreamReader([&random](const StreamRun& run) {
    const std::size_t used = below(random, 3) == 0 ? 0 : below(random, run.bytes.size() + 1);
    const std::size_t rest = run.bytes.size() - used;
    StreamNeed need{.bytes = rest + 1 + below(random, 40)};
    if (below(random, 2) == 0) {
      need = {.bytes = rest + 1, .blank_line = true, .without_line = rest + 100};
    }
    return Leaves{used, below(random, 4) == 0 ? StreamNeed{} : need};
  });
}

/// Whether an empty line ends behind `from`.
bool has_blank_line(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i < text.size(); ++i) {
    const std::string_view up_to = text.substr(0, i + 1);
    if (up_to.ends_with("\n\n") || up_to.ends_with("\n\r\n")) return true;
  }
  return false;
}

/// Whether the reader was not asked although what it waits for is there.
bool is_overlooked(const ReadStream& stream, std::string_view in_order) {
  const std::string_view unused = in_order.substr(stream.text.size());
  const StreamNeed& need = stream.need;
  if (unused.size() == stream.left.size() || unused.size() < need.bytes) return false;
  return !need.blank_line || unused.size() >= need.without_line ||
         has_blank_line(unused, stream.left.size());
}

}  // namespace

TEST_CASE(
    "any cutting, in any order, with copies and overlaps, gives the same "
    "bytes once") {
  Random random = test_random();
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const std::size_t size = 1 + below(random, 400);
    const std::size_t most = 1 + below(random, below(random, 2) == 0 ? 3 : 100);
    std::vector<Cut> cuts;
    for (std::size_t copies = 1 + below(random, 3); copies > 0; --copies) {
      cut(random, size, most, cuts);
    }
    if (below(random, 4) != 0) std::shuffle(cuts.begin(), cuts.end(), random);
    const auto first =
        static_cast<std::uint32_t>(below(random, 2) == 0 ? random() : -below(random, size));
    TcpStreams streams(limits, opens_none);
    StreamReader reader = random_reader(random);
    reader.take(streams, segment(first - 1, {}, tcp_flag::syn));
    FirstWins want(size);
    for (const Cut& piece : cuts) {
      want.add(piece);
      reader.take(streams, segment(first + static_cast<std::uint32_t>(piece.offset), piece.bytes));
      REQUIRE(adds_up(streams.counts()));
      if (reader.streams.empty()) continue;
      const ReadStream& stream = reader.streams.front();
      REQUIRE(want.in_order().starts_with(stream.text + stream.left));
      REQUIRE_FALSE(is_overlooked(stream, want.in_order()));
    }
    reader.take(streams, segment(first + static_cast<std::uint32_t>(size), {}, tcp_flag::fin));
    REQUIRE(reader.streams.size() == 1);
    REQUIRE(reader.streams[0].text == want.in_order());
    REQUIRE(reader.streams[0].text.size() == size);
    REQUIRE(reader.streams[0].gaps.empty());
    REQUIRE(streams.counts().held == 0);
  }
}
