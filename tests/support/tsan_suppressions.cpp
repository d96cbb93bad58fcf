// What the thread sanitizer does not tell of, in every program that links this.
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name

// librdkafka is a package, built without the sanitizer: nobody sees the atomics that order what it does.
// Its threads and locks are seen (c11_threads.cpp), and with them what our threads tell each other through
// it. Left out is what it alone does: calls of the C library, and when its locks begin and end.
//
// Threads that a disk or a broker holds up are left behind on purpose: DiskThread::leave_behind(),
// KafkaProducer::end().
const char* __tsan_default_suppressions() {  // NOLINT: the same
  return "called_from_lib:librdkafka.so\n"
         "race:^mtx_\n"
         "race:^cnd_\n"
         "thread:heptap::FrameWriter::\n"
         "thread:heptap::KafkaProducer::\n"
         "thread:heptap::Spool::\n";
}
