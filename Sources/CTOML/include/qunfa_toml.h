// One function over toml++ (C++17, header only). It exists because toml++ knows the line and column of every key and
// value, which the errors about configuration files need, and because Swift cannot call C++ templates.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum qunfa_toml_kind {
  QUNFA_TOML_BEGIN_TABLE, QUNFA_TOML_END_TABLE, QUNFA_TOML_BEGIN_ARRAY, QUNFA_TOML_END_ARRAY, QUNFA_TOML_KEY,
  QUNFA_TOML_STRING, QUNFA_TOML_INTEGER, QUNFA_TOML_FLOAT, QUNFA_TOML_BOOLEAN, QUNFA_TOML_MOMENT
};
// A date, a time of day, or both; `has_*` tells which parts stand there.
struct qunfa_toml_moment {
  int has_date, has_time, has_offset;
  int year, month, day, hour, minute, second;
  int64_t nanosecond;
  int offset_minutes;
};
struct qunfa_toml_event {
  int kind;
  // From 1; columns count characters. 0 where the document has no such place.
  uint32_t line, column;
  // Keys and strings: UTF-8, not terminated.
  const char *text;
  size_t length;
  // Integers, and booleans as 0 or 1.
  int64_t integer;
  double number;
  struct qunfa_toml_moment moment;
};
struct qunfa_toml_fault {
  uint32_t line, column;
  // English, UTF-8, ended by a zero, cut to the room.
  char message[512];
};
// Called for each key and value; a key stands before its value. A table's keys come sorted by bytes.
typedef void (*qunfa_toml_take)(void *state, const struct qunfa_toml_event *event);
// Reads one document. Returns 1 when it is TOML; else 0, `fault` says why, and nothing was told.
int qunfa_toml_read(const unsigned char *bytes, size_t length, void *state, qunfa_toml_take take,
                    struct qunfa_toml_fault *fault);
#ifdef __cplusplus
}
#endif
