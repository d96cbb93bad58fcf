#include "proto/flow_table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "proto/hash.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

struct Key {
  std::uint32_t a = 0;
  std::uint32_t b = 0;

  friend auto operator<=>(const Key&, const Key&) = default;

  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    return hash_parts::fold((std::uint64_t{a} << 32U | b) ^ seed, hash_parts::key_a);
  }
};
using Table = FlowTable<Key, int>;

/// A table with two lists, and beside it a map and two rows of numbers.
class Watched {
 public:
  explicit Watched(std::uint64_t seed) : table_(max_entries, seed) {}

  void add(const Key& key, std::size_t list) {
    const std::uint32_t slot = table_.add(key);
    REQUIRE(slot <= max_entries);
    REQUIRE(slot != detached_);
    REQUIRE(std::none_of(map_.begin(), map_.end(), [&](auto& e) { return e.second == slot; }));
    map_.emplace(key, slot);
    append(slot, list);
  }

  void use_once_more(const Key& key, std::size_t list) {
    const std::uint32_t slot = map_.at(key);
    unlink(slot);
    append(slot, list);
  }

  void remove(const Key& key) {
    const std::uint32_t slot = map_.at(key);
    unlink(slot);
    table_.remove(slot);
    map_.erase(key);
  }

  /// One at a time may live on.
  void detach(const Key& key) {
    if (detached_) table_.free(*detached_);
    detached_ = map_.at(key);
    unlink(*detached_);
    table_.detach(*detached_);
    map_.erase(key);
  }

  [[nodiscard]] bool has(const Key& key) const {
    const auto known = map_.find(key);
    REQUIRE(table_.find(key) == (known == map_.end() ? Table::none : known->second));
    return known != map_.end();
  }

  [[nodiscard]] bool is_full() const {
    REQUIRE(table_.is_full() == (map_.size() == max_entries));
    return table_.is_full();
  }

  void check() const {
    REQUIRE(table_.size() == map_.size());
    for (std::size_t i = 0; i < 2; ++i) {
      REQUIRE(lists_[i].first == (rows_[i].empty() ? Table::none : rows_[i].front()));
      REQUIRE(lists_[i].last == (rows_[i].empty() ? Table::none : rows_[i].back()));
    }
  }

 private:
  void append(std::uint32_t slot, std::size_t list) {
    table_.append(lists_[list], slot);
    rows_[list].push_back(slot);
  }

  void unlink(std::uint32_t slot) {
    const std::size_t i = std::count(rows_[0].begin(), rows_[0].end(), slot) == 0 ? 1 : 0;
    table_.unlink(lists_[i], slot);
    std::erase(rows_[i], slot);
  }

  static constexpr std::size_t max_entries = 50;
  Table table_;
  SlotList lists_[2];
  std::map<Key, std::uint32_t> map_;
  std::vector<std::uint32_t> rows_[2];
  std::optional<std::uint32_t> detached_;
};

}  // namespace

TEST_CASE("an entry is found by its key until it is removed") {
  Table table(2, 1);
  CHECK(table.find({1, 2}) == Table::none);
  const std::uint32_t slot = table.add({1, 2});
  table[slot] = 7;
  CHECK(table.find({1, 2}) == slot);
  CHECK(table.find({2, 1}) == Table::none);
  CHECK(table.key(slot) == Key{1, 2});
  CHECK(table[table.find({1, 2})] == 7);
  CHECK(table.size() == 1);
  table.remove(slot);
  CHECK(table.find({1, 2}) == Table::none);
  CHECK(table.size() == 0);
  CHECK(table[table.add({3, 4})] == 7);  // as the last one left it
}

TEST_CASE("a detached entry lives on beside a new one of its key") {
  Table table(1, 1);
  const std::uint32_t old = table.add({1, 2});
  table[old] = 7;
  CHECK(table.is_full());
  table.detach(old);
  CHECK_FALSE(table.is_full());
  CHECK(table.find({1, 2}) == Table::none);
  const std::uint32_t fresh = table.add({1, 2});
  CHECK(fresh != old);
  CHECK(table.find({1, 2}) == fresh);
  CHECK(table[old] == 7);
  table.free(old);
  table.remove(fresh);
  CHECK(table.size() == 0);
}

TEST_CASE("another seed puts the same keys elsewhere, and finds them") {
  Table one(100, 1);
  Table other(100, 2);
  for (std::uint32_t i = 0; i < 100; ++i) {
    CHECK(one.add({i, 0}) == i);
    CHECK(other.add({i, 0}) == i);
  }
  for (std::uint32_t i = 0; i < 100; ++i) {
    CHECK(one.find({i, 0}) == i);
    CHECK(other.find({i, 0}) == i);
  }
}

TEST_CASE("keys of the same hash are told apart") {
  struct Same {
    int id = 0;
    bool operator==(const Same&) const = default;
    [[nodiscard]] static std::uint64_t hash(std::uint64_t seed) noexcept { return seed; }
  };
  FlowTable<Same, int> table(3, 1);
  const std::uint32_t first = table.add({1});
  const std::uint32_t second = table.add({2});
  const std::uint32_t third = table.add({3});
  CHECK(table.find({1}) == first);
  CHECK(table.find({2}) == second);
  CHECK(table.find({4}) == table.none);
  table.remove(second);
  CHECK(table.find({2}) == table.none);
  CHECK(table.find({1}) == first);
  CHECK(table.find({3}) == third);
}

TEST_CASE("keys and lists do what a map and a row of numbers do") {
  std::mt19937_64 random = test_random();
  Watched watched(random());
  for (int step = 0; step < 20'000; ++step) {
    const Key key{static_cast<std::uint32_t>(below(random, 10)),
                  static_cast<std::uint32_t>(below(random, 10))};
    const std::size_t list = below(random, 2);
    if (!watched.has(key)) {
      if (!watched.is_full()) watched.add(key, list);
    } else if (below(random, 2) == 0) {
      watched.use_once_more(key, list);
    } else if (below(random, 2) == 0) {
      watched.remove(key);
    } else {
      watched.detach(key);
    }
    watched.check();
  }
}

TEST_CASE("an entry takes its own bytes, those of its key, three links and a head") {
  struct Odd {
    std::uint64_t eight = 0;
    std::uint32_t four = 0;  // padding behind it
  };
  const FlowTable<Key, Odd> table(1024, 1);
  CHECK(table.use().memory_bytes == 1024 * 4 + 1025 * (8 + 4 + 8 + 3 * 4));
}

TEST_CASE("nothing is allocated after the start") {
  Table table(1000, 1);
  const AllocationCounter counter;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    if (table.is_full()) table.remove(table.find({i - 1000, i}));
    static_cast<void>(table.add({i, i + 1000}));
  }
  CHECK(counter.count() == 0);
  CHECK(table.size() == 1000);
}
