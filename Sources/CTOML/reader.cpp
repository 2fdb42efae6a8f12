#include "qunfa_toml.h"

#include <algorithm>
#include <cstring>

namespace {

struct BrokenAssertion {};

// toml++ asserts what some documents break, `[%]` for one: that is a fault of the document, not the end of the program.
// What parse_key asserts, it also finds by itself, and then knows the place.
constexpr void expect(bool holds, const char *function) {
  if (!holds && __builtin_strcmp(function, "parse_key") != 0) throw BrokenAssertion{};
}

}  // namespace

// Without assertions toml++ lets the compiler assume them.
#undef NDEBUG
#define TOML_ASSERT(condition) expect(static_cast<bool>(condition), __func__)
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// Bounds the recursion of the parser.
#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

namespace {

struct Teller {
  void *state;
  qunfa_toml_take take;

  void tell(int kind, const toml::source_region &source, std::string_view text = {}, int64_t integer = 0,
            double number = 0, qunfa_toml_moment moment = {}) const {
    qunfa_toml_event event{kind, source.begin.line, source.begin.column, text.data(), text.size(),
                           integer, number, moment};
    take(state, &event);
  }

  void table(const toml::table &table) const {
    tell(QUNFA_TOML_BEGIN_TABLE, table.source());
    for (auto &&[key, value] : table) {
      tell(QUNFA_TOML_KEY, key.source(), key.str());
      node(value);
    }
    tell(QUNFA_TOML_END_TABLE, table.source());
  }

  void array(const toml::array &array) const {
    tell(QUNFA_TOML_BEGIN_ARRAY, array.source());
    for (auto &&element : array) node(element);
    tell(QUNFA_TOML_END_ARRAY, array.source());
  }

  void node(const toml::node &node) const {
    switch (node.type()) {
      case toml::node_type::table: return table(*node.as_table());
      case toml::node_type::array: return array(*node.as_array());
      case toml::node_type::string: return tell(QUNFA_TOML_STRING, node.source(), node.as_string()->get());
      case toml::node_type::integer: return tell(QUNFA_TOML_INTEGER, node.source(), {}, node.as_integer()->get());
      case toml::node_type::floating_point:
        return tell(QUNFA_TOML_FLOAT, node.source(), {}, 0, node.as_floating_point()->get());
      case toml::node_type::boolean: return tell(QUNFA_TOML_BOOLEAN, node.source(), {}, node.as_boolean()->get());
      default: return tell(QUNFA_TOML_MOMENT, node.source(), {}, 0, 0, moment(node));
    }
  }

  static void set(qunfa_toml_moment &to, const toml::date &date) {
    to.has_date = 1;
    to.year = date.year;
    to.month = date.month;
    to.day = date.day;
  }

  static void set(qunfa_toml_moment &to, const toml::time &time) {
    to.has_time = 1;
    to.hour = time.hour;
    to.minute = time.minute;
    to.second = time.second;
    to.nanosecond = time.nanosecond;
  }

  static qunfa_toml_moment moment(const toml::node &node) {
    qunfa_toml_moment result{};
    if (auto *date = node.as_date()) set(result, date->get());
    if (auto *time = node.as_time()) set(result, time->get());
    if (auto *both = node.as_date_time()) {
      set(result, both->get().date);
      set(result, both->get().time);
      if (auto offset = both->get().offset) {
        result.has_offset = 1;
        result.offset_minutes = offset->minutes;
      }
    }
    return result;
  }
};

}  // namespace

static int read(std::string_view text, void *state, qunfa_toml_take take, qunfa_toml_fault *fault) {
  auto result = toml::parse(text);
  if (result) {
    Teller{state, take}.table(result.table());
    return 1;
  }
  const auto &error = result.error();
  fault->line = error.source().begin.line;
  fault->column = error.source().begin.column;
  auto kept = std::min(error.description().size(), sizeof fault->message - 1);
  std::memcpy(fault->message, error.description().data(), kept);
  fault->message[kept] = 0;
  return 0;
}

extern "C" int qunfa_toml_read(const unsigned char *bytes, size_t length, void *state, qunfa_toml_take take,
                               qunfa_toml_fault *fault) {
  try {
    return read(std::string_view(reinterpret_cast<const char *>(bytes), length), state, take, fault);
  } catch (const BrokenAssertion &) {
    fault->line = fault->column = 1;
    std::strcpy(fault->message, "the document cannot be read");
    return 0;
  }
}
