#pragma once
// A hint to the processor, which Swift cannot write: fetch this address into the cache, wait for nothing.
static inline void qunfa_prefetch(const void *address) { __builtin_prefetch(address); }
