#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heptap {

inline constexpr std::uint32_t no_node = ~std::uint32_t{0};

/// What is done with chains of nodes, of which the owners keep the heads.
/// Nodes     has operator[], take() for a node as new or no_node, and give_back()
/// Node      has a std::uint32_t next
template <class Nodes>
class Chains {
 public:
  /// gives     a node as new, in front of the chain; no_node when all are taken
  std::uint32_t push_front(std::uint32_t& head) noexcept {
    const std::uint32_t at = nodes().take();
    if (at == no_node) return no_node;
    nodes()[at].next = head;
    head = at;
    return at;
  }

  /// The same at the end of the chain.
  std::uint32_t push_back(std::uint32_t& head) noexcept {
    const std::uint32_t at = nodes().take();
    if (at == no_node) return no_node;
    nodes()[at].next = no_node;
    *end_of(head) = at;
    return at;
  }

  /// at        in this chain
  void erase(std::uint32_t& head, std::uint32_t at) noexcept {
    std::uint32_t* link = &head;
    while (*link != at) link = &nodes()[*link].next;
    *link = nodes()[at].next;
    nodes().give_back(at);
  }

  void clear(std::uint32_t& head) noexcept {
    while (head != no_node) {
      const std::uint32_t next = nodes()[head].next;
      nodes().give_back(head);
      head = next;
    }
  }

  [[nodiscard]] std::size_t length(std::uint32_t head) const noexcept {
    std::size_t count = 0;
    for (; head != no_node; head = nodes()[head].next) ++count;
    return count;
  }

 private:
  [[nodiscard]] Nodes& nodes() noexcept { return static_cast<Nodes&>(*this); }
  [[nodiscard]] const Nodes& nodes() const noexcept { return static_cast<const Nodes&>(*this); }

  std::uint32_t* end_of(std::uint32_t& head) noexcept {
    std::uint32_t* link = &head;
    while (*link != no_node) link = &nodes()[*link].next;
    return link;
  }
};

/// A fixed number of nodes that lie in chains of any owners. Nothing is allocated after the start;
/// memory is touched when it is used for the first time.
template <class Node>
class ChainPool : public Chains<ChainPool<Node>> {
 public:
  static constexpr std::uint32_t none = no_node;

  explicit ChainPool(std::size_t max_nodes) : max_nodes_(max_nodes) { nodes_.reserve(max_nodes); }

  [[nodiscard]] std::size_t left() const noexcept { return max_nodes_ - used_; }
  [[nodiscard]] std::size_t size() const noexcept { return used_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return nodes_.capacity() * sizeof(Node);
  }

  [[nodiscard]] Node& operator[](std::uint32_t at) noexcept { return nodes_[at]; }
  [[nodiscard]] const Node& operator[](std::uint32_t at) const noexcept { return nodes_[at]; }

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

/// Chains of nodes of one owner: of its own first, then of a pool's.
/// lifetime  until the owner moves
template <class Node, std::uint32_t N>
class NearChains : public Chains<NearChains<Node, N>> {
 public:
  NearChains(NearNodes<Node, N>& near, ChainPool<Node>& pool) noexcept
      : near_(&near), pool_(&pool) {}

  [[nodiscard]] Node& operator[](std::uint32_t at) const noexcept {
    return at < N ? near_->nodes[at] : (*pool_)[at - N];
  }

  std::uint32_t take() noexcept {
    const auto at = static_cast<std::uint32_t>(std::countr_one(near_->used));
    if (at < N) {
      near_->nodes[at] = Node{};
      near_->used = static_cast<std::uint8_t>(near_->used | 1U << at);
      return at;
    }
    const std::uint32_t far = pool_->take();
    return far == no_node ? no_node : far + N;
  }

  void give_back(std::uint32_t at) noexcept {
    if (at >= N) return pool_->give_back(at - N);
    near_->used = static_cast<std::uint8_t>(near_->used & ~(1U << at));
  }

 private:
  NearNodes<Node, N>* near_;
  ChainPool<Node>* pool_;
};

}  // namespace heptap
