#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heptap {

inline constexpr std::uint32_t no_node = ~std::uint32_t{0};

/// A fixed number of nodes that any owner may take. Nothing is allocated after the start; memory is
/// touched when it is used for the first time.
/// Node      has a std::uint32_t next
template <class Node>
class NodePool {
 public:
  explicit NodePool(std::size_t max_nodes) : max_nodes_(max_nodes) { nodes_.reserve(max_nodes); }

  [[nodiscard]] std::size_t left() const noexcept { return max_nodes_ - used_; }
  [[nodiscard]] std::size_t size() const noexcept { return used_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return nodes_.capacity() * sizeof(Node);
  }

  [[nodiscard]] Node& operator[](std::uint32_t at) noexcept { return nodes_[at]; }
  [[nodiscard]] const Node& operator[](std::uint32_t at) const noexcept { return nodes_[at]; }

  /// gives     a node as new; no_node when all are taken
  std::uint32_t take() noexcept {
    std::uint32_t at = free_;
    if (at != no_node) {
      free_ = nodes_[at].next;
      nodes_[at] = Node{};
    } else {
      if (nodes_.size() == max_nodes_) return no_node;
      at = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    }
    ++used_;
    return at;
  }

  void give_back(std::uint32_t at) noexcept {
    nodes_[at].next = free_;
    free_ = at;
    --used_;
  }

 private:
  std::size_t max_nodes_;
  std::vector<Node> nodes_;
  std::uint32_t free_ = no_node;
  std::size_t used_ = 0;
};

/// The first few nodes of an owner, which lie in itself: seldom does it need more, and they come into
/// the cache together.
template <class Node, std::uint32_t N>
struct NearNodes {
  static_assert(N < 8);

  std::array<Node, N> nodes{};
  std::uint8_t used = 0;  ///< bit i set: nodes[i] is
};

/// Chains of nodes of one owner, who keeps their heads: of its own nodes first, then of a pool's.
/// lifetime  until the owner moves
template <class Node, std::uint32_t N>
class NodeChains {
 public:
  NodeChains(NearNodes<Node, N>& near, NodePool<Node>& pool) noexcept : near_(near), pool_(pool) {}

  [[nodiscard]] Node& operator[](std::uint32_t at) const noexcept {
    return at < N ? near_.nodes[at] : pool_[at - N];
  }

  /// gives     a node as new, in front of the chain; no_node when all are taken
  std::uint32_t push_front(std::uint32_t& head) const noexcept {
    const std::uint32_t at = take();
    if (at == no_node) return no_node;
    (*this)[at].next = head;
    head = at;
    return at;
  }

  /// The same at the end of the chain.
  std::uint32_t push_back(std::uint32_t& head) const noexcept {
    const std::uint32_t at = take();
    if (at == no_node) return no_node;
    (*this)[at].next = no_node;
    *end_of(head) = at;
    return at;
  }

  /// at        in this chain
  void erase(std::uint32_t& head, std::uint32_t at) const noexcept {
    std::uint32_t* link = &head;
    while (*link != at) link = &(*this)[*link].next;
    *link = (*this)[at].next;
    give_back(at);
  }

  void clear(std::uint32_t& head) const noexcept {
    while (head != no_node) {
      const std::uint32_t next = (*this)[head].next;
      give_back(head);
      head = next;
    }
  }

  [[nodiscard]] std::size_t length(std::uint32_t head) const noexcept {
    std::size_t count = 0;
    for (; head != no_node; head = (*this)[head].next) ++count;
    return count;
  }

 private:
  std::uint32_t take() const noexcept {
    const auto at = static_cast<std::uint32_t>(std::countr_one(near_.used));
    if (at < N) {
      near_.nodes[at] = Node{};
      near_.used = static_cast<std::uint8_t>(near_.used | 1U << at);
      return at;
    }
    const std::uint32_t far = pool_.take();
    return far == no_node ? no_node : far + N;
  }

  void give_back(std::uint32_t at) const noexcept {
    if (at >= N) return pool_.give_back(at - N);
    near_.used = static_cast<std::uint8_t>(near_.used & ~(1U << at));
  }

  std::uint32_t* end_of(std::uint32_t& head) const noexcept {
    std::uint32_t* link = &head;
    while (*link != no_node) link = &(*this)[*link].next;
    return link;
  }

  NearNodes<Node, N>& near_;
  NodePool<Node>& pool_;
};

}  // namespace heptap
