// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/result_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "experiments/store/documents.h"
#include "sim/config_error.h"
#include "sim/output_file.h"
#include "sim/strict_json.h"

namespace commands {
namespace {

using sim::Json;

[[noreturn]] void refuse(const std::string& path, int line, const std::string& wrong) {
  throw sim::ConfigError(
      sim::Where{.file = path, .line = line, .column = line > 0 ? 1 : 0, .path = {}}, wrong,
      "give what wavesim sweep, run --json, regress --json or sensitivity --json wrote");
}

std::optional<double> number_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number() ? std::optional(found->get<double>())
                                                   : std::nullopt;
}

std::string text_at(const Json& json, const char* name) {
  return json.value(name, std::string());
}

experiments::TargetResult target_of(const Json& json) {
  const std::string verdict = json.at("verdict");
  experiments::TargetResult result;
  result.target = {.id = json.at("id"),
                   .what = text_at(json, "what"),
                   .unit = text_at(json, "unit"),
                   .tag = json.at("tag"),
                   .role = text_at(json, "role"),
                   .source = {},
                   .expected = number_at(json, "expected"),
                   .low = number_at(json, "low"),
                   .high = number_at(json, "high"),
                   .from = {}};
  if (verdict != "not modelled yet") result.target.from.emplace();
  if (const auto value = number_at(json, "value"))
    result.value = sim::Estimate{
        .mean = *value, .half_width = number_at(json, "half_width").value_or(0), .n = 0};
  else
    result.problem = verdict;
  return result;
}

/// By what every SQLite file begins with. What comes through a pipe is none, and can be read once.
bool is_store(const std::string& path) {
  if (sim::is_device(path)) return false;
  std::string head(15, '\0');
  std::ifstream(path, std::ios::binary)
      .read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == "SQLite format 3";
}

std::string stem_of(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

experiments::Effect effect_of(const Json& json) {
  return {.path = json.at("path"),
          .tag = json.at("tag").get<std::string>().at(0),
          .low = text_at(json, "low"),
          .high = text_at(json, "high"),
          .ratio = json.at("ratio"),
          .at_default = json.at("at_default"),
          .at_low = number_at(json, "at_low"),
          .at_high = number_at(json, "at_high"),
          .low_overloaded = json.value("low_overloaded", false),
          .high_overloaded = json.value("high_overloaded", false)};
}

report::Reading reading_of(const Json& json, const std::string& name) {
  const double width = json.at(name + "_high").get<double>() - json.at(name + "_low").get<double>();
  return {.value = json.at(name), .half_width = width / 2};
}

report::VarianceShares shares_of(const Json& json) {
  return {.value = json.at("value"),
          .path = json.at("path"),
          .tag = json.at("tag").get<std::string>().at(0),
          .first = reading_of(json, "first"),
          .total = reading_of(json, "total")};
}

/// Which of the records that were read are from one input.
struct Input {
  std::string path;
  std::size_t records;  // how many were read when it had been
  std::size_t missing;
};

/// Of the inputs that have results of one source, what to call each: by its name, or where these
/// are the same by its path.
class InputNames {
 public:
  void add(const std::string& source, const std::string& path) {
    if (std::ranges::find(of_[source], path) == of_[source].end()) of_[source].push_back(path);
  }
  std::string name(const std::string& source, const std::string& path) const {
    const std::vector<std::string>& paths = of_.at(source);
    if (paths.size() < 2) return source;
    const auto same =
        std::ranges::count(paths, stem_of(path), [](const std::string& p) { return stem_of(p); });
    const std::string input = same > 1 ? path : stem_of(path);
    return source == stem_of(path) ? input : input + ": " + source;
  }

 private:
  std::map<std::string, std::vector<std::string>> of_;
};

class Reader {
 public:
  explicit Reader(ResultFiles& found) : found_(found) {}

  void read(const std::string& path) {
    read_one(path);
    inputs_.push_back({path, found_.records.size(), found_.missing.size()});
  }

  /// Two inputs may have results of one experiment: before and after a change.
  void tell_inputs_apart() {
    InputNames names;
    for_each(
        [&](report::Record& record, const Input& input) { names.add(record.source, input.path); });
    for_each([&](report::Record& record, const Input& input) {
      record.source = names.name(record.source, input.path);
    });
  }

 private:
  void for_each(const std::function<void(report::Record&, const Input&)>& call) {
    std::size_t record = 0;
    std::size_t missing = 0;
    for (const Input& input : inputs_) {
      for (; record < input.records; ++record) call(found_.records[record], input);
      for (; missing < input.missing; ++missing) call(found_.missing[missing], input);
    }
  }

  void read_one(const std::string& path) {
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path))
      refuse(path, 0, std::string("cannot be read: ") + std::strerror(in ? EISDIR : errno));
    source_ = stem_of(path);
    if (is_store(path))
      read_store(path);
    else if (in.peek() == '[')
      read_list(path, in);
    else
      read_lines(path, in);
  }

  void read_lines(const std::string& path, std::istream& in) {
    std::string text;
    for (int line = 1; sim::next_line(in, text); ++line) {
      if (text.empty()) continue;
      // What a sweep was writing when it was cut off: the next sweep runs that point again.
      const bool is_cut_off = in.eof() && line > 1;
      try {
        Json json;
        sim::parse_strictly(text, path, json);
        take(json);
      } catch (const std::exception&) {
        if (!is_cut_off) refuse(path, line, "is no result");
      }
    }
  }

  /// A store may hold results of several files; each is an experiment of its own.
  void read_store(const std::string& path) {
    store::for_each_document_by_file(path, [&](const std::string& file, const Json& document) {
      found_.records.push_back(report::record_of(document, stem_of(file)));
    });
    store::for_each_missing_by_file(path, [&](const std::string& file, const Json& document) {
      found_.missing.push_back(report::record_of(document, stem_of(file)));
    });
  }

  void read_list(const std::string& path, std::istream& in) {
    std::string text(sim::kLargestText + 1, '\0');  // one more: then it is refused
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    Json list;
    sim::parse_strictly(text, path, list);
    try {
      for (const Json& json : list) take(json);
    } catch (const std::exception&) {
      refuse(path, 0, "is no list of results");
    }
  }

  void take(const Json& json) {
    if (json.contains("environment")) return;
    if (json.contains("verdict"))
      found_.targets.push_back(target_of(json));
    else if (json.contains("ratio"))
      found_.effects.push_back(effect_of(json));
    else if (json.contains("total_low"))
      found_.shares.push_back(shares_of(json));
    else
      found_.records.push_back(report::record_of(json, source_));
  }

  ResultFiles& found_;
  std::vector<Input> inputs_;
  std::string source_;
};

}  // namespace

ResultFiles read_result_files(const std::vector<std::string>& paths) {
  ResultFiles found;
  Reader reader(found);
  for (const std::string& path : paths) reader.read(path);
  reader.tell_inputs_apart();
  if (found.empty()) throw sim::ConfigError("", "there are no results in these files", "");
  return found;
}

}  // namespace commands
