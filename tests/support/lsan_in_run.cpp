// Who looks for leaks traces the process at its end, which `run` lets nobody do.
#include <sys/prctl.h>

extern "C" int __lsan_is_turned_off();  // NOLINT: the sanitizer's name

int __lsan_is_turned_off() {  // NOLINT: the same
  return ::prctl(PR_GET_DUMPABLE) != 1 ? 1 : 0;
}
