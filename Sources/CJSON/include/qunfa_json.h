// One function over RapidJSON's reader (C++, header only). It exists because gateways send ids as numbers that must keep
// their digits, and commas before closing brackets; RapidJSON reads both when asked.
#pragma once
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
enum qunfa_json_kind {
  QUNFA_JSON_NULL, QUNFA_JSON_TRUE, QUNFA_JSON_FALSE, QUNFA_JSON_NUMBER, QUNFA_JSON_STRING, QUNFA_JSON_NAME,
  QUNFA_JSON_BEGIN_OBJECT, QUNFA_JSON_END_OBJECT, QUNFA_JSON_BEGIN_ARRAY, QUNFA_JSON_END_ARRAY
};
// Called for each event; text is only set for numbers, strings and names. 0 ends the reading.
typedef int (*qunfa_json_event)(void *state, int kind, const char *text, size_t length);
// Reads one JSON text. Returns -1 when all of it was read, else the offset of the fault.
long qunfa_json_read(const unsigned char *bytes, size_t length, void *state, qunfa_json_event event);
#ifdef __cplusplus
}
#endif
