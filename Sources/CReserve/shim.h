#pragma once
// Linux's fallocate, which Swift's Glibc hides because it is a GNU extension: room on the disk behind a file's end.
#include <sys/types.h>
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);
static inline int qunfa_reserve(int descriptor, off_t offset, off_t length) {
  return fallocate(descriptor, 1 /* FALLOC_FL_KEEP_SIZE */, offset, length);
}
