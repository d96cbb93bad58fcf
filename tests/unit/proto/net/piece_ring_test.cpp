#include "proto/net/piece_ring.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "tests/support/frame_builder.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t begin_of_all = 0xffffff00;  // places wrap around soon behind it

/// A ring, and beside it each octet of each owner in a map.
class Watched {
 public:
  Watched(std::size_t max_bytes, std::size_t owners)
      : ring_(max_bytes),
        max_bytes_(max_bytes),
        lists_(owners, PieceRing::empty_list),
        octets_(owners) {}

  std::size_t insert(std::uint32_t owner, std::uint32_t place, const Frame& bytes) {
    PieceList& list = lists_[owner];
    const std::uint32_t begin = begin_of_all + place;
    const std::size_t overlaps = ring_.count_overlaps(list, begin, bytes.size());
    REQUIRE(overlaps == pieces_between(owner, begin, bytes.size()));
    ring_.make_room(bytes.size(), overlaps + 1, [this](std::uint32_t old) { evict(old); });
    const PieceOrigin origin{++inserted_, 7, 0xb8, 0x18, {}};
    const std::size_t added = ring_.insert(list, owner, begin, bytes, origin);
    std::size_t fresh = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto at = static_cast<std::uint32_t>(place + i);
      fresh += octets_[owner].try_emplace(at, Octet{bytes[i], inserted_}).second ? 1U : 0U;
    }
    REQUIRE(added == fresh);
    return added;
  }

  void release_front(std::uint32_t owner, std::size_t count) {
    ring_.release_front(lists_[owner], count);
    auto& octets = octets_[owner];
    const auto last = static_cast<std::ptrdiff_t>(std::min(count, octets.size()));
    octets.erase(octets.begin(), std::next(octets.begin(), last));
  }

  /// As a list of its own, joined to what the owner has in front of it.
  void append(std::uint32_t owner, const Frame& bytes) {
    ring_.make_room(bytes.size(), 1, [this](std::uint32_t old) { evict(old); });
    const PieceList front = std::exchange(lists_[owner], PieceRing::empty_list);
    const auto& octets = octets_[owner];
    insert(owner, octets.empty() ? 0 : octets.rbegin()->first + 1, bytes);
    if (front.first != PieceRing::none) lists_[owner] = ring_.join(front, lists_[owner]);
  }

  void release(std::uint32_t owner) {
    ring_.release(lists_[owner]);
    octets_[owner].clear();
  }

  void check() const {
    std::size_t pieces = 0;
    std::size_t bytes = 0;
    for (std::uint32_t owner = 0; owner < lists_.size(); ++owner) {
      pieces += check_list(owner);
      bytes += octets_[owner].size();
    }
    REQUIRE(pieces <= ring_.count());
    REQUIRE(ring_.count() <= ring_.max_pieces());
    REQUIRE(bytes <= max_bytes_);
    if (bytes == 0) REQUIRE(ring_.count() == 0);
  }

  [[nodiscard]] const PieceRing& ring() const { return ring_; }
  [[nodiscard]] std::size_t held(std::uint32_t owner) const { return octets_[owner].size(); }
  [[nodiscard]] const std::vector<std::uint32_t>& evicted() const { return evicted_; }

 private:
  struct Octet {
    std::uint8_t value;
    std::int64_t insertion;
  };

  // The owner of the oldest octet that anybody has must be the one.
  void evict(std::uint32_t owner) {
    const auto oldest_of = [](const auto& octets) {
      std::int64_t oldest = INT64_MAX;
      for (const auto& [place, octet] : octets) oldest = std::min(oldest, octet.insertion);
      return oldest;
    };
    for (const auto& octets : octets_) REQUIRE(oldest_of(octets_[owner]) <= oldest_of(octets));
    evicted_.push_back(owner);
    release(owner);
  }

  [[nodiscard]] std::size_t pieces_between(std::uint32_t owner, std::uint32_t begin,
                                           std::size_t size) const {
    std::size_t count = 0;
    for (std::uint32_t at = lists_[owner].first; at != PieceRing::none; at = ring_[at].next) {
      const std::int64_t from = static_cast<std::int32_t>(ring_[at].begin - begin);
      const bool meets = from < static_cast<std::int64_t>(size) && from + ring_[at].size_bytes > 0;
      count += meets ? 1 : 0;
    }
    return count;
  }

  [[nodiscard]] std::size_t check_list(std::uint32_t owner) const {
    std::size_t count = 0;
    auto octet = octets_[owner].begin();
    std::uint32_t before = PieceRing::none;
    for (std::uint32_t at = lists_[owner].first; at != PieceRing::none; at = ring_[at].next) {
      const Piece& piece = ring_[at];
      REQUIRE(piece.owner == owner);
      REQUIRE(piece.previous == before);
      REQUIRE(piece.origin.vlan_id == 7);
      for (std::uint32_t i = 0; i < piece.size_bytes; ++i, ++octet) {
        REQUIRE(octet != octets_[owner].end());
        if (octet->first != piece.begin + i - begin_of_all ||
            octet->second.value != ring_.bytes(at)[i] ||
            octet->second.insertion != piece.origin.time_us) {
          FAIL("octet " << i << " of a piece of owner " << owner);
        }
      }
      before = at;
      ++count;
    }
    REQUIRE(octet == octets_[owner].end());
    REQUIRE(lists_[owner].last == before);
    return count;
  }

  PieceRing ring_;
  std::size_t max_bytes_;
  std::vector<PieceList> lists_;
  std::vector<std::map<std::uint32_t, Octet>> octets_;
  std::vector<std::uint32_t> evicted_;
  std::int64_t inserted_ = 0;
};

