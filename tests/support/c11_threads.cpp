// C11's threads out of POSIX's, which the thread sanitizer sees: to it, a thread or a lock that librdkafka
// takes from the C library is none. Programs that link this have it before the C library's.
#include <pthread.h>
#include <threads.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <memory>

namespace {

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t));

pthread_mutex_t* posix(mtx_t* mutex) {
  return static_cast<pthread_mutex_t*>(static_cast<void*>(mutex));
}
pthread_cond_t* posix(cnd_t* condition) {
  return static_cast<pthread_cond_t*>(static_cast<void*>(condition));
}

int result_of(int error) {
  switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ENOMEM: return thrd_nomem;
    case ETIMEDOUT: return thrd_timedout;
    default: return thrd_error;
  }
}

struct Start {
  thrd_start_t work;
  void* argument;
};

void* begin(void* start) {
  const std::unique_ptr<Start> owned(static_cast<Start*>(start));
  return std::bit_cast<void*>(std::intptr_t{owned->work(owned->argument)});
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t work, void* argument) {
  auto start = std::make_unique<Start>(Start{work, argument});
  const int error = ::pthread_create(thread, nullptr, begin, start.get());
  if (error == 0) static_cast<void>(start.release());
  return result_of(error);
}

int thrd_join(thrd_t thread, int* result) {
  void* gives = nullptr;
  const int error = ::pthread_join(thread, &gives);
  if (error == 0 && result != nullptr) {
    *result = static_cast<int>(std::bit_cast<std::intptr_t>(gives));
  }
  return result_of(error);
}

int mtx_init(mtx_t* mutex, int type) {
  pthread_mutexattr_t kind;
  ::pthread_mutexattr_init(&kind);
  if ((type & mtx_recursive) != 0) ::pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
  const int error = ::pthread_mutex_init(posix(mutex), &kind);
  ::pthread_mutexattr_destroy(&kind);
  return result_of(error);
}

int mtx_lock(mtx_t* mutex) { return result_of(::pthread_mutex_lock(posix(mutex))); }
int mtx_trylock(mtx_t* mutex) { return result_of(::pthread_mutex_trylock(posix(mutex))); }
int mtx_unlock(mtx_t* mutex) { return result_of(::pthread_mutex_unlock(posix(mutex))); }
void mtx_destroy(mtx_t* mutex) { ::pthread_mutex_destroy(posix(mutex)); }

int cnd_init(cnd_t* condition) { return result_of(::pthread_cond_init(posix(condition), nullptr)); }
int cnd_signal(cnd_t* condition) { return result_of(::pthread_cond_signal(posix(condition))); }
int cnd_broadcast(cnd_t* condition) {
  return result_of(::pthread_cond_broadcast(posix(condition)));
}
void cnd_destroy(cnd_t* condition) { ::pthread_cond_destroy(posix(condition)); }

int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  return result_of(::pthread_cond_wait(posix(condition), posix(mutex)));
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  return result_of(::pthread_cond_timedwait(posix(condition), posix(mutex), until));
}

}  // extern "C"
