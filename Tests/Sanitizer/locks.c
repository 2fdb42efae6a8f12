// Lets the thread sanitiser see Swift's Mutex when it is contended: then the kernel hands the lock over (FUTEX_LOCK_PI), and the
// sanitiser, which sees loads and stores alone, would call every value behind such a lock a race. `make check-all` loads this library
// before the tests; it wraps the two slow ways of Swift's own (stdlib/public/Synchronization/Mutex/LinuxImpl.swift).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

extern void __tsan_acquire(void *place) __attribute__((weak));
extern void __tsan_release(void *place) __attribute__((weak));

typedef SWIFT void (*Lock)(uint32_t thread, SELF void *mutex);
typedef SWIFT void (*Unlock)(SELF void *mutex);

static const char lockName[] = "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF";
static const char unlockName[] = "$s15Synchronization12_MutexHandleV11_unlockSlowyyF";

SWIFT void lockSlow(uint32_t thread, SELF void *mutex)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void unlockSlow(SELF void *mutex) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT void lockSlow(uint32_t thread, SELF void *mutex) {
  static Lock real;
  Lock known = __atomic_load_n(&real, __ATOMIC_ACQUIRE);
  if (!known) {
    known = (Lock)dlsym(RTLD_NEXT, lockName);
    __atomic_store_n(&real, known, __ATOMIC_RELEASE);
  }
  known(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlockSlow(SELF void *mutex) {
  static Unlock real;
  Unlock known = __atomic_load_n(&real, __ATOMIC_ACQUIRE);
  if (!known) {
    known = (Unlock)dlsym(RTLD_NEXT, unlockName);
    __atomic_store_n(&real, known, __ATOMIC_RELEASE);
  }
  if (__tsan_release) __tsan_release(mutex);
  known(mutex);
}
