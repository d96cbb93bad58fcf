// Preloaded, it shifts the wall clock of one process by as many seconds as the file that CLOCK_STEP
// names says (an int64), from the moment on that it says so: what the process asks for, and what the
// kernel has stamped on packets. The clock of the machine stays as it is, and so does the monotonic one.
#include <dlfcn.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

const std::atomic<std::int64_t>* file_with_step() {
  const char* const path = std::getenv("CLOCK_STEP");
  const int fd = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) std::abort();
  void* const place = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (place == MAP_FAILED) std::abort();
  return static_cast<const std::atomic<std::int64_t>*>(place);
}

// It stays mapped when the process gives up what it needed to open it.
const std::atomic<std::int64_t>* const step = file_with_step();

std::int64_t seconds() { return step == nullptr ? 0 : step->load(std::memory_order_relaxed); }

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));  // NOLINT: as dlsym is made
}

struct Callback {
  pcap_handler handler;
  u_char* user;
};

void hand_on(u_char* callback, const pcap_pkthdr* header, const u_char* bytes) {
  const auto& to = *reinterpret_cast<Callback*>(callback);  // NOLINT: libpcap's way
  pcap_pkthdr shifted = *header;
  shifted.ts.tv_sec += seconds();
  to.handler(to.user, &shifted, bytes);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* out) noexcept {
  static auto* const original = next<int(clockid_t, timespec*)>("clock_gettime");
  const int status = original(clock, out);
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    out->tv_sec += seconds();
  }
  return status;
}

int gettimeofday(timeval* out, void* zone) noexcept {
  static auto* const original = next<int(timeval*, void*)>("gettimeofday");
  const int status = original(out, zone);
  if (status == 0) out->tv_sec += seconds();
  return status;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int pcap_dispatch(pcap_t* handle, int most, pcap_handler handler, u_char* user) {
  static auto* const original = next<int(pcap_t*, int, pcap_handler, u_char*)>("pcap_dispatch");
  Callback callback{handler, user};
  auto* const as_user = reinterpret_cast<u_char*>(&callback);  // NOLINT: libpcap's way
  return original(handle, most, hand_on, as_user);
}
}
