#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace heptap {

/// Whole pages of memory, which can be written to a file past the page cache; where it is more than half a
/// huge page, huge ones, if the kernel has them. Their bytes are whatever they are.
class PageBuffer {
 public:
  static constexpr std::size_t page_bytes = 4096;
  static constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;

  explicit PageBuffer(std::size_t at_least)
      : unit_(at_least > huge_page_bytes / 2 ? huge_page_bytes : page_bytes),
        size_((at_least + unit_ - 1) / unit_ * unit_),
        bytes_(make(size_, std::align_val_t{unit_})) {
    if (unit_ == huge_page_bytes) ::madvise(data(), size_, MADV_HUGEPAGE);  // it is no error
  }

  [[nodiscard]] std::uint8_t* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Free {
    std::align_val_t alignment;
    void operator()(std::uint8_t* bytes) const noexcept { ::operator delete(bytes, alignment); }
  };
  using Owned = std::unique_ptr<std::uint8_t, Free>;

  static Owned make(std::size_t size, std::align_val_t alignment) {
    return {static_cast<std::uint8_t*>(::operator new(size, alignment)), Free{alignment}};
  }

  std::size_t unit_;
  std::size_t size_;
  Owned bytes_;
};

}  // namespace heptap
