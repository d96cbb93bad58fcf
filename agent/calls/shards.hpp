#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace heptap {

/// The parts of a table, each with what hashes to it. A table that threads share has several, each with a
/// lock of its own that is held for one action; one that a single thread uses has one, and no lock.
template <class Part>
class Shards {
 public:
  /// count     when shared: a power of two, at most 64
  /// make      gives a part; called for each, with how many there are
  template <class Make>
  Shards(bool is_shared, std::size_t count, Make make)
      : is_shared_(is_shared), mask_(is_shared ? count - 1 : 0) {
    while (shards_.size() <= mask_) shards_.push_back(std::make_unique<Shard>(make, mask_ + 1));
  }

  [[nodiscard]] std::size_t count() const noexcept { return shards_.size(); }

  /// Without a lock: for what any thread may ask of a part.
  [[nodiscard]] const Part& peek(std::uint64_t hash) const noexcept { return of(hash).part; }

  /// action    takes the part that the hash falls to
  /// gives     what it gives
  template <class Action>
  decltype(auto) with(std::uint64_t hash, Action action) const {  // NOLINT(modernize-use-nodiscard)
    return locked(of(hash), action);
  }
  /// The same of a part by its number, modulo count().
  template <class Action>
  decltype(auto) with_number(std::size_t number, Action action) const {
    return locked(*shards_[number & mask_], action);
  }
  /// Each part in turn.
  template <class Action>
  void for_each(Action action) const {
    for (const auto& shard : shards_) locked(*shard, action);
  }
  /// gives     the sum of what `get` gives of each part
  template <class Get>
  [[nodiscard]] auto sum(Get get) const {
    std::remove_cvref_t<decltype(get(std::declval<Part&>()))> total{};
    for_each([&](Part& part) { total += get(part); });
    return total;
  }

 private:
  struct alignas(64) Shard {
    template <class Make>
    Shard(Make& make, std::size_t count) : part(make(count)) {}
    std::mutex mutex;
    Part part;
  };

  // By the hash's highest bits: the lowest are those of indexes and chains.
  [[nodiscard]] Shard& of(std::uint64_t hash) const noexcept {
    return *shards_[(hash >> 58U) & mask_];
  }
  template <class Action>
  decltype(auto) locked(Shard& shard, Action& action) const {
    if (!is_shared_) return action(shard.part);
    const std::lock_guard lock(shard.mutex);
    return action(shard.part);
  }

  bool is_shared_;
  std::size_t mask_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace heptap
