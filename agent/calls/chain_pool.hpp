#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heptap {

/// A fixed number of nodes that lie in chains, of which the owners keep the heads. Nothing is
/// allocated after the start; memory is touched when it is used for the first time.
/// Node      has a std::uint32_t next
template <class Node>
class ChainPool {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  explicit ChainPool(std::size_t max_nodes) : max_nodes_(max_nodes) { nodes_.reserve(max_nodes); }

  [[nodiscard]] std::size_t left() const noexcept { return max_nodes_ - used_; }
  [[nodiscard]] std::size_t size() const noexcept { return used_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return nodes_.capacity() * sizeof(Node);
  }

  [[nodiscard]] Node& operator[](std::uint32_t at) noexcept { return nodes_[at]; }
  [[nodiscard]] const Node& operator[](std::uint32_t at) const noexcept { return nodes_[at]; }

  /// gives     a node as new, in front of the chain; none when all are taken
  std::uint32_t push_front(std::uint32_t& head) noexcept {
    const std::uint32_t at = take();
    if (at == none) return none;
    nodes_[at].next = head;
    head = at;
    return at;
  }

  /// The same at the end of the chain.
  std::uint32_t push_back(std::uint32_t& head) noexcept {
    const std::uint32_t at = take();
    if (at == none) return none;
    nodes_[at].next = none;
    *end_of(head) = at;
    return at;
  }

  /// at        in this chain
  void erase(std::uint32_t& head, std::uint32_t at) noexcept {
    std::uint32_t* link = &head;
    while (*link != at) link = &nodes_[*link].next;
    *link = nodes_[at].next;
    give_back(at);
  }

  void clear(std::uint32_t& head) noexcept {
    while (head != none) {
      const std::uint32_t next = nodes_[head].next;
      give_back(head);
      head = next;
    }
  }

  [[nodiscard]] std::size_t length(std::uint32_t head) const noexcept {
    std::size_t count = 0;
    for (; head != none; head = nodes_[head].next) ++count;
    return count;
  }

 private:
  std::uint32_t take() noexcept {
    std::uint32_t at = free_;
    if (at != none) {
      free_ = nodes_[at].next;
      nodes_[at] = Node{};
    } else {
      if (nodes_.size() == max_nodes_) return none;
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

  std::uint32_t* end_of(std::uint32_t& head) noexcept {
    std::uint32_t* link = &head;
    while (*link != none) link = &nodes_[*link].next;
    return link;
  }

  std::size_t max_nodes_;
  std::vector<Node> nodes_;
  std::uint32_t free_ = none;
  std::size_t used_ = 0;
};

}  // namespace heptap
