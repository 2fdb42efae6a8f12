#include "qunfa_json.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/encodedstream.h>
#include <rapidjson/reader.h>

#include <cstring>

namespace {
struct Handler {
  void *state;
  qunfa_json_event event;
  bool tell(int kind, const char *text = nullptr, size_t length = 0) { return event(state, kind, text, length) != 0; }
  bool Null() { return tell(QUNFA_JSON_NULL); }
  bool Bool(bool value) { return tell(value ? QUNFA_JSON_TRUE : QUNFA_JSON_FALSE); }
  bool RawNumber(const char *text, rapidjson::SizeType length, bool) { return tell(QUNFA_JSON_NUMBER, text, length); }
  bool String(const char *text, rapidjson::SizeType length, bool) { return tell(QUNFA_JSON_STRING, text, length); }
  bool Key(const char *text, rapidjson::SizeType length, bool) { return tell(QUNFA_JSON_NAME, text, length); }
  bool StartObject() { return tell(QUNFA_JSON_BEGIN_OBJECT); }
  bool EndObject(rapidjson::SizeType) { return tell(QUNFA_JSON_END_OBJECT); }
  bool StartArray() { return tell(QUNFA_JSON_BEGIN_ARRAY); }
  bool EndArray(rapidjson::SizeType) { return tell(QUNFA_JSON_END_ARRAY); }
  // Never called: numbers come as RawNumber.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }
};
}  // namespace

extern "C" long qunfa_json_read(const unsigned char *bytes, size_t length, void *state, qunfa_json_event event) {
  // Iterative: deep input must not exhaust the stack.
  constexpr unsigned flags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseTrailingCommasFlag |
                             rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
  // The reader passes over each byte of a byte order mark by itself; nothing else may stand before the text.
  if (length > 0 && bytes[0] >= 0x80 && (length < 3 || std::memcmp(bytes, "\xEF\xBB\xBF", 3) != 0)) return 0;
  rapidjson::MemoryStream memory(reinterpret_cast<const char *>(bytes), length);
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  Handler handler{state, event};
  rapidjson::Reader reader;
  auto result = reader.Parse<flags>(stream, handler);
  if (result.IsError()) return static_cast<long>(result.Offset());
  // The reader takes a NUL for the end of the text: behind it there may be padding, but no further text.
  for (size_t offset = stream.Tell(); offset < length; ++offset) {
    if (bytes[offset] != 0 && std::strchr(" \t\r\n", bytes[offset]) == nullptr) return static_cast<long>(offset);
  }
  return -1;
}
