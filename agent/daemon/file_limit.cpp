#include "agent/daemon/file_limit.hpp"

#include <sys/resource.h>

namespace heptap {

std::size_t raise_file_limit() noexcept {
  constexpr std::size_t usual = 1024;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return usual;
  const rlimit most{limit.rlim_max, limit.rlim_max};
  if (limit.rlim_cur != limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &most) == 0) limit = most;
  return limit.rlim_cur;
}

}  // namespace heptap