Frame some(std::mt19937_64& random, std::size_t size) {
  Frame out(size);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

}  // namespace

TEST_CASE("it holds what a map holds, whatever comes") {
  struct Row {
    const char* why;
    std::size_t max_bytes;
    std::size_t max_piece;
    std::size_t owners;
    std::size_t places;
  };
  const auto row = GENERATE(values<Row>({
      {"few octets", 1000, 100, 5, 600},
      {"pieces as large as the ring", 64, 64, 3, 200},
      {"tiny pieces, more octets than descriptions", 1 << 14, 2, 40, 4000},
      {"hardly ever anything to make room for", 1 << 14, 300, 5, 2000},
      {"in the small stretch and in the large one", 1 << 16, 4000, 40, 20'000},
      {"in the small stretch most of the time", 1 << 16, 200, 5, 2000},
  }));
  CAPTURE(row.why);
  std::mt19937_64 random = test_random();
  Watched watched(row.max_bytes, row.owners);
  for (int step = 0; step < 20'000; ++step) {
    const auto owner = static_cast<std::uint32_t>(below(random, row.owners));
    switch (below(random, 20)) {
      case 0: watched.release_front(owner, below(random, 2 * row.max_piece)); break;
      case 1: watched.append(owner, some(random, 1 + below(random, row.max_piece))); break;
      case 2:
        if (below(random, 10) == 0) watched.release(owner);
        break;
      default: {
        const auto place = static_cast<std::uint32_t>(below(random, row.places));
        watched.insert(owner, place, some(random, 1 + below(random, row.max_piece)));
      }
    }
    if (step % 100 == 0) watched.check();
  }
}

TEST_CASE("the oldest make room, and no more of them than must") {
  Watched watched(1000, 6);
  for (std::uint32_t owner = 0; owner < 4; ++owner) watched.insert(owner, 0, Frame(250, 1));
  CHECK(watched.evicted().empty());
  watched.insert(4, 0, Frame(1, 1));
  CHECK(watched.evicted() == std::vector<std::uint32_t>{0});
  watched.insert(4, 1, Frame(249, 1));
  CHECK(watched.evicted().size() == 1);
  watched.insert(5, 0, Frame(300, 1));
  CHECK(watched.evicted() == std::vector<std::uint32_t>{0, 1, 2});
  watched.check();
}

TEST_CASE("bytes are in one piece: what does not fit behind the last goes to the front") {
  Watched watched(1000, 4);
  watched.insert(0, 0, Frame(400, 1));
  watched.insert(1, 0, Frame(400, 2));
  watched.insert(2, 0, Frame(300, 3));
  CHECK(watched.evicted() == std::vector<std::uint32_t>{0});
  watched.insert(3, 0, Frame(100, 4));
  CHECK(watched.evicted().size() == 1);
  watched.check();
}

TEST_CASE("an owner whose oldest piece makes room loses all") {
  Watched watched(1000, 2);
  watched.insert(0, 0, Frame(400, 1));
  watched.insert(1, 0, Frame(400, 2));
  watched.insert(0, 400, Frame(200, 3));
  watched.insert(1, 400, Frame(100, 4));
  CHECK(watched.evicted() == std::vector<std::uint32_t>{0});
  CHECK(watched.held(0) == 0);
  CHECK(watched.held(1) == 500);
  watched.check();
}

TEST_CASE("descriptions are as scarce as bytes") {
  Watched watched(1 << 16, 3);
  const auto most = static_cast<std::uint32_t>(watched.ring().max_pieces());
  for (std::uint32_t i = 0; i < most; ++i) watched.insert(i == 0 ? 0 : 1, 2 * i, Frame(1, 1));
  CHECK(watched.evicted().empty());
  CHECK(watched.ring().count() == most);
  watched.insert(2, 0, Frame(1, 1));
  CHECK(watched.evicted() == std::vector<std::uint32_t>{0});
  watched.check();
}

TEST_CASE("what is used up at the front makes room at once") {
  Watched watched(1000, 1);
  watched.insert(0, 0, Frame(100, 1));
  watched.insert(0, 100, Frame(100, 2));
  watched.release_front(0, 150);
  CHECK(watched.ring().count() == 1);
  watched.check();
}
