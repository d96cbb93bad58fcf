#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace heptap {

/// Tells callbacks that are on their way whether what they were for is over, or even gone. A
/// callback keeps a Ticket, and looks at it before it touches anything else. Used on one thread.
class Epoch {
 public:
  class Ticket {
   public:
    [[nodiscard]] bool valid() const noexcept { return *now_ == number_; }

   private:
    friend class Epoch;
    explicit Ticket(std::shared_ptr<const std::uint64_t> now) noexcept
        : now_(std::move(now)), number_(*now_) {}

    std::shared_ptr<const std::uint64_t> now_;
    std::uint64_t number_;
  };

  Epoch() = default;
  ~Epoch() { end(); }
  Epoch(const Epoch&) = delete;
  Epoch& operator=(const Epoch&) = delete;

  /// gives     a ticket that is valid until end() is called, or this is destroyed
  [[nodiscard]] Ticket ticket() const noexcept { return Ticket(now_); }
  /// Makes all tickets invalid, and begins the next.
  void end() noexcept { ++*now_; }

 private:
  std::shared_ptr<std::uint64_t> now_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace heptap
