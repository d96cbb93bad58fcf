#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace heptap {

/// Whole pages of memory, which can be written to a file past the page cache. Their bytes are whatever
/// they are.
class PageBuffer {
 public:
  static constexpr std::size_t page_bytes = 4096;

  explicit PageBuffer(std::size_t at_least)
      : size_((at_least + page_bytes - 1) / page_bytes * page_bytes),
        bytes_(static_cast<std::uint8_t*>(::operator new(size_, alignment))) {}

  [[nodiscard]] std::uint8_t* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::align_val_t alignment{page_bytes};
  struct Free {
    void operator()(std::uint8_t* bytes) const noexcept { ::operator delete(bytes, alignment); }
  };
  std::size_t size_;
  std::unique_ptr<std::uint8_t, Free> bytes_;
};

}  // namespace heptap
