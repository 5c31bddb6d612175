// SPDX-License-Identifier: Apache-2.0
#include "sim/strict_json.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "sim/config_error.h"
#include "sim/wording.h"

namespace sim {
namespace {

constexpr std::size_t kLongestSyntaxMessage = 160;

/// Columns count characters, not bytes.
Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto is_character = [](char c) { return (c & 0xC0) != 0x80; };
  return {.line = static_cast<int>(std::ranges::count(before, '\n')) + 1,
          .column =
              static_cast<int>(std::ranges::count_if(before.substr(line_start), is_character)) + 1};
}

ConfigError error_at(std::string_view text, std::size_t offset, const std::string& file,
                     const std::string& wrong, const std::string& remedy) {
  const Position at = position_at(text, offset);
  return {Where{.file = file, .line = at.line, .column = at.column, .path = {}}, wrong, remedy};
}

/// Walks over text and tells how far the parser has read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t& read) : at_(at), read_(&read) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() { return ++at_, ++*read_, *this; }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* read_;
};

/// Builds the value as the parser reads it, within the limits.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, const std::string& file, Json& root)
      : text_(text), file_(file), root_(root) {}

  void parse() {
    CountingIterator begin(text_.data(), read_);
    CountingIterator end(text_.data() + text_.size(), read_);
    Json::sax_parse(begin, end, this);
  }

  bool null() override { return add(nullptr); }
  bool boolean(bool flag) override { return add(flag); }
  bool number_integer(number_integer_t n) override { return add(n); }
  bool number_unsigned(number_unsigned_t n) override { return add(n); }
  bool number_float(number_float_t x, const string_t&) override { return add(x); }
  bool string(string_t& text) override { return add(std::move(text)); }
  bool binary(binary_t&) override { return false; }  // not in text

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (!open_.back().names.insert(name).second) {
      fail(token_start(), "the name " + in_quotes(name) + " is there twice", "keep one of them");
    }
    open_.back().next_name = std::move(name);
    token_end_ = read_;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::size_t offset = std::min(position > 0 ? position - 1 : 0, text_.size());
    if (error.id == 406) fail(offset, "the number is too large", "stay within -1e18 and 1e18");
    fail(offset, "malformed JSON: " + reason(error.what()), "correct it here or just before");
  }

 private:
  struct Open {
    Json* value;
    std::set<std::string> names;
    std::string next_name;
  };

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json empty) {
    if (open_.size() == kDeepest) {
      fail(token_start(), "more than " + std::to_string(kDeepest) + " levels deep",
           "flatten the file");
    }
    Json& value = place(std::move(empty));
    open_.push_back({&value, {}, {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    token_end_ = read_;
    return true;
  }

  /// Appends to the innermost open value. Those around it do not move meanwhile, so pointers to
  /// them stay good.
  Json& place(Json value) {
    if (++values_ > kMostValues) {
      fail(token_start(), "more than " + std::to_string(kMostValues) + " values", "split the file");
    }
    token_end_ = read_;
    if (open_.empty()) return root_ = std::move(value);
    Open& in = open_.back();
    if (in.value->is_array())
      return in.value->get_ref<Json::array_t&>().emplace_back(std::move(value));
    return append_member(*in.value, std::move(in.next_name), std::move(value));
  }

  /// The parser reports a token when it has read it; it began after the one before.
  std::size_t token_start() const {
    return std::min(text_.find_first_not_of(" \t\r\n,:", token_end_), text_.size());
  }

  [[noreturn]] void fail(std::size_t offset, const std::string& wrong, const std::string& remedy) {
    throw error_at(text_, offset, file_, wrong, remedy);
  }

  /// The parser's own words, without its own position and without long quotations.
  static std::string reason(const std::string& what) {
    static constexpr std::string_view kLead = "syntax error while parsing ";
    const auto lead = what.find(kLead);
    std::string words = lead == std::string::npos ? what : what.substr(lead + kLead.size());
    std::ranges::replace_if(
        words, [](char c) { return c < ' ' || c > '~'; }, '?');
    std::ranges::replace(words, ';', ',');
    if (words.size() > kLongestSyntaxMessage)
      words = words.substr(0, kLongestSyntaxMessage) + "...";
    return words;
  }

  std::string_view text_;
  const std::string& file_;
  Json& root_;
  std::vector<Open> open_;
  int values_ = 0;
  std::size_t read_ = 0;
  std::size_t token_end_ = 0;
};

/// Steps over text that is known to be JSON.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t offset() const { return at_; }

  void skip_space() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n,:\xEF\xBB\xBF", at_), text_.size());
  }

  /// Enters the object or list here and stops at the member `step`, or says that there is none.
  bool enter(const std::string& step, std::size_t& name_at) {
    const char opening = text_[at_];
    if (opening != '{' && opening != '[') return false;
    ++at_;
    for (std::size_t index = 0;; ++index) {
      skip_space();
      if (text_[at_] == '}' || text_[at_] == ']') return false;
      name_at = at_;
      const std::string name = opening == '{' ? take_name() : std::to_string(index);
      skip_space();
      if (name == step) return true;
      skip_value();
    }
  }

 private:
  std::string take_name() {
    const std::size_t begin = at_;
    skip_string();
    return Json::parse(text_.substr(begin, at_ - begin)).get<std::string>();
  }

  void skip_string() {
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  void skip_value() {
    int depth = 0;
    do {
      skip_space();
      const char c = text_[at_];
      if (c == '"')
        skip_string();
      else if (c == '{' || c == '[')
        ++depth, ++at_;
      else if (c == '}' || c == ']')
        --depth, ++at_;
      else
        at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

void parse_strictly(std::string_view text, const std::string& file, Json& out) {
  if (text.size() > kLargestText) {
    throw ConfigError(Where{.file = file, .path = {}}, "larger than 16 MiB", "split the file");
  }
  // To the parser it would be the end.
  if (const std::size_t zero = text.find('\0'); zero != text.npos)
    throw error_at(text, zero, file, "malformed JSON: a zero byte", "remove it");
  Builder(text, file, out).parse();
}

bool next_line(std::istream& in, std::string& line) {
  line.clear();
  std::streambuf& bytes = *in.rdbuf();
  for (int byte = bytes.sbumpc(); byte != '\n'; byte = bytes.sbumpc()) {
    if (byte == std::char_traits<char>::eof()) {
      in.setstate(line.empty() ? std::ios::eofbit | std::ios::failbit : std::ios::eofbit);
      return !line.empty();
    }
    line.push_back(static_cast<char>(byte));
    if (line.size() > kLargestText) return true;
  }
  return true;
}

Json& append_member(Json& object, std::string name, Json value) {
  // Ordered, so it is a vector of members.
  using Members = std::vector<std::pair<const std::string, Json>>;
  Members& members = object.get_ref<Json::object_t&>();
  return members.emplace_back(std::move(name), std::move(value)).second;
}

Found find_in_text(std::string_view text, const Path& path) {
  Scanner scanner(text);
  scanner.skip_space();
  Found found;
  std::size_t name_at = scanner.offset();
  std::size_t value_at = scanner.offset();
  for (const std::string& step : path) {
    std::size_t at = 0;
    if (!scanner.enter(step, at)) break;
    name_at = at;
    value_at = scanner.offset();
    ++found.depth;
  }
  found.name = position_at(text, name_at);
  found.value = position_at(text, value_at);
  return found;
}

}  // namespace sim
