// libphonenumber behind three C functions. Letters, extensions and the like never come here: the caller refuses them.
#include "qunfa_phone_number.h"

#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

// The library's own word for "no region".
constexpr char noRegion[] = "ZZ";

bool takesMessages(PhoneNumberUtil::PhoneNumberType type) {
  return type == PhoneNumberUtil::MOBILE || type == PhoneNumberUtil::FIXED_LINE_OR_MOBILE;
}

bool packed(const std::string &name, uint16_t *region) {
  if (name == "001") {
    *region = 1;
    return true;
  }
  if (name.size() != 2) return false;
  *region = static_cast<uint16_t>(static_cast<unsigned char>(name[0]) << 8 | static_cast<unsigned char>(name[1]));
  return true;
}

// Calling codes are free of prefixes: the first one to three digits that are a code are the code. 0 when there is none.
int callingCode(const PhoneNumberUtil &library, uint64_t digits, uint64_t *national) {
  uint64_t power = 1;
  while (digits / power >= 1000) power *= 10;
  std::string region;
  for (int reduction : {100, 10, 1}) {
    uint64_t unit = power * reduction;
    uint64_t code = digits / unit;
    if (code == 0) continue;
    library.GetRegionCodeForCountryCode(static_cast<int>(code), &region);
    if (region == noRegion) continue;
    *national = digits % unit;
    // A national number that begins with 0 is for the parser, which knows which zeros are dialled.
    bool zeroFirst = unit >= 10 && *national < unit / 10;
    if (zeroFirst) *national = 0;
    return static_cast<int>(code);
  }
  return 0;
}

int judgeParsed(const PhoneNumberUtil &library, const std::string &text, const std::string &home, uint64_t *number,
                uint16_t *region) {
  PhoneNumber parsed;
  auto error = library.Parse(text, home, &parsed);
  if (error == PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR) return QUNFA_PHONE_NO_COUNTRY;
  if (error != PhoneNumberUtil::NO_PARSING_ERROR || parsed.has_extension()) return QUNFA_PHONE_INVALID;
  auto type = library.GetNumberType(parsed);
  if (type == PhoneNumberUtil::UNKNOWN) return QUNFA_PHONE_INVALID;
  if (!takesMessages(type)) return QUNFA_PHONE_NOT_MOBILE;
  std::string name;
  library.GetRegionCodeForNumber(parsed, &name);
  std::string dialled;
  library.Format(parsed, PhoneNumberUtil::E164, &dialled);
  if (!packed(name, region) || dialled.size() < 2 || dialled.size() > 20) return QUNFA_PHONE_INVALID;
  *number = std::stoull(dialled.substr(1));
  return QUNFA_PHONE_REACHABLE;
}

// Half the time of parsing: a number that is valid as it stands needs none. Anything else goes to the parser, which
// strips national prefixes.
int judgeDigits(const PhoneNumberUtil &library, uint64_t digits, uint64_t *number, uint16_t *region) {
  uint64_t national = 0;
  int code = callingCode(library, digits, &national);
  if (code == 0) return QUNFA_PHONE_NO_COUNTRY;
  if (national != 0) {
    PhoneNumber direct;
    direct.set_country_code(code);
    direct.set_national_number(national);
    if (takesMessages(library.GetNumberType(direct))) {
      std::string name;
      library.GetRegionCodeForNumber(direct, &name);
      if (!packed(name, region)) return QUNFA_PHONE_INVALID;
      *number = digits;
      return QUNFA_PHONE_REACHABLE;
    }
  }
  return judgeParsed(library, "+" + std::to_string(digits), noRegion, number, region);
}

}  // namespace

extern "C" int qunfa_phone_judge(uint64_t digits, uint64_t *number, uint16_t *region) {
  try {
    return judgeDigits(*PhoneNumberUtil::GetInstance(), digits, number, region);
  } catch (...) {
    return QUNFA_PHONE_INVALID;
  }
}

extern "C" int qunfa_phone_judge_national(const char *digits, size_t length, const char *home, uint64_t *number,
                                          uint16_t *region) {
  try {
    return judgeParsed(*PhoneNumberUtil::GetInstance(), std::string(digits, length), home, number, region);
  } catch (...) {
    return QUNFA_PHONE_INVALID;
  }
}

extern "C" int qunfa_phone_knows(const char *region) {
  try {
    return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) != 0;
  } catch (...) {
    return 0;
  }
}
