#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What libphonenumber says about a number.
enum qunfa_phone_status {
  /// A valid number that takes text messages: mobile, or mobile or fixed line where the plan does not tell them apart.
  QUNFA_PHONE_REACHABLE = 0,
  /// No numbering plan knows it.
  QUNFA_PHONE_INVALID = 1,
  /// Its country calling code does not exist.
  QUNFA_PHONE_NO_COUNTRY = 2,
  /// Valid, but a landline, pager, toll-free or other number without text messages.
  QUNFA_PHONE_NOT_MOBILE = 3,
};

/// Judges the E.164 digits of a number (country calling code first). On QUNFA_PHONE_REACHABLE sets `number` to the digits
/// to dial and `region` to the two letters of its region, the first in the high byte, or 1 ("001", no country).
int qunfa_phone_judge(uint64_t digits, uint64_t *number, uint16_t *region);

/// The same for `length` ASCII digits as they are dialled inside the country `home` (two letters, NUL-terminated).
int qunfa_phone_judge_national(const char *digits, size_t length, const char *home, uint64_t *number, uint16_t *region);

/// Whether the library has a numbering plan for the region (two letters, NUL-terminated).
int qunfa_phone_knows(const char *region);

#ifdef __cplusplus
}
#endif
